// The arena: allocating by a cursor that moves through blocks, marks and rewinding, objects and their destructors.
//
// Invariant: [cursor_, end_) is the part of the current block that is free and accessible. cursor_ is a multiple of 8,
// and end_ of 16. Both are null if there is no current block. The blocks are in :blocks, the records of destructors in
// :cleanup.
export module seg.arena:arena;

import seg.standard;
import seg.sys;
import :block;
import :blocks;
import :cleanup;
import :failure;
import :options;
import :resource;
import :watch;

namespace seg {

using namespace detail;

/// A range that std::ranges::size can be called with.
template <class R>
concept range_of_known_size = requires(R& r) { std::ranges::size(r); };

/// A range whose size can be computed before its elements are copied.
template <class R>
concept copyable_range = requires(R& r) {
    std::ranges::begin(r);
    std::ranges::end(r);
} && (range_of_known_size<R> || std::forward_iterator<decltype(std::ranges::begin(std::declval<R&>()))>);

template <copyable_range R> inline std::size_t size_of(R& range) {
    if constexpr (range_of_known_size<R>) return static_cast<std::size_t>(std::ranges::size(range));
    else return static_cast<std::size_t>(std::ranges::distance(std::ranges::begin(range), std::ranges::end(range)));
}

inline std::uintptr_t address(const void* p) noexcept { return reinterpret_cast<std::uintptr_t>(p); }

/// The size of an allocation of `bytes` bytes: a multiple of 8, and at least 8.
constexpr std::size_t rounded(std::size_t bytes) noexcept { return (bytes + (bytes == 0) + 7) & ~std::size_t{7}; }

// In a module, a member function that is defined in its class is not implicitly inline, and clang does not inline it
// into importers. So short members are declared inline.

/// A segmented bump allocator: it allocates by advancing a cursor through blocks, and deallocates everything at once.
///
/// Growth: by default the first regular blocks have 4, 16, 64, 256 and 256 KiB. If a request needs a larger block,
/// sizes of this list are skipped. Each later block is as large as all blocks in use together. A request that needs
/// more than half of the next block gets a large block, which contains nothing else. (If there is no current block, a
/// request that needs more than the whole next block.) Blocks never move, and neither does anything in them.
/// System calls: none before the first allocation. A small arena makes none at all if a destroyed arena of the same
/// thread left its blocks in the block cache: see arena_options.
/// Memory: not initialized. Sizes are rounded up to multiples of 8 bytes.
/// Exceptions: strong guarantee. An allocation that fails has no effect.
/// Threads: not thread-safe. One thread at a time may use an arena. A checked build traps if a second one allocates.
/// Debugging: AddressSanitizer reports an access to memory that is not allocated, red_zone bytes before each allocation
/// included. A checked build (SEG_CHECKED) fills with 0xDD the memory that rewind and reset deallocate.
///
///     seg::arena arena;
///     std::pmr::vector<int> numbers(&arena);
///     node& n = arena.create<node>("name"); // destroyed when its memory is deallocated
///     arena.reset();                        // deallocates everything, and keeps the blocks for the next use
export class arena final : public std::pmr::memory_resource {
    using watch = arena_watch<checked>;

public:
    /// Bytes before each allocation that are never allocated: 16 in a build for AddressSanitizer, MemorySanitizer or
    /// valgrind (SEG_MEMCHECK), otherwise 0. They count as used.
    static constexpr std::size_t red_zone = red_zone_bytes;

    /// The state of an arena at one time: see mark and rewind. Trivially copyable.
    class marker {
        friend arena;
        inline marker(block* current, std::byte* cursor, std::size_t clock, const cleanup* newest_object,
                      const watch::mark_id& id) noexcept
            : block_(current), cursor_(cursor), clock_(clock), newest_object_(newest_object), id_(id) {}

        block* block_; // the current block, or null
        std::byte* cursor_;
        std::size_t clock_; // tells which large blocks were taken since, and whether the first block was freed since
        const cleanup* newest_object_; // exists as long as the mark is valid; null without objects
        [[no_unique_address]] watch::mark_id id_;
    };

    // ---- construction

    /// An arena without blocks. Allocates nothing, and makes no system call.
    inline arena() noexcept = default;
    /// The same with options. The arena uses options.buffer from its construction on. If the options cannot be followed
    /// (max_bytes is less than a block, say), allocating fails, not the constructor.
    /// Preconditions: options.buffer and *options.upstream, if given, outlive the arena.
    explicit arena(const arena_options& options) noexcept;
    arena(const arena&) = delete;
    arena& operator=(const arena&) = delete;
    /// Destroys the objects that create constructed, the newest first, and gives up all blocks: to the block cache, the
    /// system or upstream. Linear in the objects and the blocks. Invalidates everything that was allocated.
    /// Precondition: no arena_scope is open.
    ~arena() override;

