// The arena: a cursor moves through blocks, marks remember where it was, and destructors run when it goes back.
//
// Invariant: [cursor_, end_) is the free accessible rest of the current block, both multiples of 8; without a current
// block both are null. :blocks owns the blocks, :cleanup knows what has to be destroyed.
export module seg.arena:bump;

import seg.standard;
import seg.sys;
import :block;
import :blocks;
import :cleanup;
import :failure;
import :options;
import :poison;
import :watch;

namespace seg {

/// A range that knows how many elements it has.
template <class R>
concept range_of_known_size = requires(R& r) { std::ranges::size(r); };

/// A range whose elements can be counted before they are copied.
template <class R>
concept copyable_range = requires(R& r) {
    std::ranges::begin(r);
    std::ranges::end(r);
} && (range_of_known_size<R> || std::forward_iterator<decltype(std::ranges::begin(std::declval<R&>()))>);

template <copyable_range R> inline std::size_t size_of(R& range) {
    if constexpr (range_of_known_size<R>) return static_cast<std::size_t>(std::ranges::size(range));
    else return static_cast<std::size_t>(std::ranges::distance(std::ranges::begin(range), std::ranges::end(range)));
}

inline std::uintptr_t number(const void* p) noexcept { return reinterpret_cast<std::uintptr_t>(p); }

/// What a request for so many bytes takes.
constexpr std::size_t rounded(std::size_t bytes) noexcept { return (bytes + (bytes == 0) + 7) & ~std::size_t{7}; }

// In a module a member that is defined in its class is not implicitly inline, and clang does not inline it into
// importers. Short members are therefore marked inline.

/// A segmented bump allocator: it allocates by advancing a cursor through blocks, and frees everything at once.
///
/// Growth: by default the first blocks are of 4, 16, 64, 256 and 256 KiB, or larger ones of these if a request needs
/// it. Each later block is as large as all blocks in use together. A request that needs more than half of the next
/// block gets a large block, which holds nothing else. Blocks never move, so neither does anything in them. The arena
/// makes no system call before the first allocation. A small arena makes none at all if an earlier one of the thread
/// left it its blocks: see arena_options.
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

public:
    /// Bytes that are kept free before each allocation: 16 under AddressSanitizer, otherwise 0. They count as used.
    static constexpr std::size_t red_zone = red_zone_bytes;

    /// A state of an arena to come back to: see mark and rewind.
    class marker {
        friend arena;
        inline marker(block* current, std::byte* cursor, std::size_t clock, const cleanup* newest_object,
                      const watch::origin& origin) noexcept
            : block_(current), cursor_(cursor), clock_(clock), newest_object_(newest_object), origin_(origin) {}

        block* block_; // the current one, or null
        std::byte* cursor_;
        std::size_t clock_;
        const cleanup* newest_object_;
        [[no_unique_address]] watch::origin origin_;
    };

    /// Makes no system call and allocates nothing.
    inline arena() noexcept = default;
    /// The same; options.buffer is used from here on. The buffer and the upstream resource must outlive the arena.
    explicit arena(const arena_options& options) noexcept;
    arena(const arena&) = delete;
    arena& operator=(const arena&) = delete;
    /// Destroys what create made, newest first, and gives up all blocks: to the system, to upstream, or to this
    /// thread's next arenas. Linear in the objects and the blocks. Invalidates everything allocated.
    /// Precondition: no arena_scope is open.
    ~arena() override;

    /// Allocates so many bytes, at least 1, at a multiple of alignment.
    /// Precondition: alignment is a power of two.
    /// Throws std::bad_alloc if the system refuses, or max_bytes or reserve has no room, and what upstream throws.
    /// Constant time, except where a block is made.
    [[nodiscard]] inline void* allocate(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) {
        return bump<&arena::allocate_or_throw>(bytes, alignment);
    }

    /// As allocate, but returns null where allocate throws.
    [[nodiscard]] inline void* try_allocate(std::size_t bytes,
                                            std::size_t alignment = alignof(std::max_align_t)) noexcept {
        return bump<&arena::allocate_or_null>(bytes, alignment);
    }

