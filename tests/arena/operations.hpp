// Operations on an arena, checked against a model of it: what it has allocated, where, and with which contents. The
// caller chooses the operations, at random or as a fuzzer says, and where memory is refused. Every member of an arena
// is among the operations, but for create_array, copy and adopt.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <memory_resource>
#include <new>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "address_space.hpp"
#include "checks.hpp"
#include "sanitizer.hpp"
#include "arena/apart.hpp"
#include "arena/pattern.hpp"
#include "arena/recording_upstream.hpp"

#include "arena/layout.hpp"

import seg.arena;

namespace operations {

using namespace observation;
using seg::arena;
using seg::arena_options;
using seg::arena_stats;

/// For arenas to begin in.
alignas(64) inline std::array<std::byte, 11'000> buffer;

/// Options of every kind. below(n) chooses a number from 0 to n - 1.
template <class Below> arena_options any_options(Below below, std::pmr::memory_resource* upstream) {
    const auto one_of = [&below](auto... values) {
        return std::array{std::size_t{values}...}[below(sizeof...(values))];
    };
    arena_options options;
    options.first_block = one_of(0u, 1u, 4096u, 10'000u, 65'536u);
    options.largest_block = one_of(0u, 0u, 1u, 8192u, 100'000u);
    if (below(3) == 0) options.max_bytes = one_of(16'384u, 50'000u, 262'144u, 1'000'001u);
    if (below(3) == 0) options.reserve = one_of(1u, 65'536u, 1'000'000u, std::size_t{1} << 32);
    // Two megabytes of memory for each arena take their time.
    options.pages = std::array{seg::page_kind::normal, seg::page_kind::automatic,
                               seg::page_kind::huge}[below(10) == 0 ? 2 : below(2)];
    const bool prefaulted = below(4) == 0 && options.reserve <= 1'000'000;
    if (prefaulted) options.prefault = below(2) == 0 ? seg::prefault_policy::next_block : seg::prefault_policy::all;
    options.guard = below(3) == 0;
    options.protect = below(3) == 0;
    options.fork = std::array{seg::fork_policy::inherit, seg::fork_policy::exclude, seg::fork_policy::wipe}[below(3)];
    if (below(3) == 0) options.buffer = std::span(buffer).subspan(below(20), one_of(0u, 70u, 1000u, 10'000u));
    options.upstream = upstream;
    return options;
}

/// What an arena takes memory from, as the model needs it: each operation that may take memory happens while an object
/// of type call exists, and refused() says whether memory was refused since it was last asked. This is the system
/// itself.
struct undisturbed {
    static constexpr bool may_throw = true; // an exception takes memory, too
    struct call {};
    bool refused() { return false; }
};

/// An upstream that refuses, instead of the system.
class refusing_upstream {
public:
    static constexpr bool may_throw = true;
    struct call {};
    explicit refusing_upstream(const recording_upstream& from) : from_(from) {}
    bool refused() { return std::exchange(seen_, from_.refusals) != from_.refusals; }

private:
    const recording_upstream& from_;
    std::size_t seen_ = 0;
};

/// Is told which objects of an arena are destroyed.
class watcher {
public:
    virtual void destroyed(const void* object) = 0;

protected:
    ~watcher() = default;
};
struct construction_failed {};
/// What an arena constructs in the model. Its constructor may throw.
template <std::size_t Bytes> struct object {
    object(watcher& w, bool fails) : watched_by(&w) {
        if (fails) throw construction_failed();
    }
    object(const object&) = delete;
    ~object() { watched_by->destroyed(this); }

    watcher* watched_by;
    std::byte content[Bytes] = {};
};

/// An arena and the model of it. below(n) chooses a number from 0 to n - 1.
template <class Below, class System> class player final : watcher {
public:
    player(const arena_options& options, recording_upstream* from, Below below, System system)
        : options_(options), upstream_(from), below_(std::move(below)), system_(std::move(system)), arena_(options) {
        buffer_bytes_ = arena_.stats().allocated;
        buffer_blocks_ = arena_.stats().blocks;
        require(buffer_bytes_ <= options.buffer.size());
        require_equal(arena_.stats().used, 0u);
        check();
    }
    player(const player&) = delete;

    ~player() {
        // Scopes have to be closed from the newest to the oldest, and before the arena ends.
        while (!marks_.empty()) marks_.pop_back();
        arena_.release(); // while there is someone to tell what is destroyed
    }

    /// One operation; afterwards the arena is as it should be.
    void step() {
        any_operation();
        check();
    }

    /// Whether everything that is allocated holds what was written.
    void check_contents() const {
        for (const auto& [p, a] : live_) require(holds(p, a));
    }

    /// Takes everything back, after which the arena serves what its limits allow.
    void finish() {
        check_contents();
        close_all();
        release();
        check();
        const std::size_t most = std::min(options_.max_bytes != 0 ? options_.max_bytes : no_limit,
                                          options_.reserve != 0 && upstream_ == nullptr ? options_.reserve : no_limit);
        // A header that has a page for itself, and less than a page to the next whole one.
        if (most >= buffer_bytes_ + 3 * page) {
            const std::size_t bytes = std::min(most - buffer_bytes_ - 2 * page - arena::red_zone, 10 * page);
            require(allocate(bytes, 1));
            check();
        }
    }

private:
    static constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

    struct allocation {
        std::size_t id; // the order in which they were made
        std::size_t bytes;
        std::size_t alignment;
        std::size_t taken; // what used grew by when it was made
        unsigned content;
        bool large;          // is known to have a large block
        bool object = false; // has a destructor
        bool cut = false;    // a rewind took back what it was extended by
    };
    using allocations = std::map<std::byte*, allocation>;

    struct mark {
        std::optional<arena::marker> marker;     // either this
        std::unique_ptr<seg::arena_scope> scope; // or that
        std::size_t next_id;
        std::size_t used;
        bool older_changed; // something allocated before the mark was deallocated, or made smaller or larger, since
        std::vector<std::pair<std::byte*, std::size_t>> sizes; // of what was allocated then
    };

    // ---- contents

    static void fill(std::byte* p, std::size_t from, const allocation& a) {
        observation::fill(p, a.bytes, a.content, from);
    }
    static bool holds(const std::byte* p, const allocation& a) { return observation::holds(p, a.bytes, a.content); }

    /// Whether the sanitizer, if it is there, reports every access to these bytes.
    bool withheld(const std::byte* first, const std::byte* last) const {
        // It marks bytes by eights. The last of the buffer may share theirs with bytes behind it, which are not the
        // arena's.
        if (in_buffer(first)) last -= number(last) % 8;
        return last <= first || all_poisoned(first, static_cast<std::size_t>(last - first));
    }

    // ---- what always holds

    void check() {
        const arena_stats now = arena_.stats();
        peak_ = std::max(peak_, now.used);
        require_equal(now.peak, peak_);
        require(now.used >= live_bytes_);
        require(now.used <= now.allocated);
        require(now.allocated >= buffer_bytes_ && now.blocks >= buffer_blocks_);
        require_equal((now.allocated - buffer_bytes_) % (upstream_ != nullptr ? 16 : page), 0u);
        if (options_.max_bytes != 0) require(now.allocated <= std::max(options_.max_bytes, buffer_bytes_));
        if (upstream_ != nullptr) {
            require_equal(now.allocated, upstream_->bytes + buffer_bytes_);
            require_equal(now.blocks, upstream_->out.size() + buffer_blocks_);
        } else if (options_.reserve != 0) {
            require(now.blocks <= buffer_blocks_ + 1);
            require(now.allocated - buffer_bytes_ < options_.reserve + page);
        }
        require(!arena_.owns(this));
        if (live_.empty()) return;
        auto it = live_.begin();
        std::advance(it, below_(std::min(live_.size(), std::size_t{50})));
        check(*it);
    }

    void check(const typename allocations::value_type& entry) const {
        const auto& [p, a] = entry;
        require_equal(number(p) % a.alignment, 0u);
        require(arena_.owns(p) && arena_.owns(p + a.bytes - 1));
        require(holds(p, a));
        if constexpr (sanitized) {
            for (std::size_t i = 1; i <= arena::red_zone && !a.object; ++i)
                require(poisoned(p - i) || number(p) % 8 != 0);
            // Behind the last page is nobody's memory, or another block's.
            require(poisoned(p + a.bytes) || a.cut || a.large || number(p + a.bytes) % page == 0 || in_buffer(p));
        }
    }

    // ---- operations

    void any_operation() {
        switch (below_(20)) {
        case 0: return set_mark();
        case 1: return open_scope();
        case 2: return rewind();
        case 3: return extend_any();
        case 4:
        case 5: return extend_newest();
        case 6:
        case 7:
        case 8: return deallocate_newest();
        case 9: return deallocate_any();
        case 10: return trim();
        case 11:
            if (below_(4) == 0) {
                close_all();
                reset();
            }
            return;
        case 12:
            if (below_(8) == 0) {
                close_all();
                release();
            }
            return;
        case 13: return ask_too_much();
        case 14: return close_scope();
        case 15: return create_any();
        default: static_cast<void>(allocate(any_size(), any_alignment()));
        }
    }

    std::size_t any_size() {
        switch (below_(12)) {
        case 0: return 0;
        case 1: return 1 + below_(20'000);
        case 2: return below_(20) == 0 ? below_(300'000) : below_(5000);
        case 3: return page * (1 + below_(4)) - below_(200);
        default: return below_(300);
        }
    }
    std::size_t any_alignment() { return std::size_t{1} << (below_(15) == 0 ? below_(17) : below_(6)); }

    bool allocate(std::size_t bytes, std::size_t alignment) {
        const arena_stats before = arena_.stats();
        static_cast<void>(system_.refused());
        std::byte* p = nullptr;
        if (below_(2) == 0 || !System::may_throw) {
            [[maybe_unused]] const typename System::call call{};
            p = static_cast<std::byte*>(arena_.try_allocate(bytes, alignment));
        } else {
            try {
                [[maybe_unused]] const typename System::call call{};
                p = static_cast<std::byte*>(arena_.allocate(bytes, alignment));
                require(p != nullptr);
            } catch (const std::bad_alloc&) {}
        }
        const arena_stats now = arena_.stats();
        if (p == nullptr) {
            require(now == before);
            check_contents();
            require(system_.refused() || options_.max_bytes != 0 || (options_.reserve != 0 && upstream_ == nullptr));
            return false;
        }
        bytes = std::max(bytes, std::size_t{1});
        // A large block is used up by its allocation.
        const std::size_t taken = now.used - before.used;
        require(taken >= rounded(bytes) + arena::red_zone);
        const bool large = taken >= rounded(bytes) + arena::red_zone + alignment;
        require(!large || options_.reserve == 0 || upstream_ != nullptr);
        const allocation a{next_id_++, bytes, alignment, taken, static_cast<unsigned>(next_id_), large};
        const auto added = add_apart(live_, p, a);
        fill(p, 0, a);
        check(*added);
        live_bytes_ += bytes;
        newest_ = p;
        return true;
    }

    void create_any() {
        switch (below_(4)) {
        case 0: return create<1>();
        case 1: return create<40>();
        case 2: return create<500>();
        default: return create<5000>();
        }
    }
    template <std::size_t Bytes> void create() {
        if (!System::may_throw) return;
        const arena_stats before = arena_.stats();
        static_cast<void>(system_.refused());
        const bool fails = below_(4) == 0;
        std::byte* p = nullptr;
        try {
            [[maybe_unused]] const typename System::call call{};
            p = arena_.create<object<Bytes>>(static_cast<watcher&>(*this), fails).content;
        } catch (const construction_failed&) {
            require(fails);
        } catch (const std::bad_alloc&) {
            require(system_.refused() || options_.max_bytes != 0 || (options_.reserve != 0 && upstream_ == nullptr));
        }
        const arena_stats now = arena_.stats();
        peak_ = std::max(peak_, now.peak); // what failed was there for a while
        if (p == nullptr) {
            require_equal(now.used, before.used);
            check_contents();
            return;
        }
        require(now.used - before.used >= sizeof(object<Bytes>) + 2 * sizeof(void*) + arena::red_zone);
        const allocation a{next_id_++, Bytes, 1, now.used - before.used, static_cast<unsigned>(next_id_), true, true};
        const auto added = add_apart(live_, p, a);
        fill(p, 0, a);
        check(*added);
        live_bytes_ += Bytes;
        objects_.push_back(p);
        newest_ = nullptr;
    }
    /// Called by what was made: the newest one first, with its content intact.
    void destroyed(const void* object) override {
        const bool expected = !objects_.empty() &&
                              objects_.back() == static_cast<const std::byte*>(object) + sizeof(void*) &&
                              holds(objects_.back(), live_.at(objects_.back()));
        if (!expected) ++wrongly_destroyed_;
        else objects_.pop_back();
    }
    /// Whether those that are left are those that were made before.
    void check_objects(std::size_t next_id) const {
        require_equal(wrongly_destroyed_, 0u);
        for (const std::byte* const p : objects_) require(live_.at(const_cast<std::byte*>(p)).id < next_id);
        for (const auto& [p, a] : live_)
            if (a.object && a.id < next_id) require(std::ranges::find(objects_, p) != objects_.end());
    }

    void deallocate_newest() {
        if (newest_ != nullptr) deallocate(live_.find(newest_));
    }
    void deallocate_any() {
        if (live_.empty()) return;
        deallocate(any_live());
    }
    typename allocations::iterator any_live() {
        const std::size_t n = below_(std::min(live_.size(), std::size_t{100}));
        return std::next(live_.begin(), static_cast<std::ptrdiff_t>(n));
    }
    void deallocate(typename allocations::iterator it) {
        const auto [p, a] = *it;
        if (a.object) return;
        require(holds(p, a));
        const arena_stats before = arena_.stats();
        arena_.deallocate(p, a.bytes, a.alignment);
        const arena_stats now = arena_.stats();
        const std::size_t back = before.used - now.used;
        require(back == 0 || back == a.taken || (!a.large && back == rounded(a.bytes) + arena::red_zone));
        if (p == newest_) require(back != 0);
        require_equal(now.allocated, before.allocated);
        require_equal(now.blocks, before.blocks);
        if (back != 0) require(withheld(p - arena::red_zone, p + a.bytes));
        older_changes(a.id);
        forget(it);
    }

    void extend_newest() {
        if (newest_ != nullptr) extend(live_.find(newest_));
    }
    void extend_any() {
        if (live_.empty()) return;
        extend(any_live());
    }
    void extend(typename allocations::iterator it) {
        std::byte* const p = it->first;
        allocation& a = it->second;
        if (a.object) return;
        const std::size_t wanted = below_(30) == 0  ? no_limit - below_(5000)
                                   : below_(3) == 0 ? below_(a.bytes + 1)
                                                    : a.bytes + any_size();
        const arena_stats before = arena_.stats();
        static_cast<void>(system_.refused());
        const bool done = [&] {
            [[maybe_unused]] const typename System::call call{};
            return arena_.try_extend(p, a.bytes, wanted);
        }();
        const arena_stats now = arena_.stats();
        if (!done) {
            require(now == before);
            require(holds(p, a));
            // Nothing is needed to make it smaller.
            if (wanted <= a.bytes) require(p != newest_);
            return;
        }
        const std::size_t bytes = std::max(wanted, std::size_t{1});
        // What has a large block takes no more of it, and no less.
        require(now.used == before.used || (!a.large && now.used - before.used == rounded(bytes) - rounded(a.bytes)));
        const auto next = std::next(it);
        require(next == live_.end() || p + bytes <= next->first);
        const std::size_t old = std::exchange(a.bytes, bytes);
        a.taken += now.used - before.used;
        live_bytes_ = live_bytes_ - old + bytes;
        fill(p, old, a);
        if (bytes < old) require(withheld(p + bytes, p + old));
        check(*it);
        older_changes(a.id);
    }

    void ask_too_much() {
        const arena_stats before = arena_.stats();
        const std::size_t much = below_(2) == 0 ? no_limit >> below_(16) : no_limit - below_(10'000);
        [[maybe_unused]] const typename System::call call{};
        if (below_(2) == 0) require(arena_.try_allocate(much, any_alignment()) == nullptr);
        else require(arena_.try_allocate(any_size(), std::size_t{1} << (48 + below_(16))) == nullptr);
        require(arena_.stats() == before);
    }

    // ---- going back

    void set_mark() {
        if (marks_.size() > 20) return;
        marks_.push_back(mark_here());
        marks_.back().marker = arena_.mark();
    }
    void open_scope() {
        if (marks_.size() > 20) return;
        marks_.push_back(mark_here());
        marks_.back().scope = std::make_unique<seg::arena_scope>(arena_);
    }
    mark mark_here() const {
        mark m{{}, {}, next_id_, arena_.stats().used, false, {}};
        for (const auto& [p, a] : live_) m.sizes.emplace_back(p, a.bytes);
        return m;
    }

    /// To any mark within the innermost open scope; marks set before the one that is chosen stay good, and so does it.
    void rewind() {
        std::size_t first = marks_.size();
        while (first != 0 && marks_[first - 1].marker) --first;
        if (first == marks_.size()) return;
        marks_.resize(first + below_(marks_.size() - first) + 1);
        const arena_stats before = arena_.stats();
        arena_.rewind(*marks_.back().marker);
        went_back(marks_.back(), before);
    }
    void close_scope() {
        std::size_t innermost = marks_.size();
        while (innermost != 0 && !marks_[innermost - 1].scope) --innermost;
        if (innermost == 0) return;
        marks_.resize(innermost);
        const arena_stats before = arena_.stats();
        marks_.back().scope.reset();
        went_back(marks_.back(), before);
        marks_.pop_back();
    }
    void close_all() {
        while (std::ranges::any_of(marks_, [](const mark& m) { return m.scope != nullptr; })) close_scope();
    }
    void went_back(mark& to, const arena_stats& before) {
        const arena_stats now = arena_.stats();
        require_equal(now.allocated, before.allocated);
        require_equal(now.blocks, before.blocks);
        check_objects(to.next_id);
        if (!to.older_changed) require_equal(now.used, to.used);
        for (auto it = live_.begin(); it != live_.end();) {
            if (it->second.id < to.next_id) {
                ++it;
                continue;
            }
            if (!to.older_changed) require(withheld(it->first, it->first + it->second.bytes));
            live_bytes_ -= it->second.bytes;
            it = live_.erase(it);
        }
        // What was there before and was made larger since is good to its size of then only.
        for (const auto& [p, bytes] : to.sizes) {
            const auto it = live_.find(p);
            if (it == live_.end() || it->second.bytes <= bytes) continue;
            const std::size_t lost = it->second.bytes - bytes;
            live_bytes_ -= lost;
            it->second.bytes -= lost;
            it->second.cut = true;
        }
        require(now.used >= live_bytes_);
        newest_ = nullptr;
        check_contents();
    }

    void reset() {
        const arena_stats before = arena_.stats();
        arena_.reset();
        const arena_stats now = arena_.stats();
        arena_stats expected = before;
        expected.used = 0;
        require(now == expected);
        nothing_is_live();
    }
    void release() {
        arena_.release();
        const arena_stats now = arena_.stats();
        require_equal(now.used, 0u);
        require_equal(now.allocated, buffer_bytes_);
        require_equal(now.blocks, buffer_blocks_);
        for (const auto& entry : live_) require(!arena_.owns(entry.first) || in_buffer(entry.first));
        nothing_is_live();
    }
    bool in_buffer(const std::byte* p) const {
        return number(p) - number(options_.buffer.data()) < options_.buffer.size();
    }

    void trim() {
        const arena_stats before = arena_.stats();
        const std::size_t keep = below_(2) == 0 ? 0 : below_(300'000);
        static_cast<void>(system_.refused());
        const std::size_t unmapped = arena_.trim(keep);
        const bool refused = system_.refused();
        const arena_stats now = arena_.stats();
        // What the system does not unmap is no longer the arena's, and is not counted.
        require(before.allocated - now.allocated == unmapped ||
                (refused && before.allocated - now.allocated > unmapped));
        require_equal(now.used, before.used);
        require_equal(now.peak, before.peak);
        if (unmapped == 0 && !refused) require(now == before);
        check_contents();
        if (keep == 0 && now.used == 0 && unmapped != 0 && !refused) require_equal(arena_.trim(0), 0u);
    }

    // ---- the record

    void older_changes(std::size_t id) {
        for (mark& m : marks_) m.older_changed |= id < m.next_id;
    }
    void forget(typename allocations::iterator it) {
        live_bytes_ -= it->second.bytes;
        if (it->first == newest_) newest_ = nullptr;
        live_.erase(it);
    }
    void nothing_is_live() {
        check_objects(0);
        live_.clear();
        marks_.clear();
        live_bytes_ = 0;
        newest_ = nullptr;
    }

    arena_options options_;
    recording_upstream* upstream_;
    Below below_;
    System system_;
    arena arena_;
    allocations live_;
    std::vector<std::byte*> objects_; // of live_, those that have destructors
    std::size_t wrongly_destroyed_ = 0;
    std::vector<mark> marks_;
    std::size_t live_bytes_ = 0;
    std::size_t next_id_ = 0;
    std::size_t peak_ = 0;
    std::size_t buffer_bytes_ = 0;
    std::size_t buffer_blocks_ = 0;
    std::byte* newest_ = nullptr; // the last one that was allocated, if it is still there; it can be taken back
};

/// Says n times that there is another step.
inline auto steps(int n) {
    return [n]() mutable { return n-- != 0; };
}

/// Plays on an arena with any options. again() says whether there is another step.
template <class Below, class Again> void play(Below below, Again again) {
    player player(any_options(below, nullptr), nullptr, below, undisturbed());
    while (again()) player.step();
    player.finish();
}

/// The same on an arena with an upstream, which refuses now and then.
template <class Below, class Again> void play_on_upstream(Below below, Again again) {
    recording_upstream upstream;
    {
        player player(any_options(below, &upstream), &upstream, below, refusing_upstream(upstream));
        while (again()) {
            if (below(20) == 0) upstream.refuse(below(4), below(3));
            player.step();
        }
        upstream.refuse(0, 0);
        player.finish();
    }
    require_equal(upstream.bytes, 0u);
    require(upstream.out.empty());
}

} // namespace operations
