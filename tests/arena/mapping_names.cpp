// The kernel is told a name for each mapping, which tools show. A kernel that knows no names is asked once.
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string_view>

import seg;

BOOST_AUTO_TEST_SUITE(mapping_names)

namespace {

using seg::sys::named;

/// Whether the last mapping that was named has that name, and these bytes.
bool is_named(std::string_view name, const void* first, std::size_t bytes) {
    const auto* const begin = static_cast<const std::byte*>(named.address);
    const auto* const p = static_cast<const std::byte*>(first);
    return named.name == name && begin <= p && p + bytes <= begin + named.bytes;
}

} // namespace

BOOST_AUTO_TEST_CASE(what_maps_is_named) {
    named = {.known = true};
    seg::arena arena({.first_block = 1 << 20});
    BOOST_TEST(is_named("seg arena", arena.allocate(1'000), 1'000));
    BOOST_TEST(is_named("seg arena", arena.allocate(std::size_t{10} << 20), std::size_t{10} << 20));
    seg::arena reserving({.reserve = 1 << 20});
    BOOST_TEST(is_named("seg arena", reserving.allocate(1'000), 1'000));
    seg::pinned_vector<int> v;
    v.push_back(1);
    BOOST_TEST(is_named("seg vector", v.data(), sizeof(int)));
    const std::size_t seen = named.seen;
    while (v.size() != 1'000'000) v.push_back(1); // the name was for all addresses
    BOOST_TEST(named.seen == seen);
}

BOOST_AUTO_TEST_CASE(a_kernel_without_names_is_asked_once) {
    named = {.known = false};
    for (int i = 0; i != 10; ++i) {
        seg::arena arena({.first_block = 1 << 20});
        BOOST_REQUIRE(arena.allocate(1'000) != nullptr);
    }
    BOOST_TEST(named.seen == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