    /// Frees p if it is the newest allocation of the regular blocks or the newest large one. Any other p has no effect:
    /// its memory is freed by rewind, reset or release. So is the padding before p. Null has no effect. If a mark was
    /// set in the current block, no allocation of an earlier block is the newest one.
    /// Precondition: p is null, or was allocated here with this size; create did not make it. Constant time.
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

    /// Resizes p from old_bytes to new_bytes without moving it. Returns false, without effect, if p is null, is neither
    /// the newest allocation of the current block nor the newest large one, or if its block has no room.
    /// Constant time, except where reserved address space becomes memory. Invalidates the bytes behind new_bytes. A
    /// rewind does not undo the growth of a large allocation.
    ///
    /// For buffers of one's own. std::vector cannot use it: the standard's allocators have no such operation.
    [[nodiscard]] bool try_extend(void* p, std::size_t old_bytes, std::size_t new_bytes) noexcept;

    // ---- objects

    /// Constructs a T from the arguments. Whatever frees its memory destroys it first: rewind, the end of a scope,
    /// reset, release, the end of the arena. Objects are destroyed newest first. A destructor must not throw, nor
    /// allocate from this arena; a checked build traps the latter.
    /// Throws what allocate and the constructor throw. The arena is then as it was: what the constructor allocated is
    /// freed. A T with a destructor that is not trivial takes 16 bytes more, or alignof(T) if that is more. Constant
    /// time, except where a block is made.
    template <class T, class... Arguments> inline T& create(Arguments&&... arguments) {
        if constexpr (std::is_nothrow_constructible_v<T, Arguments...>) {
            T* const object = ::new (allocate_object<T>()) T(std::forward<Arguments>(arguments)...);
            objects_.add(object);
            return *object;
        } else {
            rollback undo([this, to = here(watch::origin{})] { go_back(to); });
            T* const object = ::new (allocate_object<T>()) T(std::forward<Arguments>(arguments)...);
            objects_.add(object);
            undo.done();
            return *object;
        }
    }

    /// Constructs n value-initialised Ts, which are destroyed as what create makes, from the last to the first. For n
    /// == 0 the span is empty, and nothing is allocated. Linear in n.
    /// Throws std::bad_array_new_length if their size overflows std::size_t, and what create throws; the arena is then
    /// as it was.
    template <class T> inline std::span<T> create_array(std::size_t n) {
        if (n == 0) return {};
        rollback undo([this, to = here(watch::origin{})] { go_back(to); });
        T* const first = allocate_array<T>(n);
        if constexpr (std::is_nothrow_default_constructible_v<T>) {
            std::uninitialized_value_construct_n(first, n);
        } else {
            T* last = first;
            rollback made([&] { destroy_backwards(first, last); });
            for (; last != first + n; ++last) ::new (static_cast<void*>(last)) T();
            made.done();
        }
        objects_.add(first, n);
        undo.done();
        return {first, n};
    }

    /// Copies the text. The copy is valid until its memory is freed, and is not null-terminated. Nothing is allocated
    /// for an empty text. Throws what allocate throws. Linear in its size.
    inline std::string_view copy(std::string_view text) {
        if (text.empty()) return {};
        char* const p = static_cast<char*>(allocate(text.size(), 1));
        std::memcpy(p, text.data(), text.size());
        return {p, text.size()};
    }

    /// Copies the elements of a forward range or a sized range. The copies live as those of create_array.
    /// Throws what create_array, the range and copying an element throw; the arena is then as it was. Linear in the
    /// size.
    template <copyable_range R>
        requires(!std::convertible_to<R, std::string_view>)
    inline auto copy(R&& range) -> std::span<std::iter_value_t<decltype(std::ranges::begin(range))>> {
        using value = std::iter_value_t<decltype(std::ranges::begin(range))>;
        const std::size_t n = size_of(range);
        if (n == 0) return {};
        rollback undo([this, to = here(watch::origin{})] { go_back(to); });
        value* const first = allocate_array<value>(n);
        value* last = first;
        rollback made([&] { destroy_backwards(first, last); });
        for (auto from = std::ranges::begin(range); last != first + n; ++last, static_cast<void>(++from))
            ::new (static_cast<void*>(last)) value(*from);
        objects_.add(first, n);
        made.done();
        undo.done();
        return {first, n};
    }

