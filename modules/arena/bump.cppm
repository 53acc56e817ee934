// The arena: a cursor moves through blocks, marks remember where it was, and destructors run when it goes back.
//
// Invariant: [cursor_, end_) is the free rest of the current block, both multiples of 8; without a current block both
// are null. Which blocks there are is the business of :blocks.
module;

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <limits>
#include <memory>
#include <memory_resource>
#include <new>
#include <source_location>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

export module seg.arena:bump;

import seg.sys;
import :block;
import :blocks;
import :options;
import :poison;
import :watch;

namespace seg {

/// A range whose elements can be counted before they are copied.
template <class R>
concept copyable_range = requires(R& r) {
    std::ranges::begin(r);
    std::ranges::end(r);
} && (std::forward_iterator<decltype(std::ranges::begin(std::declval<R&>()))> ||
      requires(R& r) { std::ranges::size(r); });

// In a module a member function is not inline because its body is in the class, and clang then inlines it into no
// importer: what is to cost a handful of instructions says so.

/// A segmented bump allocator: memory is handed out by advancing a cursor and handed back all at once.
///
/// Growth: an arena begins with 4 KiB and goes on with 16, 64 and 256 KiB; each block after that is as large as all
/// blocks in use together. A request that a new block would be half used up by, or more, gets a block of its own size.
/// A block never moves, so neither does anything in it. No system call is made before the first allocation, and none by
/// an arena that stays small where another one ended before: see arena_options.
/// Handed-out memory is indeterminate, not zeroed. Sizes are rounded up to multiples of 8 bytes.
/// Exception guarantee: strong; an allocation that fails leaves the arena as it was.
/// Threads: not thread-safe; one thread at a time uses an arena. A checked build traps where a second one allocates.
/// Debugging: AddressSanitizer reports an access to anything that is not handed out, with red_zone bytes before each
/// allocation. A checked build (SEG_CHECKED) fills what is handed back by rewind and reset with 0xDD.
///
///     seg::arena arena;
///     std::pmr::vector<int> numbers(&arena);
///     node& n = arena.create<node>("name"); // destroyed when its memory is handed back
///     arena.reset();                        // everything is handed back, the memory is kept for the next use
export class arena final : public std::pmr::memory_resource {
    using watch = arena_watch<checked>;

    // What lies right before an object, or an array, whose destructor is to be run. (protobuf's arena keeps such a
    // list, too, in nodes of their own.)
    struct cleanup {
        cleanup* next; // older
        // Destroys this one's and those of the same kind that follow, up to the given one. Returns the one after them.
        cleanup* (*run)(cleanup*, const cleanup* end) noexcept;
    };
    struct array_cleanup : cleanup {
        std::size_t size; // elements
    };

public:
    /// Bytes that are kept free before each allocation: 16 under AddressSanitizer, otherwise 0. They count as used.
    static constexpr std::size_t red_zone = red_zone_bytes;

    /// A state of an arena to come back to: see mark and rewind.
    class marker {
        friend arena;
        inline marker(block* current, std::byte* cursor, std::size_t clock, cleanup* destructors,
                      const watch::origin& origin) noexcept
            : block_(current), cursor_(cursor), clock_(clock), destructors_(destructors), origin_(origin) {}

        block* block_; // null: no regular block was in use, or nothing was
        std::byte* cursor_;
        std::size_t clock_;
        cleanup* destructors_;
        [[no_unique_address]] watch::origin origin_;
    };

    /// Makes no system call and allocates nothing.
    inline arena() noexcept = default;
    explicit arena(const arena_options& options) noexcept;
    arena(const arena&) = delete;
    arena& operator=(const arena&) = delete;
    /// Hands everything back, as release does. Small blocks are left to this thread's next arenas: see arena_options.
    /// Precondition: no arena_scope is open.
    ~arena() override;

    /// bytes of memory at a multiple of alignment, which is any power of two; a request for 0 bytes gets 1.
    /// Throws std::bad_alloc when the system refuses or max_bytes would be exceeded, and what upstream throws. Constant
    /// time but for a new block.
    [[nodiscard]] inline void* allocate(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) {
        return bump<&arena::allocate_or_throw>(bytes, alignment);
    }

    /// As allocate, but a request that cannot be met gives a null pointer.
    [[nodiscard]] inline void* try_allocate(std::size_t bytes,
                                            std::size_t alignment = alignof(std::max_align_t)) noexcept {
        return bump<&arena::allocate_or_null>(bytes, alignment);
    }