    // ---- allocating
    //
    // Preconditions of all members that allocate: alignment is a power of two; the calling thread is the one that uses
    // the arena (see adopt); the arena is not destroying objects at the moment.
    // Constant time unless a block is needed, or pages have to be made accessible.

    /// Allocates `bytes` bytes, or 1 byte for 0, at a multiple of alignment.
    /// Throws std::bad_alloc if the system has no memory, or if max_bytes or reserve leaves no room, and what upstream
    /// throws; strong guarantee.
    [[nodiscard]] inline void* allocate(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) {
        return bump<&arena::allocate_or_throw>(bytes, alignment);
    }

    /// The same, but returns null if allocate would throw.
    [[nodiscard]] inline void* try_allocate(std::size_t bytes,
                                            std::size_t alignment = alignof(std::max_align_t)) noexcept {
        return bump<&arena::allocate_or_null>(bytes, alignment);
    }

    /// Deallocates p if it is the newest allocation of the current block or the newest large block. Otherwise, and if p
    /// is null, it has no effect: rewind, reset or release deallocates p later. Constant time.
    ///
    /// If the current block has no allocation left, the newest allocation of the block before it counts; but not if a
    /// mark was set while the current block was current (create, create_array and copy may set one). Padding before p
    /// that the alignment needed remains allocated, so the allocation before it does not become the newest one.
    ///
    /// Precondition: p is null, or this arena allocated it with that size and has not deallocated it since, and it is
    /// no object of create, create_array or copy.
    inline void deallocate(void* p, std::size_t bytes,
                           [[maybe_unused]] std::size_t alignment = alignof(std::max_align_t)) noexcept {
        bytes = rounded(bytes);
        if (address(p) + bytes == address(cursor_)) {
            update_peak();
            cursor_ = static_cast<std::byte*>(p) - red_zone;
            poison(cursor_, bytes + red_zone);
        } else if (blocks_.newest_large() != nullptr || blocks_.is_begin(cursor_)) [[unlikely]] {
            deallocate_slow(static_cast<std::byte*>(p), bytes);
        }
    }

    /// Changes the size of p from old_bytes to new_bytes, more or fewer, without moving it. Returns false, without
    /// effect, if p is null, if it is neither the newest allocation of the current block nor the newest large block, or
    /// if its block has no room. Constant time unless pages have to be made accessible. Invalidates the bytes of p from
    /// new_bytes on.
    ///
    /// If p is older than a mark, rewinding to the mark deallocates the bytes that were added in a regular block, but
    /// not those in a large block. try_extend is for buffers that a program manages itself. std::vector cannot use it,
    /// because standard allocators have no such operation.
    ///
    /// Precondition: as for deallocate, with old_bytes.
    [[nodiscard]] bool try_extend(void* p, std::size_t old_bytes, std::size_t new_bytes) noexcept;

    // ---- objects
    //
    // Objects with a non-trivial destructor are destroyed by whatever deallocates their memory: rewind, the end of an
    // arena_scope, reset, release, the arena's destructor. The newest object is destroyed first.
    // Preconditions: a destructor does not throw, and does not allocate from this arena. (A checked build traps if it
    // does.)
    //
    // If a constructor throws, the arena is as it was: what the constructor allocated is deallocated, and the objects
    // that it created are destroyed. A mark that a constructor or destructor of such an object sets is valid only until
    // that constructor or destructor ends.

    /// Constructs a T from the arguments. Constant time as allocate. Throws what allocate and the constructor throw;
    /// strong guarantee. A T with a non-trivial destructor needs 16 bytes more, or alignof(T) bytes if that is more.
    template <class T, class... Arguments> inline T& create(Arguments&&... arguments) {
        if constexpr (std::is_nothrow_constructible_v<T, Arguments...>) {
            T* const object = ::new (allocate_object<T>()) T(std::forward<Arguments>(arguments)...);
            objects_.add(object);
            return *object;
        } else {
            rollback undo([this, to = unlogged_mark()] { rewind_to(to); });
            T* const object = ::new (allocate_object<T>()) T(std::forward<Arguments>(arguments)...);
            objects_.add(object);
            undo.done();
            return *object;
        }
    }

