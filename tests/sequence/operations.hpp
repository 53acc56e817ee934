// Operations on two sequences, each done to two std::vectors as well, which are the models. The caller chooses the
// operations, at random or as a fuzzer says. Most members that change a sequence are among them; for the others see
// modifiers.cpp and exceptions.cpp. In some steps memory is refused, or an element throws: then the sequence is as it
// was, or valid, as the member promises. Included after kinds.hpp.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <new>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace operations {

using namespace kinds;

/// A pair of sequences and their models. below(n) chooses a number from 0 to n - 1.
template <class Sequence, class Below> class players {
    using T = typename Sequence::value_type;
    static constexpr bool elements_fail = std::is_base_of_v<tracked, T>;
    static constexpr int ways = memory_failures<Sequence>;
    static constexpr bool copyable = std::is_copy_constructible_v<T>;
    static constexpr bool movable = std::is_move_constructible_v<T> && std::is_move_assignable_v<T>;
    // A value-initialised std::string is empty: it was made from no number.
    static constexpr bool zero_by_default = !std::is_same_v<T, std::string>;

public:
    players(const memory<Sequence>& of_both, Below below) : players(of_both, of_both, std::move(below)) {}
    players(const memory<Sequence>& a, const memory<Sequence>& b, Below below)
        : sequences_{Sequence(a), Sequence(b)}, below_(std::move(below)) {}

    void step() {
        const std::size_t which = below_(2);
        Sequence& l = sequences_[which];
        Sequence& other = sequences_[1 - which];
        std::vector<int>& m = models_[which];
        std::vector<int>& other_m = models_[1 - which];
        failing_ = (elements_fail || ways != 0) && below_(3) == 0;
        try {
            any_operation(l, m, other, other_m);
        } catch (const failed&) {
            ++failures_;
        }
        require_same(l, m);
        require_same(other, other_m);
        if constexpr (elements_fail) require_equal(alive - alive_before_, static_cast<int>(l.size() + other.size()));
    }

    /// Operations that threw.
    int failures() const { return failures_; }

private:
    int fresh() { return next_number_++; }
    static std::ptrdiff_t at(std::size_t i) { return static_cast<std::ptrdiff_t>(i); }

    /// Ends a step whose operation threw what it was made to throw; the checks are done.
    struct failed {};

    /// Does it; if this step is to fail, memory of the sequences or something that an element does fails on the way,
    /// unless fewer of these happen than were chosen. Returns whether it threw.
    template <class Operation> bool throws(Operation operation) {
        const bool by_element = elements_fail && (ways == 0 || below_(2) == 0);
        // An operation makes many elements, but most ask for memory once.
        std::size_t k = below_(2) == 0 ? below_(4) : below_(80);
        if (!by_element && below_(2) == 0) k = 0;
        bool threw = false;
        if (by_element) calls_until_throw = static_cast<int>(k);
        // The operation may exchange the memory of the two.
        const memory<Sequence> of[] = {memory_of(sequences_[0]), memory_of(sequences_[1])};
        const auto fail = [&](int way, int after) {
            if constexpr (ways != 0)
                for (const auto& m : of) fail_memory(m, way, after);
        };
        if (!by_element) fail(ways < 2 ? 0 : static_cast<int>(below_(ways)), static_cast<int>(k));
        try {
            operation();
        } catch (const injected&) {
            threw = true;
        } catch (const std::bad_alloc&) {
            threw = true;
        }
        calls_until_throw = -1;
        fail(0, -1);
        return threw;
    }

    /// An operation with the strong guarantee: where it throws, elements, places and capacity are what they were.
    template <class Operation> void strongly(Sequence& l, Operation operation) {
        if (!failing_) return operation();
        const notes<Sequence> of_all(l, l.size());
        const std::size_t capacity = l.capacity();
        if (!throws(operation)) return;
        of_all.check(l);
        if (gives_back_always<Sequence>) require_equal(l.capacity(), capacity);
        else require(l.capacity() >= capacity);
        throw failed();
    }

    /// An operation with the basic guarantee: where it throws, both sequences hold live elements, whichever they are,
    /// and the models learn which.
    template <class Operation> void basically(Operation operation) {
        if (!failing_) return operation();
        if (!throws(operation)) return;
        for (const int i : {0, 1}) {
            models_[i].clear();
            for (const T& e : sequences_[i]) models_[i].push_back(number(e));
        }
        throw failed();
    }

    /// One that inserts before element i: strong if that is the end.
    template <class Operation> void insert_before(std::size_t i, Sequence& l, Operation operation) {
        if (i == l.size()) strongly(l, operation);
        else basically(operation);
    }

    /// An operation that never throws, and so may not even do what could.
    template <class Operation> void surely(Operation operation) {
        if (!failing_) return operation();
        require(!throws(operation));
    }

    // Each operation checks, too, that the elements that it must leave where they are stay there.

    void any_operation(Sequence& l, std::vector<int>& m, Sequence& other, std::vector<int>& other_m) {
        const std::size_t size = m.size();
        const std::size_t i = below_(size + 1);
        switch (below_(22)) {
        case 0:
        case 1:
        case 2: {
            const notes<Sequence> before(l, size);
            for (std::size_t n = below_(60); n-- != 0;) {
                const int number = fresh();
                strongly(l, [&] {
                    if constexpr (movable) l.push_back(make<T>(number));
                    else l.emplace_back(number);
                });
                m.push_back(number);
            }
            before.check(l);
            return;
        }
        case 3: {
            const std::size_t n = size - std::min(size, below_(70));
            const notes<Sequence> before(l, n);
            surely([&] {
                while (l.size() != n) l.pop_back();
            });
            m.resize(n);
            before.check(l);
            return;
        }
        case 4: {
            const notes<Sequence> before(l, i);
            surely([&] { l.resize(i); });
            m.resize(i);
            before.check(l);
            return;
        }
        case 5:
            if constexpr (zero_by_default) {
                const notes<Sequence> before(l, size);
                const std::size_t n = size + below_(50);
                strongly(l, [&] { l.resize(n); });
                m.resize(n);
                before.check(l);
            }
            return;
        case 6: {
            const notes<Sequence> before(l, size);
            const std::size_t n = below_(300);
            strongly(l, [&] { l.reserve(n); });
            require(l.capacity() >= n);
            before.check(l);
            return;
        }
        case 7: {
            const notes<Sequence> before(l, size);
            surely([&] { l.shrink_to_fit(); });
            before.check(l);
            return;
        }
        case 8: {
            if (!swaps_memory<Sequence> && !have_same_memory(l, other)) return;
            const notes<Sequence> before(l, size), of_other(other, other_m.size());
            surely([&] { l.swap(other); });
            m.swap(other_m);
            before.check(other);
            of_other.check(l);
            return;
        }
        case 9: {
            const bool one_by_one = !moves_memory<Sequence> && !have_same_memory(l, other);
            const notes<Sequence> of_other(other, other_m.size());
            if (one_by_one) basically([&] { l = std::move(other); });
            else surely([&] { l = std::move(other); });
            m = std::move(other_m);
            other_m.clear();
            if (!one_by_one) of_other.check(l);
            return;
        }
        case 10:
            if (below_(4) == 0) {
                surely([&] { l.clear(); });
                m.clear();
            }
            return;
        default:
            if constexpr (movable) moving_operation(l, m, i, other, other_m);
        }
    }

    /// The operations that need elements that can be moved, or copied.
    void moving_operation(Sequence& l, std::vector<int>& m, std::size_t i, Sequence& other, std::vector<int>& other_m) {
        const std::size_t j = i + below_(m.size() - i + 1);
        const notes<Sequence> before(l, i);
        switch (below_(11)) {
        case 0: {
            const int number = fresh();
            typename Sequence::iterator made;
            insert_before(i, l, [&] { made = l.emplace(l.begin() + at(i), make<T>(number)); });
            require_equal(made - l.begin(), at(i));
            m.insert(m.begin() + at(i), number);
            break;
        }
        case 1: {
            typename Sequence::iterator rest;
            basically([&] { rest = l.erase(l.begin() + at(i), l.begin() + at(j)); });
            require_equal(rest - l.begin(), at(i));
            m.erase(m.begin() + at(i), m.begin() + at(j));
            break;
        }
        case 2:
            if (i == m.size()) break;
            basically([&] { l.erase(l.begin() + at(i)); });
            m.erase(m.begin() + at(i));
            break;
        case 3: {
            const int number = fresh();
            T* made = nullptr;
            strongly(l, [&] {
                made = l.try_push_back(make<T>(number));
                if (made == nullptr) throw std::bad_alloc();
            });
            require_equal(made, &l.back());
            m.push_back(number);
            break;
        }
        default:
            if constexpr (copyable) copying_operation(l, m, i, j, other, other_m);
            return;
        }
        before.check(l);
    }

    void copying_operation(Sequence& l, std::vector<int>& m, std::size_t i, std::size_t j, Sequence& other,
                           std::vector<int>& other_m) {
        const auto first = other_m.begin() + at(below_(other_m.size() + 1));
        const auto last = first + at(below_(static_cast<std::size_t>(other_m.end() - first) + 1));
        const auto from = other.begin() + (first - other_m.begin()), to = other.begin() + (last - other_m.begin());
        const notes<Sequence> before(l, i), of_all(l, m.size());
        switch (below_(11)) {
        case 0:
            basically([&] { l = other; });
            m = other_m;
            return;
        case 1:
            basically([&] { l.assign(from, to); });
            m.assign(first, last);
            return;
        case 2:
            if (m.empty() || i == m.size()) return;
            {
                const int value = m[i];
                const std::size_t n = below_(100);
                strongly(l, [&] { l.resize(n, l[i]); });
                m.resize(n, value);
            }
            return;
        case 3:
            if (i == m.size()) return;
            {
                const int value = m[i];
                const std::size_t n = below_(20);
                basically([&] { l.insert(l.begin() + at(i), n, l[i]); });
                m.insert(m.begin() + at(i), n, value);
            }
            break;
        case 4:
            insert_before(i, l, [&] { l.insert(l.begin() + at(i), from, to); });
            m.insert(m.begin() + at(i), first, last);
            break;
        case 5:
            strongly(l, [&] { l.append_range(other); });
            m.insert(m.end(), other_m.begin(), other_m.end());
            of_all.check(l);
            break;
        case 6: {
            const std::vector<int> copy(m.begin() + at(i), m.begin() + at(j));
            // A part of itself.
            insert_before(i, l, [&] { l.insert(l.begin() + at(i), l.begin() + at(i), l.begin() + at(j)); });
            m.insert(m.begin() + at(i), copy.begin(), copy.end());
            break;
        }
        case 7:
            strongly(l, [&] { require(Sequence(l).size() == l.size()); });
            basically([&] { l = Sequence(other, memory_of(l)); });
            m = other_m;
            return;
        case 8:
            if (i == m.size()) return;
            {
                const int value = m[i];
                const std::size_t n = below_(100);
                basically([&] { l.assign(n, l[i]); });
                m.assign(n, value);
            }
            return;
        case 9:
            if constexpr (!std::is_empty_v<T>) {
                const auto odd = [](int n) { return n % 2 != 0; };
                basically([&] { erase_if(l, [odd](const T& e) { return odd(number(e)); }); });
                std::erase_if(m, odd);
            }
            return;
        case 10:
            if constexpr (std::equality_comparable<T>) {
                bool same = false;
                strongly(l, [&] { same = l == other; });
                require_equal(same, std::is_empty_v<T> ? m.size() == other_m.size() : m == other_m);
            }
            return;
        }
        before.check(l);
        // So that appending to themselves does not make them grow without bounds.
        if (m.size() > 500) {
            l.resize(100);
            m.resize(100);
        }
    }

    Sequence sequences_[2];
    std::vector<int> models_[2];
    Below below_;
    int next_number_ = 1;
    int alive_before_ = alive;
    bool failing_ = false;
    int failures_ = 0;
};

} // namespace operations