    /// Takes back the newest allocation, so that its bytes are the next to be handed out; large allocations, which have
    /// blocks of their own, and all others each have a newest one. Does nothing for any other, nor for the padding
    /// before it, nor, as long as a mark is good, for one in a block before the current one: that memory comes back
    /// with rewind, reset or release. Nothing for null. bytes is what was asked for. Not for what create made.
    inline void deallocate(void* p, std::size_t bytes,
                           [[maybe_unused]] std::size_t alignment = alignof(std::max_align_t)) noexcept {
        bytes = rounded(bytes);
        if (number(p) + bytes == number(cursor_)) {
            note_peak();
            cursor_ = static_cast<std::byte*>(p) - red_zone;
            poison(cursor_, bytes + red_zone);
        } else if (blocks_.newest_large() != nullptr || blocks_.is_begin(cursor_)) [[unlikely]] {
            deallocate_elsewhere(static_cast<std::byte*>(p), bytes);
        }
    }

    /// Makes the newest allocation of a block larger, or smaller, where it is: from old_bytes, what was asked for, to
    /// new_bytes. False, and nothing changed, if p is null or not such an allocation, or if its block has no room for
    /// that.
    /// Constant time; invalidates nothing. What an allocation in a block of its own grows by is not handed back by a
    /// rewind.
    ///
    /// For buffers of one's own. std::vector cannot benefit: the standard's allocators have no way to be asked, and
    /// when it grows, old and new elements exist side by side.
    [[nodiscard]] bool try_extend(void* p, std::size_t old_bytes, std::size_t new_bytes) noexcept;

    // ---- objects

    /// Constructs a T from the arguments. It lives until its memory is handed back, by rewind, the end of a scope,
    /// reset, release or the end of the arena; then its destructor runs, if it does something, before those of older
    /// objects. A destructor must not throw, and must not allocate from this arena, which a checked build traps.
    /// Throws what allocate and the constructor throw; the arena is then as it was, and what the constructor allocated
    /// from it is handed back. A T whose destructor does something takes 16 bytes more.
    template <class T, class... Arguments> inline T& create(Arguments&&... arguments) {
        if constexpr (std::is_nothrow_constructible_v<T, Arguments...>) {
            T* const object = ::new (allocate_object<T>()) T(std::forward<Arguments>(arguments)...);
            remember(object);
            return *object;
        } else {
            rollback undo(*this);
            T* const object = ::new (allocate_object<T>()) T(std::forward<Arguments>(arguments)...);
            remember(object);
            undo.done();
            return *object;
        }
    }

    /// n value-initialised Ts, destroyed as what create makes, from the last to the first. Empty, without an
    /// allocation, for 0. Throws std::bad_array_new_length when they are more bytes than std::size_t counts, and what
    /// create throws.
    template <class T> inline std::span<T> create_array(std::size_t n) {
        if (n == 0) return {};
        rollback undo(*this);
        T* const first = allocate_array<T>(n);
        std::uninitialized_value_construct_n(first, n);
        remember(first, n);
        undo.done();
        return {first, n};
    }

    /// A copy of the text, which lives until its memory is handed back. Not terminated. Throws what allocate throws.
    inline std::string_view copy(std::string_view text) {
        if (text.empty()) return {};
        char* const p = static_cast<char*>(allocate(text.size(), 1));
        std::memcpy(p, text.data(), text.size());
        return {p, text.size()};
    }

    /// A copy of the range's elements, which live as those of create_array. For forward ranges, and others that know
    /// their size. Throws what create_array and copying an element throw.
    template <copyable_range R>
        requires(!std::convertible_to<R, std::string_view>)
    inline auto copy(R&& range) -> std::span<std::iter_value_t<decltype(std::ranges::begin(range))>> {
        using value = std::iter_value_t<decltype(std::ranges::begin(range))>;
        const std::size_t n = size_of(range);
        if (n == 0) return {};
        rollback undo(*this);
        value* const first = allocate_array<value>(n);
        value* last = first;
        partial<value> made(first, last);
        for (auto from = std::ranges::begin(range); last != first + n; ++last, static_cast<void>(++from))
            ::new (static_cast<void*>(last)) value(*from);
        remember(first, n);
        made.done();
        undo.done();
        return {first, n};
    }

    // ---- going back

    /// The arena as it is now. Constant time, no memory, no system call.
    inline marker mark() noexcept { return mark_as(false); }

