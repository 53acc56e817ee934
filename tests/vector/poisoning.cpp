// AddressSanitizer reports an access to memory of a vector that holds no element.
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <utility>

#include "sanitizer.hpp"

#include "kinds.hpp"
#include "sequence/poisoned.hpp"

using namespace kinds;

BOOST_AUTO_TEST_SUITE(poisoning)

/// Every element may be used, and nothing between the last one and the end of what is committed.
template <class Vector> void require_exact(const Vector& v) {
    for (const auto& e : v) require(!poisoned(&e));
    if (v.data() == nullptr) return;
    const auto* const last = reinterpret_cast<const std::byte*>(v.data() + v.size());
    const auto* const end = reinterpret_cast<const std::byte*>(v.data() + v.capacity());
    for (const std::byte* p = last; p < end; p += 64) require_equal(poisoned(p), sanitized);
    if (last != end) require_equal(poisoned(end - 1), sanitized);
    // The bytes of the last page that are too few for an element.
    const auto page = seg::sys::page_size();
    const std::size_t rest = (page - v.capacity() * sizeof(typename Vector::value_type) % page) % page;
    if (rest >= 8) require_equal(poisoned(end + rest - 1), sanitized);
}

template <class T> void exercise() {
    seg::pinned_vector<T> v;
    change_all_over(v, [&v] { require_exact(v); });
}

BOOST_AUTO_TEST_CASE(what_is_committed_and_holds_no_element_is_poisoned) {
    exercise<int>();
    exercise<std::string>();
    exercise<node>();
    exercise<char>();
}

BOOST_AUTO_TEST_CASE(where_a_constructor_throws_nothing_is_left_open) {
    seg::pinned_vector<wide> v;
    for (int n = 0; n != 9; ++n) {
        for (int k = 0; k != 4; ++k) {
            const throw_after t(k);
            BOOST_CHECK_THROW(v.resize(v.size() + 20), injected);
        }
        require_exact(v);
        {
            const throw_after t(0);
            BOOST_CHECK_THROW(v.emplace_back(1), injected);
        }
        require_exact(v);
        v.emplace_back(n);
    }
}

BOOST_AUTO_TEST_CASE(memory_that_was_given_back_is_not_poisoned_for_who_gets_it_next) {
    const char* place = nullptr;
    {
        seg::pinned_vector<char> v(10, 'a');
        place = v.data();
        BOOST_TEST(poisoned(place + 10) == sanitized);
    }
    BOOST_TEST(!poisoned(place + 10));
}

BOOST_AUTO_TEST_SUITE_END()