    /// Constructs n value-initialized objects, which are destroyed from the last to the first. If n is 0, returns an
    /// empty span and allocates nothing. Linear in n.
    /// Throws std::bad_array_new_length if their size overflows std::size_t, and what allocate and the constructor
    /// throw; strong guarantee.
    template <class T> inline std::span<T> create_array(std::size_t n) {
        if (n == 0) return {};
        rollback undo([this, to = unlogged_mark()] { rewind_to(to); });
        T* const first = allocate_array<T>(n);
        if constexpr (std::is_nothrow_default_constructible_v<T>) {
            std::uninitialized_value_construct_n(first, n);
        } else {
            T* last = first;
            rollback undo_elements([&] { destroy_backwards(first, last); });
            for (; last != first + n; ++last) ::new (static_cast<void*>(last)) T();
            undo_elements.done();
        }
        objects_.add(first, n);
        undo.done();
        return {first, n};
    }

    /// Copies the text, without a terminating null character. If the text is empty, allocates nothing. Linear in its
    /// size.
    /// Throws what allocate throws.
    inline std::string_view copy(std::string_view text) {
        if (text.empty()) return {};
        char* const p = static_cast<char*>(allocate(text.size(), 1));
        std::memcpy(p, text.data(), text.size());
        return {p, text.size()};
    }

    /// Copies the elements of a forward range or a sized range. The copies are destroyed as the objects of
    /// create_array. If the range is empty, returns an empty span and allocates nothing. Linear in its size.
    /// Throws what create_array throws, and what the range and the copy constructor throw; strong guarantee.
    template <copyable_range R>
        requires(!std::convertible_to<R, std::string_view>)
    inline auto copy(R&& range) -> std::span<std::iter_value_t<decltype(std::ranges::begin(range))>> {
        using value = std::iter_value_t<decltype(std::ranges::begin(range))>;
        const std::size_t n = size_of(range);
        if (n == 0) return {};
        rollback undo([this, to = unlogged_mark()] { rewind_to(to); });
        value* const first = allocate_array<value>(n);
        value* last = first;
        rollback undo_elements([&] { destroy_backwards(first, last); });
        for (auto from = std::ranges::begin(range); last != first + n; ++last, static_cast<void>(++from))
            ::new (static_cast<void*>(last)) value(*from);
        objects_.add(first, n);
        undo_elements.done();
        undo.done();
        return {first, n};
    }

    // ---- deallocating everything, or everything since a mark
    //
    // None of these throws.

    /// Returns a mark: the current state. It is valid until the arena is rewound to an older mark, reset or released.
    /// Constant time. Allocates nothing from the arena. (A checked build maps memory for a log of marks.)
    inline marker mark() noexcept { return set_mark(false); }

    /// Deallocates everything that was allocated since the mark was set, after destroying the objects that were created
    /// since. Keeps the blocks, and allocates from them again in the same order.
    ///
    /// rewind does not undo the deallocation of memory that was allocated before the mark. If a regular block has
    /// allocated such bytes again since the mark, they become invalid as all newer allocations do, but remain used
    /// until the arena is rewound to an older mark, reset or released.
    ///
    /// Linear in the blocks that become free and in the objects that are destroyed. Invalidates what was allocated
    /// since the mark was set, and the marks set since. The mark itself remains valid.
    /// Preconditions: the mark is of this arena and valid; every arena_scope opened since is closed.
    inline void rewind(const marker& to, caller where = std::source_location::current()) noexcept {
        checked_rewind("seg::arena::rewind", to, where);
    }

    /// Deallocates everything, after destroying the objects that create constructed. Keeps the blocks, and allocates
    /// from them again in the same order. So a loop that allocates, uses and resets makes no system call after its
    /// first round. (After a few rounds, if a round rewinds or deallocates in between. With arena_options::protect each
    /// round makes some.)
    ///
    /// Linear in the blocks that become free and in the objects that are destroyed. Invalidates everything that was
    /// allocated, and all marks. The next thread that allocates is the one that uses the arena: see adopt.
    /// Precondition: no arena_scope is open.
    inline void reset(caller where = std::source_location::current()) noexcept {
        watch_.reset("seg::arena::reset", where);
        deallocate_all();
    }

    /// The same, but gives up all blocks except options.buffer: to the block cache, the system or upstream. Linear in
    /// the objects and the blocks.
    void release(caller where = std::source_location::current()) noexcept;