    /// Destroys what create made since the mark was set, hands back everything allocated since, and keeps the memory:
    /// the blocks are used again in the same order. What was deallocated of older allocations stays so, but for bytes
    /// of it that were allocated again: an older mark hands them back.
    /// Linear in the blocks handed back and the destructors run. Invalidates everything allocated since, and the marks
    /// set since.
    /// Precondition: the mark is of this arena and is still good.
    inline void rewind(const marker& to, caller where = std::source_location::current()) noexcept {
        rewind_for("seg::arena::rewind", to, where);
    }

    /// Hands everything back and keeps the memory: the blocks are used again in the same order, so a loop that builds,
    /// uses and resets makes no system call after its first round. Invalidates everything allocated, and all marks.
    /// Precondition: no arena_scope is open.
    inline void reset(caller where = std::source_location::current()) noexcept {
        watch_.reset("seg::arena::reset", where);
        hand_back_all();
    }

    /// Hands everything back and gives up all blocks. Invalidates everything allocated, and all marks.
    /// Precondition: no arena_scope is open.
    void release(caller where = std::source_location::current()) noexcept;

    /// Unmaps blocks that are kept and not in use, but for the first of them that make up no more than keep_bytes; of
    /// reserved address space, the pages behind the last one in use, but for keep_bytes.
    /// Returns the bytes given up: unmapped, or left to this thread's next arenas. A block that the system does not
    /// unmap is not counted. Linear in the number of blocks kept. Invalidates nothing.
    std::size_t trim(std::size_t keep_bytes = 0) noexcept;

    /// Makes the calling thread the one that uses the arena: for one that is handed over with something in it. After
    /// reset and release that is not needed, and only checked builds ask.
    inline void adopt() noexcept { watch_.adopt(); }

    /// An arena can take back its own memory only. Its own operator, since the base class's may be out of an importer's
    /// sight.
    friend inline bool operator==(const arena& a, const arena& b) noexcept { return &a == &b; }

    /// What the arena holds. Constant time.
    inline arena_stats stats() const noexcept {
        const std::size_t now = used();
        return {.used = now,
                .allocated = blocks_.allocated(),
                .peak = now > peak_ ? now : peak_,
                .blocks = blocks_.count()};
    }

    /// True if p points into a block of this arena. Linear in the number of blocks.
    bool owns(const void* p) const noexcept;

private:
    friend class arena_scope;

    // More than any address space has room for.
    static constexpr std::size_t max_request = std::size_t{1} << 55;

    static inline std::uintptr_t number(const void* p) noexcept { return reinterpret_cast<std::uintptr_t>(p); }

    /// What a request for so many bytes takes, less 1: all ones for 0 bytes, which is more than any block has room for.
    static constexpr std::size_t last_byte(std::size_t bytes) noexcept { return (bytes - 1) | 7; }
    static constexpr std::size_t rounded(std::size_t bytes) noexcept { return last_byte(bytes + (bytes == 0)) + 1; }

    /// Whether the block goes on behind that byte from p on. Where the compiler sees that the sum of the two cannot
    /// wrap, 6 instructions allocate; comparing a difference takes 2 more. (An address is far from wrapping with
    /// max_request, even where it has a tag in its upper byte.)
    inline bool has_room(const std::byte* p, std::size_t last) const noexcept {
        if (__builtin_constant_p(last <= max_request) && last <= max_request)
            return number(p) + last + 1 <= number(end_);
        return last < number(end_) - number(p);
    }

    /// From the rest of the current block, or what Otherwise gives where that has no room.
    template <auto Otherwise> inline void* bump(std::size_t bytes, std::size_t alignment) {
        if constexpr (checked) expect_request(alignment);
        // A rest is a multiple of 8, so that what is rounded up fits where the bytes do. For 0 bytes there is never
        // room here.
        if (red_zone == 0 && alignment <= 16) [[likely]] {
            // The end is a multiple of 16, and the cursor one of 8: for alignments up to 8 what is computed here is
            // gone.
            std::byte* const p =
                alignment <= 8 ? cursor_
                               : reinterpret_cast<std::byte*>((number(cursor_) + (alignment - 1)) & (0 - alignment));
            if (has_room(p, last_byte(bytes))) [[likely]] {
                cursor_ = reinterpret_cast<std::byte*>(number(p) + last_byte(bytes) + 1);
                return p;
            }
        } else {
            const std::size_t padding = red_zone + (-(number(cursor_) + red_zone) & (alignment - 1));
            const auto rest = static_cast<std::size_t>(end_ - cursor_);
            if (padding < rest && last_byte(bytes) < rest - padding) [[likely]] {
                std::byte* const p = cursor_ + padding;
                cursor_ = p + last_byte(bytes) + 1;
                unpoison(p, bytes);
                return p;
            }
        }
        return (this->*Otherwise)(bytes, alignment, library());
    }

