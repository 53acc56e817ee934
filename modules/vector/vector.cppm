// The vector: std::vector's interface on one range of reserved addresses, so that no element ever moves.
module;

#include <version>

export module seg.vector:vector;

import seg.arena;
import seg.standard;
import :memory;
import :options;

namespace seg {

using namespace detail;

/// A contiguous sequence that grows without moving an element.
///
/// Growth: the first element reserves addresses for max_size() elements (see seg::pinned_options). Memory for elements
/// is committed as it is needed, each time at least as much as there is already, unless max_size() or the system allows
/// less. Growing neither copies nor moves an element. (Idea and name: Miro Knejp and Jakob Schweisshelm,
/// "pinned_vector", Meeting C++ 2018.) Cost: a vector with elements has three of the 65,530 mappings that a process may
/// have by default (two if pages is not automatic, one more with a fork policy), 64 GiB of the addresses unless
/// max_size is set, and at least a page of memory. It makes three to seven system calls for the first element, one each
/// time its memory doubles, and one when it is destroyed. So it is for a program's few large arrays. seg::list is for
/// many small ones. Stability: push_back, emplace_back, append_range, reserve, shrink_to_fit and growing resize
/// invalidate no pointer, reference, iterator or span but the past-the-end iterator. pop_back, shrinking resize and
/// clear invalidate those to the elements that they remove. swap and move construction invalidate none: they refer to
/// the same elements in the other vector. Whatever changes the size invalidates the past-the-end iterator. Exceptions:
/// what appends gives the strong guarantee, and so does reserve. The other members give the basic guarantee. Growing
/// throws std::length_error if the size would exceed max_size(), and std::bad_alloc if the system refuses memory. T:
/// any object type that is aligned to 4 KiB or less. A member needs of T what std::vector's needs, except that elements
/// are never moved by growing.
///
/// AddressSanitizer reports an access to committed memory that contains no element. An access to memory that is
/// reserved and not committed is a fault.
///
///     seg::pinned_vector<int> v{1, 2, 3};
///     int& two = v[1];
///     for (int i = 0; i < 1'000'000; ++i) v.push_back(i);
///     two = 20;                                              // still the second element
///     std::ranges::sort(v);                                  // at an array's speed
export template <class T> class pinned_vector {
    static_assert(std::is_object_v<T> && std::is_same_v<T, std::remove_cv_t<T>>,
                  "seg::pinned_vector: the element type must be an object type without const or volatile");

public:
    using value_type = T;
    using size_type = std::size_t;
    using difference_type = std::ptrdiff_t;
    using reference = T&;
    using const_reference = const T&;
    using pointer = T*;
    using const_pointer = const T*;
    using iterator = T*;
    using const_iterator = const T*;
    using reverse_iterator = std::reverse_iterator<iterator>;
    using const_reverse_iterator = std::reverse_iterator<const_iterator>;

    // ---- construction
    //
    // Constructors of elements are linear in them. They throw what growing and constructing throws.

    /// An empty vector. Reserves nothing. Constant time.
    constexpr pinned_vector() noexcept = default;
    constexpr explicit pinned_vector(const pinned_options& options) noexcept : options_(options) {}

    /// n value-initialized elements.
    explicit pinned_vector(size_type n, const pinned_options& options = {}) : pinned_vector(options) { resize(n); }

    /// n default-initialized elements, for types that are written to before they are read. See resize.
    pinned_vector(size_type n, default_init_t, const pinned_options& options = {}) : pinned_vector(options) {
        resize(n, default_init);
    }

    /// n copies of value.
    pinned_vector(size_type n, const T& value, const pinned_options& options = {}) : pinned_vector(options) {
        resize(n, value);
    }

    /// Copies of the elements from first up to last.
    template <std::input_iterator It, std::sentinel_for<It> End>
    pinned_vector(It first, End last, const pinned_options& options = {}) : pinned_vector(options) {
        append(std::move(first), last);
    }

    pinned_vector(std::initializer_list<T> values, const pinned_options& options = {}) : pinned_vector(options) {
        append(values.begin(), values.end());
    }

#ifdef __cpp_lib_containers_ranges
    /// Copies of the range's elements.
    template <range_of<T> R>
    pinned_vector(std::from_range_t, R&& range, const pinned_options& options = {}) : pinned_vector(options) {
        append_range(std::forward<R>(range));
    }
#endif

    /// A copy, with the options of other or with those that are given.
    pinned_vector(const pinned_vector& other) : pinned_vector(other, other.options_) {}
    pinned_vector(const pinned_vector& other, const pinned_options& options) : pinned_vector(options) {
        append(other.begin(), other.end());
    }

    /// Takes the elements of other, which is empty afterwards, and its options. Constant time. Allocates nothing.
    /// Invalidates nothing: pointers, references, iterators and spans into other refer to the same elements, now in
    /// this vector.
    pinned_vector(pinned_vector&& other) noexcept : options_(other.options_) { swap_elements(other); }

    /// Destroys the elements and unmaps the memory. Linear in the elements; constant time, apart from the system's
    /// work, if T has a trivial destructor.
    // The destructor, swap and the members that they call are inlined, even where only an exception leads to them: a
    // call would pass the address of the vector. See grown.
    [[gnu::always_inline]] inline ~pinned_vector() { destroy_all(); }

    // ---- assignment
    //
    // Copies: elements that remain are assigned to, the others are appended or removed. The options remain. Linear in
    // both sizes. Basic guarantee. Throws what growing, constructing and assigning throws. Invalidates what is removed,
    // and the past-the-end iterator.

    /// Copies the elements of other. Precondition: other is not a member of an element of this vector, which assignment
    /// would change while it is read. (So it is for std::vector.)
    pinned_vector& operator=(const pinned_vector& other) {
        if (this != std::addressof(other)) assign(other.begin(), other.end());
        return *this;
    }

    /// Takes the elements of other, which is empty afterwards, and its options. Linear in the elements that are
    /// destroyed. Throws nothing. Pointers, references, iterators and spans into other remain valid, those into this
    /// vector are invalidated. other may be a member of an element of this vector.
    pinned_vector& operator=(pinned_vector&& other) noexcept {
        pinned_vector taken(std::move(other)); // destroyed last, with the old elements: other may be a member of one
        swap(taken);
        return *this;
    }

    pinned_vector& operator=(std::initializer_list<T> values) {
        assign(values.begin(), values.end());
        return *this;
    }

    /// Replaces the contents by n copies of value, which may be an element of this vector.
    void assign(size_type n, const T& value) {
        if (is_lost()) destroy_all();
        std::fill_n(begin_, std::min(n, size()), value); // before elements are removed: value may be one of them
        resize(n, value);
    }

    /// Replaces the contents by copies of the elements from first up to last. Precondition: they are not of this
    /// vector.
    template <std::input_iterator It, std::sentinel_for<It> End> void assign(It first, End last) {
        if (is_lost()) destroy_all();
        T* to = begin_;
        for (; to != cursor_ && first != last; ++to) {
            *to = *first;
            ++first;
        }
        truncate(to);
        append(std::move(first), last);
    }

    void assign(std::initializer_list<T> values) { assign(values.begin(), values.end()); }

    /// Replaces the contents by copies of the range's elements. Precondition: they are not of this vector.
    template <range_of<T> R> void assign_range(R&& range) {
        assign(std::ranges::begin(range), std::ranges::end(range));
    }

    /// How this vector takes memory from the system.
    const pinned_options& options() const noexcept { return options_; }

    // ---- iterators

    iterator begin() noexcept { return begin_; }
    iterator end() noexcept { return cursor_; }
    const_iterator begin() const noexcept { return begin_; }
    const_iterator end() const noexcept { return cursor_; }
    const_iterator cbegin() const noexcept { return begin_; }
    const_iterator cend() const noexcept { return cursor_; }
    reverse_iterator rbegin() noexcept { return reverse_iterator(cursor_); }
    reverse_iterator rend() noexcept { return reverse_iterator(begin_); }
    const_reverse_iterator rbegin() const noexcept { return const_reverse_iterator(cursor_); }
    const_reverse_iterator rend() const noexcept { return const_reverse_iterator(begin_); }
    const_reverse_iterator crbegin() const noexcept { return rbegin(); }
    const_reverse_iterator crend() const noexcept { return rend(); }

    // ---- capacity

    [[nodiscard]] bool empty() const noexcept { return cursor_ == begin_; }
    size_type size() const noexcept { return static_cast<size_type>(cursor_ - begin_); }
    /// The maximum size: options().max_size if that is set. Otherwise the number of elements that the reserved
    /// addresses have room for, or, if none are reserved, that 64 GiB have room for. So it becomes less if the system
    /// grants less.
    size_type max_size() const noexcept { return maximum_size(options_, reserved_, sizeof(T)); }
    /// The number of elements that the committed memory, which is whole pages, can hold. An access after these pages is
    /// a fault.
    size_type capacity() const noexcept { return static_cast<size_type>(end_ - begin_); }

    /// Commits memory until capacity() is at least n, and at least as much as an append would commit. Constant time,
    /// apart from the system's work. Invalidates nothing but the iterators of a vector that has reserved nothing.
    /// Throws std::length_error if n > max_size(), and std::bad_alloc if the system refuses memory; strong guarantee.
    void reserve(size_type n) {
        if (n > capacity()) use_memory(grown(memory(), options_, n), size());
    }

    /// Decommits the whole pages that contain no element. Unmaps everything if the vector is empty. Constant time,
    /// apart from the system's work. Invalidates nothing but an empty vector's iterators.
    void shrink_to_fit() noexcept { use_memory(shrunk(memory(), options_, size()), size()); }

    // ---- access

    /// Element i. Precondition: i < size().
    reference operator[](argument<size_type> i) noexcept {
        expect_index(i);
        return begin_[i];
    }
    const_reference operator[](argument<size_type> i) const noexcept {
        expect_index(i);
        return begin_[i];
    }
    /// Element i. Throws std::out_of_range if i >= size(), with both numbers in its message. Constant time.
    reference at(size_type i) {
        if (i >= size()) throw_beyond_end(i, size());
        return begin_[i];
    }
    const_reference at(size_type i) const {
        if (i >= size()) throw_beyond_end(i, size());
        return begin_[i];
    }
    /// The first element. Precondition: not empty.
    reference front(caller where = std::source_location::current()) noexcept {
        expect_not_empty("seg::pinned_vector::front", where);
        return *begin_;
    }
    const_reference front(caller where = std::source_location::current()) const noexcept {
        expect_not_empty("seg::pinned_vector::front", where);
        return *begin_;
    }
    /// The last element. Precondition: not empty.
    reference back(caller where = std::source_location::current()) noexcept {
        expect_not_empty("seg::pinned_vector::back", where);
        return cursor_[-1];
    }
    const_reference back(caller where = std::source_location::current()) const noexcept {
        expect_not_empty("seg::pinned_vector::back", where);
        return cursor_[-1];
    }
    /// The address of the first element. Null if the vector has reserved nothing.
    T* data() noexcept { return begin_; }
    const T* data() const noexcept { return begin_; }

    /// The index of an element of this vector. Precondition: it is one. Constant time.
    size_type index_of(const T& element, caller where = std::source_location::current()) const noexcept {
        expect_element(element, "seg::pinned_vector::index_of", where);
        return static_cast<size_type>(std::addressof(element) - begin_);
    }
    /// An iterator to an element of this vector, which is its address. Precondition: it is one. Constant time.
    iterator iterator_to(T& element, caller where = std::source_location::current()) noexcept {
        expect_element(element, "seg::pinned_vector::iterator_to", where);
        return std::addressof(element);
    }
    const_iterator iterator_to(const T& element, caller where = std::source_location::current()) const noexcept {
        expect_element(element, "seg::pinned_vector::iterator_to", where);
        return std::addressof(element);
    }

    // ---- appending
    //
    // Invalidates the past-the-end iterator only. Throws what growing and constructing throws; strong guarantee. A
    // constructor of an element may read this vector, which does not contain the element yet. Precondition: it does not
    // change the vector.

    /// Constructs an element at the end and returns it. Constant time, apart from the system's work if memory is
    /// committed.
    template <class... Arguments> reference emplace_back(Arguments&&... arguments) {
        if (cursor_ != end_) [[likely]] {
            construct(cursor_, std::forward<Arguments>(arguments)...);
        } else if constexpr (std::is_nothrow_constructible_v<T, Arguments...>) {
            // The arguments are not passed to a function: their addresses would keep them out of registers. The new
            // memory is used after the element is constructed. Otherwise clang merges both constructions and writes the
            // parts of an element from the last to the first, which takes 1.3 times as long for large ones.
            const size_type n = size();
            const extent m = grown(memory(), options_, n + 1);
            construct(reinterpret_cast<T*>(m.begin) + n, std::forward<Arguments>(arguments)...);
            use_memory(m, n);
        } else {
            construct_in_new_memory(std::forward<Arguments>(arguments)...);
        }
        return *cursor_++;
    }

    /// Appends a copy of value, which may be an element of this vector. As emplace_back.
    void push_back(const T& value) { emplace_back(value); }
    void push_back(T&& value) { emplace_back(std::move(value)); }

    /// As emplace_back and push_back, but returns the address of the element, or null if the system refuses memory or
    /// the size is max_size(). Throws what the constructor throws.
    template <class... Arguments> pointer try_emplace_back(Arguments&&... arguments) {
        const size_type n = size();
        if (cursor_ != end_) return std::addressof(emplace_back(std::forward<Arguments>(arguments)...));
        if (!try_reserve_one()) return nullptr;
        rollback undo([&] { restore_capacity(n); });
        T& element = emplace_back(std::forward<Arguments>(arguments)...);
        undo.done();
        return std::addressof(element);
    }
    pointer try_push_back(const T& value) { return try_emplace_back(value); }
    pointer try_push_back(T&& value) { return try_emplace_back(std::move(value)); }

    /// Appends copies of the range's elements. Linear in them. The range may be this vector, or a view of it whose
    /// iterators are forward iterators.
    template <range_of<T> R> void append_range(R&& range) {
        if constexpr (std::ranges::sized_range<R> && !std::ranges::forward_range<R>) {
            const size_type old_capacity = capacity();
            reserve_more(static_cast<size_type>(std::ranges::size(range)));
            rollback undo([&] { restore_capacity(old_capacity); });
            append(std::ranges::begin(range), std::ranges::end(range));
            undo.done();
        } else {
            append(std::ranges::begin(range), std::ranges::end(range));
        }
    }

    // ---- inserting and erasing
    //
    // Moves the elements from pos on by assignment, so T must be movable. Linear in the elements that are inserted and
    // in end() - pos. Invalidates pointers, references and iterators to elements from pos on, and the past-the-end
    // iterator.
    // Throws what growing, constructing and moving throws. Basic guarantee; strong guarantee if pos is end().
    // Precondition: pos is an iterator of this vector.

    // A literal 0 converts to a pointer, but is no position.
    void insert(std::nullptr_t, const T&) = delete;
    void insert(std::nullptr_t, T&&) = delete;
    void erase(std::nullptr_t) = delete;

    /// Constructs an element before pos and returns an iterator to it.
    template <class... Arguments> iterator emplace(argument<const_iterator> pos, Arguments&&... arguments) {
        const size_type i = index_of_position(pos, "seg::pinned_vector::emplace");
        emplace_before(i, std::forward<Arguments>(arguments)...);
        return begin_ + i;
    }
    /// Inserts a copy of value, which may be an element of this vector, before pos and returns an iterator to it.
    iterator insert(const_iterator pos, const T& value, caller where = std::source_location::current()) {
        const size_type i = index_of_position(pos, "seg::pinned_vector::insert", where);
        emplace_before(i, value);
        return begin_ + i;
    }
    iterator insert(const_iterator pos, T&& value, caller where = std::source_location::current()) {
        const size_type i = index_of_position(pos, "seg::pinned_vector::insert", where);
        emplace_before(i, std::move(value));
        return begin_ + i;
    }

    /// Inserts n copies of value, which may be an element of this vector, before pos. Returns an iterator to the first
    /// one, or to pos if n is 0.
    iterator insert(const_iterator pos, size_type n, const T& value, caller where = std::source_location::current()) {
        const size_type i = index_of_position(pos, "seg::pinned_vector::insert", where);
        insert_copies(i, n, value);
        return begin_ + i;
    }
    /// Inserts copies of the elements from first up to last before pos. Returns an iterator to the first one, or to pos
    /// if there is none. They may be elements of this vector. Precondition: they are not members of its elements.
    template <std::input_iterator It, std::sentinel_for<It> End>
    iterator insert(const_iterator pos, It first, End last, caller where = std::source_location::current()) {
        const size_type i = index_of_position(pos, "seg::pinned_vector::insert", where);
        insert_elements(i, std::move(first), last);
        return begin_ + i;
    }
    iterator insert(const_iterator pos, std::initializer_list<T> values,
                    caller where = std::source_location::current()) {
        return insert(pos, values.begin(), values.end(), where);
    }
    /// The same for a range.
    template <range_of<T> R>
    iterator insert_range(const_iterator pos, R&& range, caller where = std::source_location::current()) {
        const size_type i = index_of_position(pos, "seg::pinned_vector::insert_range", where);
        insert_elements(i, std::ranges::begin(range), std::ranges::end(range));
        return begin_ + i;
    }

    /// Removes the element at pos and returns an iterator to the next one. Throws only what T's move assignment throws.
    /// Precondition: pos is an iterator to an element of this vector.
    iterator erase(const_iterator pos, caller where = std::source_location::current()) {
        if constexpr (checked)
            expects(is_between(begin_, pos, cursor_) && pos != cursor_, "seg::pinned_vector::erase",
                    "the iterator is of this vector and not past the end", index_at(pos), size(), where);
        return erase(pos, pos + 1, where);
    }
    /// Removes the elements from first up to last and returns an iterator to the next one. Throws only what T's move
    /// assignment throws. Precondition: both are iterators of this vector, and first is not after last.
    iterator erase(const_iterator first, const_iterator last, caller where = std::source_location::current()) {
        const size_type j = index_of_position(last, "seg::pinned_vector::erase", where);
        const size_type i = index_at(first);
        if constexpr (checked)
            expects(is_between(begin_, first, last), "seg::pinned_vector::erase",
                    "first is of this vector and not after last", i, j, where);
        if (i != j) truncate(std::move(begin_ + j, cursor_, begin_ + i));
        return begin_ + i;
    }

    // ---- other modifiers

    /// Destroys the last element. Precondition: not empty. Constant time. Decommits nothing. Invalidates pointers,
    /// references and iterators to the element, and the past-the-end iterator.
    void pop_back(caller where = std::source_location::current()) noexcept {
        expect_not_empty("seg::pinned_vector::pop_back", where);
        truncate(cursor_ - 1);
    }

    /// Destroys all elements. Decommits nothing. Linear in the elements; constant time if T has a trivial destructor.
    /// Invalidates everything. In a child process that does not have the elements (see pinned_options::fork), it
    /// destroys nothing and unmaps the memory.
    void clear() noexcept {
        if (is_lost()) destroy_all();
        else truncate(begin_);
    }

    /// Removes elements from the end, or appends value-initialized ones, until the size is n. Linear in the difference.
    /// Appending throws and invalidates what append_range does; strong guarantee. Removing invalidates pointers,
    /// references and iterators to the removed elements, and the past-the-end iterator.
    void resize(size_type n) { resize_with(n, value_initialized()); }
    /// The same with copies of value, which may be an element of this vector.
    void resize(size_type n, const T& value) { resize_with(n, copies_of{value}); }
    /// The same with default-initialized elements. Numbers then have whatever value their memory contains, and no
    /// page is touched.
    void resize(size_type n, default_init_t) { resize_with(n, default_initialized()); }

    /// Exchanges the contents and the options. Constant time. Invalidates nothing: pointers, references and iterators
    /// refer to the same elements, in the other vector.
    [[gnu::always_inline]] inline void swap(pinned_vector& other) noexcept {
        swap_elements(other);
        std::swap(options_, other.options_);
    }
    friend void swap(pinned_vector& a, pinned_vector& b) noexcept { a.swap(b); }

    // ---- comparison

    /// Whether the sizes are equal and all elements are, by their ==. Linear; constant time if the sizes differ. Throws
    /// what their == throws.
    friend bool operator==(const pinned_vector& a, const pinned_vector& b)
        requires std::equality_comparable<T>
    {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

    /// Lexicographical, by the elements' <=> if they have one, otherwise by their <. Linear. Throws what these throw.
    friend auto operator<=>(const pinned_vector& a, const pinned_vector& b)
        requires requires(const T& e) { e < e; }
    {
        return detail::lexicographical(a.begin(), a.end(), b.begin(), b.end());
    }

private:
    // ---- memory

    /// Tells tools that memory of a vector has no elements, and that it has some or is about to have some.
    static void poison_elements(const T* first, const T* last) noexcept {
        if (first != last) detail::poison(first, static_cast<size_type>(last - first) * sizeof(T));
    }
    static void unpoison_elements(const T* first, const T* last) noexcept {
        if (first != last) detail::unpoison(first, static_cast<size_type>(last - first) * sizeof(T));
    }

    extent memory() const noexcept { return {reinterpret_cast<std::byte*>(begin_), capacity() * sizeof(T), reserved_}; }
    /// Uses m, which contains n elements, as this vector's memory.
    void use_memory(const extent& m, size_type n) noexcept {
        begin_ = reinterpret_cast<T*>(m.begin);
        cursor_ = begin_ + n;
        end_ = begin_ + m.usable / sizeof(T);
        reserved_ = m.reserved;
    }

    // The functions that are slow are static. They get copies of what they need, and return the new memory. A call of a
    // member function would pass the address of the vector, and clang would keep the cursor of a local vector in memory
    // and not in a register: two stores a push instead of one.

    /// The memory with room for n elements.
    [[gnu::noinline]] static extent grown(extent m, pinned_options options, size_type n) {
        static_assert(alignof(T) <= 4096, "seg::pinned_vector: elements may be aligned to a page at most");
        const growth_result result = grow(m, options, n, sizeof(T), library());
        if (result != growth_result::done) throw_failure(result);
        return m;
    }
    /// The same; the memory as it is if it cannot grow.
    [[gnu::noinline]] static extent grown_if_possible(extent m, pinned_options options, size_type n) noexcept {
        static_cast<void>(grow(m, options, n, sizeof(T), library()));
        return m;
    }
    /// The memory without the whole pages after the first n elements.
    [[gnu::noinline]] static extent shrunk(extent m, pinned_options options, size_type n) noexcept {
        shrink(m, options, n, sizeof(T));
        return m;
    }
    [[gnu::noinline]] static void destroy_all(extent m, T* cursor, pinned_options options) noexcept {
        T* const first = reinterpret_cast<T*>(m.begin);
        if (options.fork == fork_policy::inherit || !seg::is_lost(m, options)) destroy(first, cursor);
        shrink(m, options, 0, sizeof(T));
    }

    /// Commits memory for n more elements. Strong guarantee.
    void reserve_more(size_type n) {
        if (n > static_cast<size_type>(-1) - size()) throw_failure(growth_result::too_long);
        reserve(size() + n);
    }
    /// Commits memory for one more element. Precondition: there is no room for it. False if the system refuses memory,
    /// or the size is max_size().
    bool try_reserve_one() noexcept {
        const size_type n = size();
        use_memory(grown_if_possible(memory(), options_, n + 1), n);
        return cursor_ != end_;
    }
    /// Decommits what was committed since the capacity was old_capacity.
    void restore_capacity(size_type old_capacity) noexcept {
        use_memory(shrunk(memory(), options_, old_capacity), size());
    }

    /// Whether this is a child process that does not have the elements.
    [[gnu::always_inline]] inline bool is_lost() const noexcept {
        return options_.fork != fork_policy::inherit && seg::is_lost(memory(), options_);
    }

    /// Destroys all elements and unmaps everything.
    [[gnu::always_inline]] inline void destroy_all() noexcept {
        if (begin_ == nullptr) return;
        destroy_all(memory(), cursor_, options_);
        use_memory({}, 0);
    }

    /// Exchanges everything but the options.
    [[gnu::always_inline]] inline void swap_elements(pinned_vector& other) noexcept {
        std::swap(begin_, other.begin_);
        std::swap(cursor_, other.cursor_);
        std::swap(end_, other.end_);
        std::swap(reserved_, other.reserved_);
    }

    // ---- appending and removing

    template <class... Arguments> void construct(T* p, Arguments&&... arguments) {
        [[maybe_unused]] const T* const old_cursor = cursor_;
        unpoison_elements(p, p + 1);
        if constexpr (std::is_nothrow_constructible_v<T, Arguments...>) {
            std::construct_at(p, std::forward<Arguments>(arguments)...);
        } else {
            rollback undo([&] { poison_elements(p, p + 1); });
            std::construct_at(p, std::forward<Arguments>(arguments)...);
            undo.done();
        }
        expect_cursor(old_cursor, "seg::pinned_vector::emplace_back");
    }

    /// Commits memory, constructs the next element there, and uses the memory. Not inlined: emplace_back contains the
    /// construction once already.
    template <class... Arguments> [[gnu::noinline]] void construct_in_new_memory(Arguments&&... arguments) {
        const size_type n = size();
        const extent m = grown(memory(), options_, n + 1);
        rollback undo([&] { use_memory(shrunk(m, options_, n), n); }); // n was the capacity
        construct(reinterpret_cast<T*>(m.begin) + n, std::forward<Arguments>(arguments)...);
        undo.done();
        use_memory(m, n);
    }

    /// Constructs n elements from p on. Strong guarantee. Precondition: there is room for them.
    template <class Source> static void construct_from(T* p, size_type n, Source& source) {
        T* const first = p;
        T* const last = p + n;
        unpoison_elements(first, last);
        rollback undo([&] {
            poison_elements(p, last);
            destroy(first, p);
        });
        std::allocator<T> alloc;
        while (p != last) {
            source.construct(alloc, p);
            ++p;
            source.next();
        }
        undo.done();
    }

    /// Appends n elements. Strong guarantee. The vector contains them when all are constructed: until then its end is
    /// where it was, and the source may be a view of this vector.
    template <class Source> void append_from(size_type n, Source source) {
        if (n == 0) return;
        const size_type old_capacity = capacity();
        reserve_more(n);
        T* const old_cursor = cursor_;
        rollback undo([&] { restore_capacity(old_capacity); });
        construct_from(old_cursor, n, source);
        undo.done();
        expect_cursor(old_cursor, "seg::pinned_vector (several elements appended)");
        cursor_ = old_cursor + n;
    }

    /// Appends copies of the elements from first up to last. Strong guarantee.
    template <class It, class End> void append(It first, End last) {
        if constexpr (std::forward_iterator<It>) {
            const auto n = static_cast<size_type>(std::ranges::distance(first, last));
            append_from(n, elements_from{std::move(first)});
        } else {
            const size_type old_size = size(), old_capacity = capacity();
            rollback undo([&] {
                truncate(begin_ + old_size);
                restore_capacity(old_capacity);
            });
            for (; first != last; ++first) emplace_back(*first);
            undo.done();
        }
    }

    template <class Source> void resize_with(size_type n, Source source) {
        if (n <= size()) truncate(begin_ + n);
        else append_from(n - size(), source);
    }

    /// Destroys the elements from p on. Their destructors see the vector without them.
    void truncate(T* p) noexcept {
        T* const old_cursor = cursor_;
        cursor_ = p;
        destroy(p, old_cursor);
    }
    static void destroy(T* first, T* last) noexcept {
        std::destroy(first, last);
        poison_elements(first, last);
    }

    // ---- inserting

    /// Constructs an element before element i.
    template <class... Arguments> void emplace_before(size_type i, Arguments&&... arguments) {
        if (begin_ + i == cursor_) {
            emplace_back(std::forward<Arguments>(arguments)...);
            return;
        }
        reserve_more(1); // before anything is moved from
        // First, since an argument may be one of the elements that are moved.
        T value(std::forward<Arguments>(arguments)...);
        emplace_back(std::move(cursor_[-1]));
        std::move_backward(begin_ + i, cursor_ - 2, cursor_ - 1);
        begin_[i] = std::move(value);
    }

    /// Inserts n elements before element i. The elements from i on are moved once each, and the new ones are assigned
    /// to the places that they leave: so the source must not refer to an element from i on. Precondition: i < size().
    template <class Source> void insert_from(size_type i, size_type n, Source source) {
        const size_type old_size = size(), moved = std::min(n, old_size - i);
        reserve_more(n);
        // New elements that come after the old end are constructed there. Then elements are moved after them.
        Source rest = source;
        rest.skip(moved);
        append_from(n - moved, std::move(rest));
        append_from(moved, elements_from{std::move_iterator(begin_ + (old_size - moved))});
        T* const first = begin_ + i;
        std::move_backward(first, begin_ + (old_size - moved), begin_ + old_size);
        for (T* p = first; p != first + moved; ++p, source.next()) source.assign(*p);
    }

    /// Inserts n copies of value, which may be an element of this vector, before element i.
    void insert_copies(size_type i, size_type n, const T& value) {
        if (n == 0 || begin_ + i == cursor_) {
            append_from(n, copies_of{value});
            return;
        }
        const T copy(value); // value may be one of the elements that are moved
        insert_from(i, n, copies_of{copy});
    }

    /// Inserts copies of the elements from first up to last, which may be elements of this vector, before element i.
    template <class It, class End> void insert_elements(size_type i, It first, End last) {
        const size_type old_size = size();
        if constexpr (assignable_source<It, T>) {
            const auto n = static_cast<size_type>(std::ranges::distance(first, last));
            if (n != 0 && i != old_size) {
                if constexpr (std::contiguous_iterator<It>) {
                    if (!contains_any(std::to_address(first), n)) {
                        insert_from(i, n, elements_from{std::move(first)});
                        return;
                    }
                } else if constexpr (!__is_trivially_copyable(T)) {
                    // Iterators may find the elements by way of elements that are moved, as those of a filtered view
                    // do: so the addresses are taken first. If none of the elements is of this vector, they are copied
                    // from where they are.
                    using address = std::add_pointer_t<std::iter_reference_t<It>>;
                    std::vector<address> addresses;
                    addresses.reserve(n);
                    bool contains = false;
                    for (It at = first; at != last; ++at) {
                        auto&& element = *at; // named, since it may be an xvalue
                        addresses.push_back(std::addressof(element));
                        contains = contains || contains_any(addresses.back(), 1);
                    }
                    if (!contains) {
                        insert_from(i, n, elements_at<It, const address*>{addresses.data()});
                        return;
                    }
                }
            }
        }
        // Otherwise the copies are appended before any element is moved: the iterators can be read only once, or may
        // read elements that the insertion moves.
        append(std::move(first), last);
        std::rotate(begin_ + i, begin_ + old_size, cursor_);
    }

    /// Whether one of the n objects from p on is an element of this vector.
    bool contains_any(const T* p, size_type n) const noexcept {
        return std::less<>()(p, cursor_) && std::less<>()(begin_, p + n);
    }

    // ---- preconditions

    template <class Index> void expect_index(const Index& i) const noexcept {
        if constexpr (checked)
            expects(i < size(), "seg::pinned_vector::operator[]", "the index is below the size", i, size(), i.where);
    }
    void expect_not_empty(const char* call, const caller& where) const noexcept {
        if constexpr (checked) expects(!empty(), call, "the vector is not empty", size(), 0, where);
    }
    void expect_element(const T& element, const char* call, const caller& where) const noexcept {
        if constexpr (checked) {
            const T* const p = std::addressof(element);
            expects(is_between(begin_, p, cursor_) && p != cursor_, call, "the element is of this vector", index_at(p),
                    size(), where);
        }
    }
    /// Precondition of constructing elements in their places: the constructors do not change the vector. What they
    /// appended would be in the same places.
    void expect_cursor([[maybe_unused]] const T* old_cursor, [[maybe_unused]] const char* call) const noexcept {
        if constexpr (checked)
            expects(cursor_ == old_cursor, call, "the constructor of an element does not change the vector", size(),
                    index_at(old_cursor), std::source_location::current());
    }
    /// The index of an iterator, which has to be of this vector.
    size_type index_of_position(const_iterator pos, const char* call, const caller& where) const noexcept {
        if constexpr (checked)
            expects(is_between(begin_, pos, cursor_), call, "the iterator is of this vector, at most past the end",
                    index_at(pos), size(), where);
        return index_at(pos);
    }
    template <class Position> size_type index_of_position(const Position& pos, const char* call) const noexcept {
        if constexpr (checked) return index_of_position(pos.value, call, pos.where);
        else return index_at(pos);
    }

    /// The index of the element at p. p may be any address, since a message about a broken precondition contains the
    /// result.
    size_type index_at(const T* p) const noexcept {
        return static_cast<size_type>(reinterpret_cast<const std::byte*>(p) -
                                      reinterpret_cast<const std::byte*>(begin_)) /
               sizeof(T);
    }
    /// Whether first <= p <= last. They may be any addresses.
    static bool is_between(const T* first, const T* p, const T* last) noexcept {
        return std::less_equal<>()(first, p) && std::less_equal<>()(p, last);
    }

    // cursor_ is where the next element goes. end_ is the end of the committed memory, rounded down to whole elements:
    // cursor_ equals it exactly if the memory is full or there is none.
    T* begin_ = nullptr;
    T* cursor_ = nullptr;
    T* end_ = nullptr;
    size_type reserved_ = 0; // bytes of addresses for elements
    pinned_options options_ = {};
};

export template <std::input_iterator It, std::sentinel_for<It> End>
pinned_vector(It, End, pinned_options = {}) -> pinned_vector<std::iter_value_t<It>>;

#ifdef __cpp_lib_containers_ranges
export template <std::ranges::input_range R>
pinned_vector(std::from_range_t, R&&, pinned_options = {}) -> pinned_vector<std::ranges::range_value_t<R>>;
#endif

} // namespace seg