    /// Gives up free blocks. Returns the sum of their sizes, without those that the system refused to unmap.
    /// The first free blocks are kept as long as their sizes add up to at most keep_bytes. Regular blocks come before
    /// large ones. If nothing is allocated in a regular block, the first regular block is free, too.
    ///
    /// With arena_options::reserve, trim gives up no block. Of the pages of the reserved block after its last
    /// allocation it keeps keep_bytes, decommits the others, and returns the bytes decommitted.
    ///
    /// Linear in the free blocks; with upstream, n log n. Invalidates nothing.
    std::size_t trim(std::size_t keep_bytes = 0) noexcept;

    // ---- other members

    /// Makes the calling thread the one that uses the arena. Until then that is the first thread that allocated since
    /// the arena was constructed, reset or released. A checked build traps if another thread allocates; an unchecked
    /// build ignores the call. The arena does not synchronize the threads. Constant time.
    inline void adopt() noexcept { watch_.adopt(); }

    /// True if a and b are the same arena: only that arena can deallocate its memory. (Declared because an importer may
    /// not see the operator of the base class.)
    friend inline bool operator==(const arena& a, const arena& b) noexcept { return &a == &b; }

    /// The arena's figures at the time of the call. Constant time.
    inline arena_stats stats() const noexcept {
        const std::size_t now = used();
        return {.used = now,
                .allocated = blocks_.allocated(),
                .peak = now > peak_ ? now : peak_,
                .blocks = blocks_.count()};
    }

    /// True if p points into a block of this arena, in use or free, its header included. Linear in the blocks.
    bool owns(const void* p) const noexcept;

private:
    friend class arena_scope;

    // Larger requests fail. No system has that many addresses.
    static constexpr std::size_t max_request = std::size_t{1} << 55;
    // The fast path leaves larger requests, and requests for 0 bytes, to the slow path. So its sums do not wrap.
    static constexpr std::size_t max_fast_request = std::size_t{1} << 30;

    /// Allocates from the current block. Calls SlowPath if its accessible part has no room, and for the requests that
    /// max_fast_request leaves to it.
    template <auto SlowPath> inline void* bump(std::size_t bytes, std::size_t alignment) {
        if constexpr (checked) expect_request(alignment);
        if (bytes - 1 < max_fast_request && alignment <= max_fast_request) [[likely]] {
            // The cursor is a multiple of 8, so up to that alignment it needs no rounding.
            std::byte* const p =
                red_zone == 0 && alignment <= 8
                    ? cursor_
                    : reinterpret_cast<std::byte*>((address(cursor_) + red_zone + (alignment - 1)) & (0 - alignment));
            if (address(p) + rounded(bytes) <= address(end_)) [[likely]] {
                cursor_ = p + rounded(bytes);
                unpoison(p, bytes);
                return p;
            }
        }
        return (this->*SlowPath)(bytes, alignment, library());
    }

    void* allocate_or_throw(std::size_t bytes, std::size_t alignment, library);
    void* allocate_or_null(std::size_t bytes, std::size_t alignment, library) noexcept;
    void* allocate_slow(std::size_t bytes, std::size_t alignment);
    void* allocate_any(std::size_t bytes, std::size_t alignment);
    void* allocate_at(std::byte* p, std::size_t bytes) noexcept;
    void deallocate_slow(std::byte* p, std::size_t bytes) noexcept;
    void free_first_if_empty() noexcept;

    // ---- objects

    template <class T> inline void* allocate_object() {
        using layout = cleanup_layout<T>;
        return static_cast<std::byte*>(allocate(layout::offset + sizeof(T), layout::alignment)) + layout::offset;
    }
    template <class T> inline T* allocate_array(std::size_t n) {
        using layout = cleanup_layout<T, array_cleanup>;
        constexpr std::size_t most = (std::numeric_limits<std::size_t>::max() - layout::offset) / sizeof(T);
        if (n > most) throw_bad_array_length();
        auto* const memory = static_cast<std::byte*>(allocate(layout::offset + n * sizeof(T), layout::alignment));
        return reinterpret_cast<T*>(memory + layout::offset);
    }

    void destroy_until(const cleanup* older) noexcept;

    // ---- deallocating

    inline marker mark_with(const watch::mark_id& id) noexcept {
        block* const current = blocks_.current();
        if (current != nullptr) current->marked = true;
        return {current, cursor_, blocks_.clock(), objects_.newest(), id};
    }
    inline marker set_mark(bool is_scope) noexcept {
        return mark_with(watch_.add_mark(
            is_scope, {.cursor = cursor_, .newest_large = blocks_.newest_large(), .newest_object = objects_.newest()}));
    }
    /// A mark that a checked build does not check.
    inline marker unlogged_mark() noexcept { return mark_with(watch::mark_id{}); }