    void* allocate_or_throw(std::size_t bytes, std::size_t alignment, library);
    void* allocate_or_null(std::size_t bytes, std::size_t alignment, library) noexcept;
    void* allocate_elsewhere(std::size_t bytes, std::size_t alignment);
    void* allocate_from(std::byte* p, std::size_t bytes) noexcept;
    void deallocate_elsewhere(std::byte* p, std::size_t bytes) noexcept;
    void give_way() noexcept;

    // ---- objects

    template <class T> static constexpr bool is_remembered = !std::is_trivially_destructible_v<T>;

    /// Bytes from a cleanup to the T that it is for.
    template <class Cleanup, class T> static constexpr std::size_t distance() noexcept {
        return is_remembered<T> ? (sizeof(Cleanup) + alignof(T) - 1) & ~(alignof(T) - 1) : 0;
    }
    template <class T> static constexpr std::size_t alignment() noexcept {
        return is_remembered<T> && alignof(T) < alignof(cleanup) ? alignof(cleanup) : alignof(T);
    }

    /// Memory for a T, with a cleanup before it if it needs one.
    template <class T> inline void* allocate_object() {
        constexpr std::size_t before = distance<cleanup, T>();
        return static_cast<std::byte*>(allocate(before + sizeof(T), alignment<T>())) + before;
    }
    template <class T> inline T* allocate_array(std::size_t n) {
        constexpr std::size_t before = distance<array_cleanup, T>();
        if (n > (std::numeric_limits<std::size_t>::max() - before) / sizeof(T)) throw std::bad_array_new_length();
        return reinterpret_cast<T*>(static_cast<std::byte*>(allocate(before + n * sizeof(T), alignment<T>())) + before);
    }

    template <class T> inline void remember(T* object) noexcept {
        if constexpr (is_remembered<T>)
            destructors_ = ::new (static_cast<void*>(reinterpret_cast<std::byte*>(object) - distance<cleanup, T>()))
                cleanup{destructors_, destroy_one<T>};
    }
    template <class T> inline void remember(T* first, std::size_t n) noexcept {
        if constexpr (is_remembered<T>)
            destructors_ =
                ::new (static_cast<void*>(reinterpret_cast<std::byte*>(first) - distance<array_cleanup, T>()))
                    array_cleanup{{destructors_, destroy_array<T>}, n};
    }
    // Objects of one type are often made in a row, and are destroyed without a call for each.
    template <class T> static cleanup* destroy_one(cleanup* c, const cleanup* end) noexcept {
        do {
            T* const object =
                std::launder(reinterpret_cast<T*>(reinterpret_cast<std::byte*>(c) + distance<cleanup, T>()));
            c = c->next;
            std::destroy_at(object);
        } while (c != end && c->run == &destroy_one<T>);
        return c;
    }
    template <class T> static cleanup* destroy_array(cleanup* c, const cleanup*) noexcept {
        T* const first =
            std::launder(reinterpret_cast<T*>(reinterpret_cast<std::byte*>(c) + distance<array_cleanup, T>()));
        cleanup* const next = c->next;
        for (T* last = first + static_cast<array_cleanup*>(c)->size; last != first;) std::destroy_at(--last);
        return next;
    }

    /// Goes back to where the arena was, unless it is told that all is done.
    class rollback {
    public:
        inline explicit rollback(arena& a) noexcept : arena_(&a), to_(a.here(typename watch::origin{})) {
            a.marked_ |= to_.block_ != nullptr;
        }
        rollback(const rollback&) = delete;
        inline ~rollback() {
            if (arena_ != nullptr) arena_->go_back(to_);
        }
        inline void done() noexcept { arena_ = nullptr; }

    private:
        arena* arena_;
        marker to_;
    };

    /// Destroys the elements from first up to last, a variable that moves, unless it is told that all is done.
    template <class T> class partial {
    public:
        inline partial(T* first, T*& last) noexcept : first_(first), last_(last) {}
        partial(const partial&) = delete;
        inline ~partial() {
            if (first_ != nullptr) std::destroy(first_, last_);
        }
        inline void done() noexcept { first_ = nullptr; }

    private:
        T* first_;
        T*& last_;
    };

