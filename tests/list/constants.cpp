// A list in constant expressions. There every access outside an object, and every element that is not destroyed exactly
// once, is a compile-time error.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <numeric>
#include <ranges>
#include <utility>

import seg.list;

BOOST_AUTO_TEST_SUITE(constants)

/// Allocates in every constructor.
class boxed {
public:
    constexpr boxed(int n = 0) : value_(new int(n)) {}
    constexpr boxed(const boxed& other) : boxed(*other.value_) {}
    constexpr boxed(boxed&& other) : boxed(*other.value_) {}
    constexpr boxed& operator=(const boxed& other) {
        *value_ = *other.value_;
        return *this;
    }
    constexpr ~boxed() { delete value_; }
    constexpr operator int() const { return *value_; }

private:
    int* value_;
};

template <class T, seg::growth Growth> constexpr bool works() {
    using list = seg::list<T, std::allocator<T>, Growth>;
    list l;
    for (int n = 0; n != 70; ++n) l.push_back(T(n));
    auto early = l.begin();
    list copy = l;
    list moved = std::move(l);
    bool good = l.empty() && moved.size() == 70 && copy.size() == 70;
    for (int n = 70; n != 100; ++n) moved.emplace_back(n);
    for (int n = 0; n != 100; ++n, ++early) good = good && *early == n && moved[static_cast<std::size_t>(n)] == n;
    good = good && early == moved.end() && moved.front() == 0 && moved.back() == 99 && moved.at(50) == 50;
    while (copy.size() != 3) copy.pop_back();
    copy.shrink_to_fit();
    copy.resize(20, copy[1]);
    good = good && copy[19] == 1;
    copy.assign(moved.begin() + 10, moved.end() - 10);
    good = good && copy.size() == 80 && copy[0] == 10;
    int sum = 0;
    for (const auto run : copy.segments())
        for (const T& e : run) sum += e;
    good = good && sum == (10 + 89) * 40;
    copy.swap(moved);
    std::reverse(copy.begin(), copy.end());
    good = good && copy[0] == 99 && moved[0] == 10;
    copy = moved;
    good = good && std::equal(copy.begin(), copy.end(), moved.begin(), moved.end());
    copy.reserve(500);
    copy.clear();
    moved.resize(200);
    moved.resize(5);
    good = good && copy.empty() && moved.size() == 5;

    list edited;
    edited.append_range(std::views::iota(0, 50));
    edited.insert(edited.begin() + 10, 3, T(7));
    edited.insert(edited.begin() + 20, edited.begin(), edited.begin() + 5);
    edited.emplace(edited.begin(), 100);
    edited.erase(edited.begin() + 1);
    edited.erase(edited.begin() + 30, edited.end() - 2);
    good = good && edited.size() == 32 && edited[0] == 100 && edited[10] == 7 && edited[20] == 0 && edited.back() == 49;
    good = good && edited.index_of(edited[20]) == 20 && *edited.iterator_to(edited.back()) == 49;
    good = good && erase(edited, T(7)) == 4 && erase_if(edited, [](const T& e) { return e > 50; }) == 1;
    edited.assign_range(std::views::iota(0, 3));
    edited.resize(10, seg::default_init);
    edited.assign(4, T(1));
    return good && *edited.try_push_back(T(2)) == 2 && edited.size() == 5 && edited < list(1, T(3));
}

static_assert(works<int, seg::growth{}>());
static_assert(works<boxed, seg::growth{}>());
static_assert(works<boxed, seg::growth{.first = 1}>());
static_assert(works<int, seg::growth{.first = 2, .limit = 8}>());
static_assert(seg::list<int>{1, 2, 3} == seg::list<int>{1, 2, 3});
static_assert(seg::list<int>{1, 2, 3} < seg::list<int>{1, 2, 4});

BOOST_AUTO_TEST_CASE(the_same_holds_at_run_time) {
    BOOST_TEST((works<int, seg::growth{}>()));
    BOOST_TEST((works<boxed, seg::growth{}>()));
    BOOST_TEST((works<boxed, seg::growth{.first = 1}>()));
    BOOST_TEST((works<int, seg::growth{.first = 2, .limit = 8}>()));
}

BOOST_AUTO_TEST_SUITE_END()