    // ---- going back

    /// Returns a mark of the arena's state. Constant time. It allocates nothing; a checked build keeps a log of marks.
    /// A mark is valid until the arena is rewound to an older one, reset or released.
    inline marker mark() noexcept { return mark_as(false); }

    /// Destroys what create made since the mark was set, and frees what was allocated since. The arena keeps the blocks
    /// and fills them again in the same order. Rewind does not undo a deallocation of memory allocated before the mark.
    /// Bytes of it that were allocated again are freed only by rewinding to an older mark.
    /// Linear in the blocks freed and the objects destroyed. Invalidates what was allocated since, and the marks set
    /// since.
    /// Precondition: the mark is of this arena and is valid, and every arena_scope opened since is closed.
    inline void rewind(const marker& to, caller where = std::source_location::current()) noexcept {
        rewind_for("seg::arena::rewind", to, where);
    }

    /// Destroys what create made, and frees everything. The arena keeps the blocks and fills them again in the same
    /// order: a loop that builds, uses and resets makes no system call after its first round, or, where a round rewinds
    /// or deallocates in between, after a few. (With protect it does.) Linear in the blocks freed and the objects
    /// destroyed. Invalidates everything allocated, and all marks.
    /// Precondition: no arena_scope is open.
    inline void reset(caller where = std::source_location::current()) noexcept {
        watch_.reset("seg::arena::reset", where);
        hand_back_all();
    }

    /// Destroys what create made, and gives up all blocks but the caller's buffer: to the system, to upstream, or to
    /// this thread's next arenas. Linear in the objects and the blocks. Invalidates everything allocated, and all
    /// marks.
    /// Precondition: no arena_scope is open.
    void release(caller where = std::source_location::current()) noexcept;

    /// Gives up free blocks. It keeps the first ones whose sizes make up at most keep_bytes. Of reserved address space,
    /// it turns free pages behind the last one in use back into address space, and keeps keep_bytes of them.
    /// Returns the bytes given up, without those that the system refused to unmap. Linear in the free blocks (with
    /// upstream, n log n). Invalidates nothing.
    std::size_t trim(std::size_t keep_bytes = 0) noexcept;

    /// Makes the calling thread the one that uses the arena. A checked build wants it where an arena that is not empty
    /// goes from one thread to another; an unchecked one does nothing. The threads synchronise the hand-over
    /// themselves.
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

    /// True if p points into a block of this arena, in use or free, the header included. Linear in the number of
    /// blocks.
    bool owns(const void* p) const noexcept;

private:
    friend class arena_scope;

    // No request above it can be met in practice.
    static constexpr std::size_t max_request = std::size_t{1} << 55;
    // The fast path leaves larger ones to the slow path, and those of no bytes. So its sums cannot wrap.
    static constexpr std::size_t max_fast_request = std::size_t{1} << 30;

    /// From the rest of the current block, or what Otherwise gives where that has no room.
    template <auto Otherwise> inline void* bump(std::size_t bytes, std::size_t alignment) {
        if constexpr (checked) expect_request(alignment);
        if (bytes - 1 < max_fast_request && alignment <= max_fast_request) [[likely]] {
            // The end is a multiple of 16, and the cursor one of 8: up to that alignment it is the place.
            std::byte* const p =
                red_zone == 0 && alignment <= 8
                    ? cursor_
                    : reinterpret_cast<std::byte*>((number(cursor_) + red_zone + (alignment - 1)) & (0 - alignment));
            if (number(p) + rounded(bytes) <= number(end_)) [[likely]] {
                cursor_ = p + rounded(bytes);
                unpoison(p, bytes);
                return p;
            }
        }
        return (this->*Otherwise)(bytes, alignment, library());
    }