    template <class R> static inline std::size_t size_of(R& range) {
        if constexpr (requires { std::ranges::size(range); })
            return static_cast<std::size_t>(std::ranges::size(range));
        else
            return static_cast<std::size_t>(std::ranges::distance(std::ranges::begin(range), std::ranges::end(range)));
    }

    void destroy_until(const cleanup* older) noexcept;

    // ---- going back

    inline marker here(const watch::origin& origin) const noexcept {
        return {is_empty() ? nullptr : blocks_.current(), cursor_, blocks_.clock(), destructors_, origin};
    }
    inline marker mark_as(bool scope) noexcept {
        const marker m = here(watch_.mark(scope, cursor_, blocks_.newest_large()));
        marked_ |= m.block_ != nullptr;
        return m;
    }
    /// Nothing is handed out of a regular block. A mark that is set then names no block, so that one may still give
    /// way.
    inline bool is_empty() const noexcept {
        return blocks_.current() == nullptr ||
               (!marked_ && blocks_.current() == blocks_.first() && cursor_ == blocks_.first()->begin);
    }

    inline void rewind_for(const char* call, const marker& to, const caller& where) noexcept {
        watch_.rewind(to.origin_, call, where);
        go_back(to);
    }
    inline void go_back(const marker& to) noexcept {
        if (!checked && !poisons && destructors_ == to.destructors_ && blocks_.clock() == to.clock_) {
            if (to.block_ != nullptr ? blocks_.current() == to.block_ && !blocks_.protects()
                                     : blocks_.only_first_in_use()) [[likely]] {
                note_peak();
                marked_ &= to.block_ != nullptr; // marks that name a block are younger than one that does not
                if (to.block_ == nullptr) cursor_ = blocks_.first()->begin;
                else if (to.cursor_ < cursor_) cursor_ = to.cursor_;
                return;
            }
        }
        go_back_further(to);
    }
    void go_back_further(marker to) noexcept; // by value: a scope whose address is taken lies in memory

    inline void hand_back_all() noexcept {
        if (!checked && !poisons && destructors_ == nullptr && blocks_.only_first_in_use()) [[likely]] {
            note_peak();
            marked_ = false;
            cursor_ = blocks_.first()->begin;
        } else {
            hand_back_blocks();
        }
    }
    [[gnu::noinline]] void hand_back_blocks() noexcept;
    void begin_again(bool with_first) noexcept;
    void take_up_current() noexcept;
    void give_up_blocks() noexcept;

    void expect_request(std::size_t alignment) noexcept;

    inline std::size_t used() const noexcept {
        const block* const b = blocks_.current();
        return b == nullptr ? used_elsewhere_ : used_elsewhere_ + b->used_to(cursor_);
    }
    inline void note_peak() noexcept {
        if (const std::size_t now = used(); now > peak_) peak_ = now;
    }

    void* do_allocate(std::size_t bytes, std::size_t alignment) override;
    void do_deallocate(void* p, std::size_t bytes, std::size_t alignment) override;
    bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override;

    std::byte* cursor_ = nullptr;
    std::byte* end_ = nullptr;
    cleanup* destructors_ = nullptr; // newest first
    std::size_t used_elsewhere_ = 0; // handed out from the blocks in use other than the current one
    std::size_t peak_ = 0;           // what used() reached before it last shrank
    bool marked_ = false;            // a mark that names a block may be good
    blocks blocks_;
    [[no_unique_address]] watch watch_;
};

/// Hands back, at the end of its life, everything allocated from the arena since its beginning. Scopes nest; a checked
/// build traps where one that was opened later is still open, and names the line where this one was opened.
///
///     for (const request& r : requests) {
///         seg::arena_scope scope(arena);
///         answer(r, arena);
///     }
export class [[nodiscard]] arena_scope {
public:
    inline explicit arena_scope(arena& a, caller where = std::source_location::current()) noexcept
        : arena_(a), mark_(a.mark_as(true)), opened_(where) {}
    arena_scope(const arena_scope&) = delete;
    arena_scope& operator=(const arena_scope&) = delete;
    // Also where an exception ends it: a call with its address would keep it in memory, and the cursor waiting for
    // that.
    [[gnu::always_inline]] inline ~arena_scope() {
        arena_.rewind_for("seg::arena_scope::~arena_scope", mark_, opened_);
    }

private:
    arena& arena_;
    arena::marker mark_;
    [[no_unique_address]] caller opened_;
};

} // namespace seg