    // These two are inlined everywhere, also where an exception ends a scope. Otherwise the address of a mark would be
    // passed to a function, so that the mark and the cursor in it were in memory instead of in registers.
    [[gnu::always_inline]] inline void checked_rewind(const char* call, const marker& to,
                                                      const caller& where) noexcept {
        watch_.check_rewind(to.id_, call, where);
        rewind_to(to);
    }
    [[gnu::always_inline]] inline void rewind_to(const marker& to) noexcept {
        block* const current = blocks_.current();
        if (!checked && !poisons && current != nullptr && current == to.block_ && blocks_.clock() == to.clock_ &&
            objects_.newest() == to.newest_object_ && blocks_.rewinds_by_cursor()) [[likely]] {
            update_peak();
            if (to.cursor_ < cursor_) cursor_ = to.cursor_; // otherwise older allocations were deallocated since
            return;
        }
        rewind_slow(to.block_, to.cursor_, to.clock_, to.newest_object_);
    }
    void rewind_slow(block* mark_block, std::byte* cursor, std::size_t clock, const cleanup* newest_object) noexcept;

    inline void deallocate_all() noexcept {
        if (!checked && !poisons && objects_.newest() == nullptr && blocks_.resets_by_cursor()) [[likely]] {
            update_peak();
            cursor_ = blocks_.current()->begin;
        } else {
            deallocate_all_slow();
        }
    }
    [[gnu::noinline]] void deallocate_all_slow() noexcept;
    void restart(bool only_regular) noexcept;
    void load_cursor() noexcept;

    void expect_request(std::size_t alignment) noexcept;

    inline std::size_t used() const noexcept {
        const block* const b = blocks_.current();
        return b == nullptr ? used_elsewhere_ : used_elsewhere_ + b->used_to(cursor_);
    }
    inline void update_peak() noexcept {
        if (const std::size_t now = used(); now > peak_) peak_ = now;
    }

    void* do_allocate(std::size_t bytes, std::size_t alignment) override;
    void do_deallocate(void* p, std::size_t bytes, std::size_t alignment) override;
    bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override;

    std::byte* cursor_ = nullptr;
    std::byte* end_ = nullptr;
    cleanup_list objects_;           // to be destroyed before their memory is deallocated
    std::size_t used_elsewhere_ = 0; // bytes allocated from the blocks in use, without the current one
    std::size_t peak_ = 0;           // the highest value of used() up to its last decrease
    blocks blocks_;
    [[no_unique_address]] watch watch_;
};

/// Sets a mark when it is constructed, and rewinds to it when it is destroyed: what was allocated meanwhile is
/// deallocated, after the objects that were created meanwhile are destroyed. Scopes may be nested. A checked build
/// traps if scopes are not destroyed in the reverse order of their construction, with the line where the one to be
/// destroyed was constructed.
///
///     for (const request& r : requests) {
///         seg::arena_scope scope(arena);
///         answer(r, arena);
///     }
export class [[nodiscard]] arena_scope {
public:
    /// Sets a mark. Constant time.
    /// Precondition: the arena outlives the scope.
    inline explicit arena_scope(arena& a, caller where = std::source_location::current()) noexcept
        : arena_(a), mark_(a.set_mark(true)), opened_(where) {}
    arena_scope(const arena_scope&) = delete;
    arena_scope& operator=(const arena_scope&) = delete;
    /// Rewinds to the mark, with the complexity of arena::rewind, and invalidating the same.
    /// Preconditions: every arena_scope constructed since is destroyed; the arena was not rewound to an older mark,
    /// reset or released since.
    [[gnu::always_inline]] inline ~arena_scope() { // inlined for the reason that checked_rewind is
        arena_.checked_rewind("seg::arena_scope::~arena_scope", mark_, opened_);
    }

private:
    arena& arena_;
    arena::marker mark_;
    [[no_unique_address]] caller opened_;
};

/// Calls resource.allocate(bytes, alignment), and returns null if it throws std::bad_alloc. If the resource is an
/// arena, calls its try_allocate, which throws nothing. Throws any other exception of the resource.
export void* try_allocate(std::pmr::memory_resource& resource, std::size_t bytes, std::size_t alignment);

static_assert(memory_resource<arena>);

} // namespace seg