    void* allocate_or_throw(std::size_t bytes, std::size_t alignment, library);
    void* allocate_or_null(std::size_t bytes, std::size_t alignment, library) noexcept;
    void* allocate_elsewhere(std::size_t bytes, std::size_t alignment);
    void* allocate_further(std::size_t bytes, std::size_t alignment);
    void* allocate_from(std::byte* p, std::size_t bytes) noexcept;
    void deallocate_elsewhere(std::byte* p, std::size_t bytes) noexcept;
    void give_way() noexcept;

    // ---- objects

    template <class T> inline void* allocate_object() {
        using layout = recorded<T>;
        return static_cast<std::byte*>(allocate(layout::offset + sizeof(T), layout::alignment)) + layout::offset;
    }
    template <class T> inline T* allocate_array(std::size_t n) {
        using layout = recorded<T, array_cleanup>;
        constexpr std::size_t most = (std::numeric_limits<std::size_t>::max() - layout::offset) / sizeof(T);
        if (n > most) throw_bad_array_length();
        auto* const memory = static_cast<std::byte*>(allocate(layout::offset + n * sizeof(T), layout::alignment));
        return reinterpret_cast<T*>(memory + layout::offset);
    }

    void destroy_until(const cleanup* older) noexcept;

    // ---- going back

    inline marker here(const watch::origin& origin) noexcept {
        block* const current = blocks_.current();
        if (current != nullptr) current->marked = true;
        return {current, cursor_, blocks_.clock(), objects_.newest(), origin};
    }
    inline marker mark_as(bool scope) noexcept { return here(watch_.mark(scope, cursor_, blocks_.newest_large())); }

    // These two are inlined everywhere, also where an exception ends a scope: a call with a mark's address would keep
    // it in memory, and the cursor waiting for that.
    [[gnu::always_inline]] inline void rewind_for(const char* call, const marker& to, const caller& where) noexcept {
        watch_.rewind(to.origin_, call, where);
        go_back(to);
    }
    [[gnu::always_inline]] inline void go_back(const marker& to) noexcept {
        block* const current = blocks_.current();
        if (!checked && !poisons && current != nullptr && current == to.block_ && blocks_.clock() == to.clock_ &&
            objects_.newest() == to.newest_object_ && blocks_.goes_back_at_once()) [[likely]] {
            note_peak();
            if (to.cursor_ < cursor_) cursor_ = to.cursor_; // else what is older was deallocated since
            return;
        }
        go_back_further(to.block_, to.cursor_, to.clock_, to.newest_object_);
    }
    void go_back_further(block* to, std::byte* cursor, std::size_t clock, const cleanup* newest_object) noexcept;

    inline void hand_back_all() noexcept {
        if (!checked && !poisons && objects_.newest() == nullptr && blocks_.only_first_in_use()) [[likely]] {
            note_peak();
            cursor_ = blocks_.current()->begin;
        } else {
            hand_back_blocks();
        }
    }
    [[gnu::noinline]] void hand_back_blocks() noexcept;
    void begin_again(bool with_first) noexcept;
    void take_up_current() noexcept;

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
    cleanup_list objects_;           // what has to be destroyed before its memory goes
    std::size_t used_elsewhere_ = 0; // handed out from the blocks in use other than the current one
    std::size_t peak_ = 0;           // what used() reached before it last shrank
    blocks blocks_;
    [[no_unique_address]] watch watch_;
};

/// Its destructor rewinds the arena to what it was at the scope's construction: objects made since are destroyed,
/// memory allocated since is freed. Scopes nest, and the arena outlives them. A checked build traps if a scope opened
/// later is still open, and names the line where this one was opened.
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
    [[gnu::always_inline]] inline ~arena_scope() { // see rewind_for
        arena_.rewind_for("seg::arena_scope::~arena_scope", mark_, opened_);
    }

private:
    arena& arena_;
    arena::marker mark_;
    [[no_unique_address]] caller opened_;
};

/// What the resource gives, or null where it throws std::bad_alloc. Of an arena it is try_allocate, which throws nothing.
export void* try_allocate(std::pmr::memory_resource& resource, std::size_t bytes, std::size_t alignment);

} // namespace seg
