// The container itself: std::vector's interface on memory that is reserved once, so that nothing ever moves.
module;

#include <version>

export module seg.vector:container;

import seg.arena;
import seg.standard;
import :memory;
import :options;

namespace seg {

/// A contiguous sequence whose elements never move.
///
/// Growth: addresses are reserved once, with the first element (see seg::pinned_options); behind the last element
/// memory is committed as it is needed, twice as much each time. What is there stays where it is, so nothing is ever
/// copied or moved by growing. (Idea and name: Miro Knejp and Jakob Schweisshelm, "pinned_vector", Meeting C++ 2018.)
/// Cost: three mappings of the 65,530 that a process may have by default (two with the other kinds of page, one more
/// under a fork policy), and 64 GiB of its addresses unless max_size says otherwise; a page of memory at least; three to
/// seven system calls for the first element, one for each doubling, and one at the end. It is for a program's few big
/// arrays; seg::list serves the many and small.
/// Stability: push_back, emplace_back, reserve, shrink_to_fit and growing resize invalidate no pointer, reference,
/// iterator or span but the past-the-end iterator; pop_back, shrinking resize and clear only those to what they remove;
/// swap and move none: they point to the same elements, which another vector has now.
/// Exceptions: push_back, emplace_back, reserve and the growing of resize and of append give the strong guarantee, the
/// other members the basic one. std::length_error beyond max_size(); std::bad_alloc where the system refuses memory.
///
/// T may be incomplete where the vector is named, move-only, neither copyable nor movable (with emplace_back), and
/// aligned to up to 4 KiB. AddressSanitizer reports an access to committed memory that holds no element; an access to
/// what is reserved and not committed is a fault.
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

    /// An empty vector; reserves and allocates nothing.
    constexpr pinned_vector() noexcept = default;

    /// An empty vector that will take its memory as the options say; reserves and allocates nothing.
    constexpr explicit pinned_vector(const pinned_options& options) noexcept : options_(options) {}

    /// n value-initialised elements.
    explicit pinned_vector(size_type n, const pinned_options& options = {}) : pinned_vector(options) { resize(n); }

    /// n default-initialised elements: see resize.
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

    /// A copy, with the same options or with others.
    pinned_vector(const pinned_vector& other) : pinned_vector(other, other.options_) {}
    pinned_vector(const pinned_vector& other, const pinned_options& options) : pinned_vector(options) {
        append(other.begin(), other.end());
    }

    /// Takes other's elements where they are, and its options; other is empty afterwards. Constant time, allocates
    /// nothing; pointers, references, iterators and spans into other go on pointing to the same elements, now in this
    /// vector.
    pinned_vector(pinned_vector&& other) noexcept : options_(other.options_) { swap_memory(other); }

    // This, swap and what they call are inlined where an exception passes, too: a call would mean that the vector has an
    // address, see grown.
    [[gnu::always_inline]] inline ~pinned_vector() { dispose(); }

    /// The contents become copies of other's; the options stay. other must not lie in one of this vector's elements
    /// (with the moving assignment it may).
    pinned_vector& operator=(const pinned_vector& other) {
        if (this != std::addressof(other)) assign(other.begin(), other.end());
        return *this;
    }

    /// Takes other's elements where they are, and its options, in constant time but for the destruction of the old
    /// elements; pointers, references and iterators into other stay good. other is empty afterwards.
    pinned_vector& operator=(pinned_vector&& other) noexcept {
        // The old elements go last, since other may lie in one of them.
        pinned_vector taken(std::move(other));
        swap(taken);
        return *this;
    }

    pinned_vector& operator=(std::initializer_list<T> values) {
        assign(values.begin(), values.end());
        return *this;
    }

    /// Replaces the contents by n copies of value, which may be an element of this vector. Invalidates what is removed;
    /// what remains is assigned to.
    void assign(size_type n, const T& value) {
        if (is_lost()) dispose();
        // The value may be one of the elements about to go, so those go last.
        std::fill_n(first_, std::min(n, size()), value);
        resize(n, value);
    }

    /// Replaces the contents by copies of the elements from first up to last, which must not be of this vector.
    template <std::input_iterator It, std::sentinel_for<It> End> void assign(It first, End last) {
        if (is_lost()) dispose();
        T* to = first_;
        for (; to != next_ && first != last; ++to) {
            *to = *first;
            ++first;
        }
        truncate(to);
        append(std::move(first), last);
    }

    void assign(std::initializer_list<T> values) { assign(values.begin(), values.end()); }

    /// Replaces the contents by copies of the range's elements. The range must not be of this vector.
    template <range_of<T> R> void assign_range(R&& range) {
        assign(std::ranges::begin(range), std::ranges::end(range));
    }

    /// How it takes its memory.
    const pinned_options& options() const noexcept { return options_; }

    // ---- iterators

    iterator begin() noexcept { return first_; }
    iterator end() noexcept { return next_; }
    const_iterator begin() const noexcept { return first_; }
    const_iterator end() const noexcept { return next_; }
    const_iterator cbegin() const noexcept { return first_; }
    const_iterator cend() const noexcept { return next_; }
    reverse_iterator rbegin() noexcept { return reverse_iterator(next_); }
    reverse_iterator rend() noexcept { return reverse_iterator(first_); }
    const_reverse_iterator rbegin() const noexcept { return const_reverse_iterator(next_); }
    const_reverse_iterator rend() const noexcept { return const_reverse_iterator(first_); }
    const_reverse_iterator crbegin() const noexcept { return rbegin(); }
    const_reverse_iterator crend() const noexcept { return rend(); }

    // ---- capacity

    [[nodiscard]] bool empty() const noexcept { return next_ == first_; }
    size_type size() const noexcept { return static_cast<size_type>(next_ - first_); }
    /// The most elements there can be: options().max_size if that is set; otherwise as many as addresses are reserved
    /// for, or, while none are, as 64 GiB hold. It is less where the system granted less, until the addresses are given
    /// back.
    size_type max_size() const noexcept { return most_elements(options_, reserved_, sizeof(T)); }
    /// The number of elements that there is memory for. Memory comes in whole pages, and an access behind the
    /// last of them is a fault.
    size_type capacity() const noexcept { return static_cast<size_type>(last_ - first_); }

    /// Commits memory for at least n elements in all, and for as many as growing would. Invalidates nothing but an
    /// empty vector's iterators.
    /// Throws std::length_error if n > max_size(), std::bad_alloc if the system refuses; strong guarantee.
    void reserve(size_type n) {
        if (n > capacity()) enter(grown(memory(), options_, n), size());
    }

    /// Gives the whole pages that hold no element back to the system, and the addresses too where there is no element.
    /// Moves nothing, invalidates nothing but an empty vector's iterators.
    void shrink_to_fit() noexcept { enter(shrunk(memory(), options_, size()), size()); }

    // ---- access

    /// Element i. Precondition: i < size().
    reference operator[](argument<size_type> i) noexcept {
        expect_index(i);
        return first_[i];
    }
    const_reference operator[](argument<size_type> i) const noexcept {
        expect_index(i);
        return first_[i];
    }
    /// Element i. Throws std::out_of_range, with both numbers in its message, unless i < size().
    reference at(size_type i) {
        if (i >= size()) throw_beyond_end(i, size());
        return first_[i];
    }
    const_reference at(size_type i) const {
        if (i >= size()) throw_beyond_end(i, size());
        return first_[i];
    }
    /// The first element. Precondition: not empty.
    reference front(caller where = std::source_location::current()) noexcept {
        expect_element("seg::pinned_vector::front", where);
        return *first_;
    }
    const_reference front(caller where = std::source_location::current()) const noexcept {
        expect_element("seg::pinned_vector::front", where);
        return *first_;
    }
    /// The last element. Precondition: not empty.
    reference back(caller where = std::source_location::current()) noexcept {
        expect_element("seg::pinned_vector::back", where);
        return next_[-1];
    }
    const_reference back(caller where = std::source_location::current()) const noexcept {
        expect_element("seg::pinned_vector::back", where);
        return next_[-1];
    }
    /// The elements as an array; null before the first one is made.
    T* data() noexcept { return first_; }
    const T* data() const noexcept { return first_; }

    /// The position of an element of this vector. Precondition: it is one. Constant time.
    size_type index_of(const T& element, caller where = std::source_location::current()) const noexcept {
        expect_own("seg::pinned_vector::index_of", element, where);
        return static_cast<size_type>(std::addressof(element) - first_);
    }
    /// An iterator to an element of this vector: its address. Precondition: it is one. Constant time.
    iterator iterator_to(T& element, caller where = std::source_location::current()) noexcept {
        expect_own("seg::pinned_vector::iterator_to", element, where);
        return std::addressof(element);
    }
    const_iterator iterator_to(const T& element, caller where = std::source_location::current()) const noexcept {
        expect_own("seg::pinned_vector::iterator_to", element, where);
        return std::addressof(element);
    }

    // ---- modifiers

    // A literal 0 is no position, though it converts to a pointer.
    void insert(std::nullptr_t, const T&) = delete;
    void insert(std::nullptr_t, T&&) = delete;
    void erase(std::nullptr_t) = delete;

    /// Constructs an element at the end and returns it. Invalidates the past-the-end iterator only. The constructor may
    /// look at this vector, which does not have the element yet, but must not change it.
    /// Throws what the constructor throws, std::length_error beyond max_size(), and std::bad_alloc; strong guarantee.
    /// Constant time; memory is committed when there is no room left.
    template <class... Args> reference emplace_back(Args&&... args) {
        if (next_ != last_) [[likely]] {
            construct(next_, std::forward<Args>(args)...);
        } else if constexpr (std::is_nothrow_constructible_v<T, Args...>) {
            // The arguments are not passed to a function: their addresses would keep them out of registers. The new
            // memory is entered when the element is there: clang would make one piece of both constructions otherwise,
            // and write an element's parts from the last to the first, which takes 1.3 times as long for large ones.
            const size_type n = size();
            const extent m = grown(memory(), options_, n + 1);
            construct(reinterpret_cast<T*>(m.begin) + n, std::forward<Args>(args)...);
            enter(m, n);
        } else {
            construct_in_new_memory(std::forward<Args>(args)...);
        }
        return *next_++;
    }

    /// Appends a copy of value, which may be an element of this vector. As emplace_back.
    void push_back(const T& value) { emplace_back(value); }
    void push_back(T&& value) { emplace_back(std::move(value)); }

    /// As emplace_back, but returns its address, or null if the system refused memory or the vector holds max_size()
    /// elements. What the constructor throws is passed on.
    template <class... Args> pointer try_emplace_back(Args&&... args) {
        const size_type n = size();
        if (next_ != last_) return std::addressof(emplace_back(std::forward<Args>(args)...));
        if (!try_grow(n)) return nullptr;
        rollback undo([&] { shrink_to(n); });
        T& made = emplace_back(std::forward<Args>(args)...);
        undo.done();
        return std::addressof(made);
    }
    pointer try_push_back(const T& value) { return try_emplace_back(value); }
    pointer try_push_back(T&& value) { return try_emplace_back(std::move(value)); }

    /// Appends copies of the range's elements; the range may be this vector or a view of it, if it can be passed over
    /// twice. Invalidates the past-the-end iterator only. Strong guarantee.
    template <range_of<T> R> void append_range(R&& range) {
        if constexpr (std::ranges::sized_range<R> && !std::ranges::forward_range<R>) {
            const size_type old_capacity = capacity();
            reserve(sum_of(size(), static_cast<size_type>(std::ranges::size(range))));
            rollback undo([&] { shrink_to(old_capacity); });
            append(std::ranges::begin(range), std::ranges::end(range));
            undo.done();
        } else {
            append(std::ranges::begin(range), std::ranges::end(range));
        }
    }

    // Inserting and erasing move the elements behind the place, one by one, over the places there are; pointers,
    // references and iterators to places before it stay good. T must be movable. Basic guarantee; strong where nothing
    // lies behind the place.

    /// Constructs an element before pos and returns an iterator to it. Linear in end() - pos.
    template <class... Args> iterator emplace(argument<const_iterator> pos, Args&&... args) {
        if constexpr (checked)
            return emplace_at("seg::pinned_vector::emplace", pos.where, pos.value, std::forward<Args>(args)...);
        else
            return emplace_at("seg::pinned_vector::emplace", std::source_location::current(), pos,
                              std::forward<Args>(args)...);
    }
    /// Inserts a copy of value, which may be an element of this vector, before pos. As emplace.
    iterator insert(const_iterator pos, const T& value, caller where = std::source_location::current()) {
        return emplace_at("seg::pinned_vector::insert", where, pos, value);
    }
    iterator insert(const_iterator pos, T&& value, caller where = std::source_location::current()) {
        return emplace_at("seg::pinned_vector::insert", where, pos, std::move(value));
    }

    /// Inserts n copies of value, which may be an element of this vector, before pos and returns an iterator to the
    /// first, or to pos if there is none. Linear in n + (end() - pos).
    iterator insert(const_iterator pos, size_type n, const T& value, caller where = std::source_location::current()) {
        expect_position(pos, "seg::pinned_vector::insert", where);
        const size_type i = index(pos);
        if (n == 0 || pos == next_) {
            append_from(n, copies_of{value});
            return first_ + i;
        }
        const T copy(value); // it may be one of those that move
        insert_from(i, n, copies_of{copy});
        return first_ + i;
    }
    /// The same with copies of the elements from first up to last, which may be of this vector, but must not be owned
    /// by its elements.
    template <std::input_iterator It, std::sentinel_for<It> End>
    iterator insert(const_iterator pos, It first, End last, caller where = std::source_location::current()) {
        expect_position(pos, "seg::pinned_vector::insert", where);
        return insert_between(index(pos), std::move(first), last);
    }
    iterator insert(const_iterator pos, std::initializer_list<T> values,
                    caller where = std::source_location::current()) {
        return insert(pos, values.begin(), values.end(), where);
    }
    /// The same with copies of the range's elements.
    template <range_of<T> R>
    iterator insert_range(const_iterator pos, R&& range, caller where = std::source_location::current()) {
        expect_position(pos, "seg::pinned_vector::insert_range", where);
        return insert_between(index(pos), std::ranges::begin(range), std::ranges::end(range));
    }

    /// Removes the element at pos and returns an iterator to the place, where the next one lies now. Linear in
    /// end() - pos; throws only what T's move assignment throws.
    iterator erase(const_iterator pos, caller where = std::source_location::current()) {
        if constexpr (checked)
            expects(is_between(first_, pos, next_) && pos != next_, "seg::pinned_vector::erase",
                    "the iterator is of this vector and not past the end", index(pos), size(), where);
        return erase(pos, pos + 1, where);
    }
    /// Removes the elements from first up to last.
    iterator erase(const_iterator first, const_iterator last, caller where = std::source_location::current()) {
        expect_position(last, "seg::pinned_vector::erase", where);
        if constexpr (checked)
            expects(is_between(first_, first, last), "seg::pinned_vector::erase",
                    "first is of this vector and not behind last", index(first), index(last), where);
        T* const at = first_ + index(first);
        if (first != last) truncate(std::move(first_ + index(last), next_, at));
        return at;
    }

    /// Destroys the last element. Precondition: not empty. Invalidates iterators and references to it, and the
    /// past-the-end iterator. Keeps the memory.
    void pop_back(caller where = std::source_location::current()) noexcept {
        expect_element("seg::pinned_vector::pop_back", where);
        truncate(next_ - 1);
    }

    /// Destroys all elements and keeps the memory. Linear in size(); constant time if T is trivially destructible.
    /// In a child process that does not have the elements it gives the memory back instead: see pinned_options::fork.
    void clear() noexcept {
        if (is_lost()) dispose();
        else truncate(first_);
    }

    /// Removes elements from the end, or appends value-initialised ones, until there are n. Growing invalidates the
    /// past-the-end iterator only and gives the strong guarantee.
    void resize(size_type n) { resize_from(n, value_initialised{}); }
    /// The same with copies of value, which may be an element of this vector.
    void resize(size_type n, const T& value) { resize_from(n, copies_of{value}); }
    /// The same with default-initialised elements: numbers and the like are left as they are in memory, to be
    /// overwritten; no page of new memory is touched.
    void resize(size_type n, default_init_t) { resize_from(n, default_initialised{}); }

    /// Exchanges the contents and the options in constant time. Invalidates nothing: pointers, references and iterators
    /// go with their elements.
    [[gnu::always_inline]] inline void swap(pinned_vector& other) noexcept {
        swap_memory(other);
        std::swap(options_, other.options_);
    }
    friend void swap(pinned_vector& a, pinned_vector& b) noexcept { a.swap(b); }

    // ---- comparison

    friend bool operator==(const pinned_vector& a, const pinned_vector& b)
        requires std::equality_comparable<T>
    {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

    /// Lexicographical; by the elements' <=> where they have one, by their < otherwise.
    friend auto operator<=>(const pinned_vector& a, const pinned_vector& b)
        requires requires(const T& e) { e < e; }
    {
        return seg::lexicographical(a.begin(), a.end(), b.begin(), b.end());
    }

private:
    // ---- preconditions

    static size_type distance_of(const T* from, const T* to) noexcept {
        return static_cast<size_type>(reinterpret_cast<const std::byte*>(to) -
                                      reinterpret_cast<const std::byte*>(from)) /
               sizeof(T);
    }
    size_type index(const_iterator pos) const noexcept { return distance_of(first_, pos); }
    /// Of any addresses.
    static bool is_between(const T* first, const T* p, const T* last) noexcept {
        return std::less_equal<>()(first, p) && std::less_equal<>()(p, last);
    }

    template <class Index> void expect_index(const Index& i) const noexcept {
        if constexpr (checked)
            expects(i < size(), "seg::pinned_vector::operator[]", "the index is below the size", i, size(), i.where);
    }
    void expect_element(const char* call, const caller& where) const noexcept {
        if constexpr (checked) expects(!empty(), call, "the vector is not empty", size(), 0, where);
    }
    void expect_own(const char* call, const T& element, const caller& where) const noexcept {
        if constexpr (checked) {
            const T* const p = std::addressof(element);
            expects(is_between(first_, p, next_) && p != next_, call, "the element is of this vector", index(p), size(),
                    where);
        }
    }
    /// Precondition of what takes a position: it is of this vector, and at most past the end.
    void expect_position(const_iterator pos, const char* call, const caller& where) const noexcept {
        if constexpr (checked)
            expects(is_between(first_, pos, next_), call, "the iterator is of this vector, at most past the end",
                    index(pos), size(), where);
    }

    /// Precondition of what constructs elements in their places: the constructors leave the vector as it is.
    void expect_end([[maybe_unused]] const T* end, [[maybe_unused]] const char* call) const noexcept {
        if constexpr (checked)
            expects(next_ == end, call, "the constructor of an element does not change the vector", size(), index(end),
                    std::source_location::current());
    }

    // ---- memory

    // AddressSanitizer is told that there are elements from first up to last, or about to be; and that there are none.
    static void elements(const T* first, const T* last) noexcept {
        if (first != last) seg::unpoison(first, static_cast<size_type>(last - first) * sizeof(T));
    }
    static void no_elements(const T* first, const T* last) noexcept {
        if (first != last) seg::poison(first, static_cast<size_type>(last - first) * sizeof(T));
    }

    static size_type sum_of(size_type size, size_type n) {
        if (n > static_cast<size_type>(-1) - size) throw_failure(growth_result::too_long);
        return size + n;
    }

    extent memory() const noexcept { return {reinterpret_cast<std::byte*>(first_), capacity() * sizeof(T), reserved_}; }
    /// Goes on with that memory, of which the first n elements are there.
    void enter(const extent& m, size_type n) noexcept {
        first_ = reinterpret_cast<T*>(m.begin);
        next_ = first_ + n;
        last_ = first_ + m.usable / sizeof(T);
        reserved_ = m.reserved;
    }

    // The slow paths are static: they get what they need by value and return the new memory. Passing the vector itself
    // would mean that it has an address, and clang would then keep the cursor of a local vector in memory instead of in
    // registers: two stores a push instead of one.

    [[gnu::noinline]] static extent grown(extent m, pinned_options options, size_type n) {
        static_assert(alignof(T) <= 4096, "seg::pinned_vector: elements may be aligned to a page at most");
        const growth_result result = grow(m, options, n, sizeof(T), library());
        if (result != growth_result::done) throw_failure(result);
        return m;
    }
    [[gnu::noinline]] static extent grown_if_possible(extent m, pinned_options options, size_type n) noexcept {
        static_cast<void>(grow(m, options, n, sizeof(T), library()));
        return m;
    }
    [[gnu::noinline]] static extent shrunk(extent m, pinned_options options, size_type n) noexcept {
        shrink(m, options, n, sizeof(T));
        return m;
    }
    [[gnu::noinline]] static void dispose_all(extent m, T* next, pinned_options options) noexcept {
        T* const first = reinterpret_cast<T*>(m.begin);
        if (options.fork == fork_policy::inherit || !seg::is_lost(m, options)) destroy(first, next);
        shrink(m, options, 0, sizeof(T));
    }

    /// Room for one more, if there is none; false if there is none to be had.
    bool try_grow(size_type n) noexcept {
        enter(grown_if_possible(memory(), options_, n + 1), n);
        return next_ != last_;
    }

    /// Whether this is a child process that does not have the elements.
    [[gnu::always_inline]] inline bool is_lost() const noexcept {
        return options_.fork != fork_policy::inherit && seg::is_lost(memory(), options_);
    }

    /// Undoes a growth: there is room for as many elements as there was before.
    void shrink_to(size_type capacity) noexcept { enter(shrunk(memory(), options_, capacity), size()); }

    /// Destroys all elements and gives everything back.
    [[gnu::always_inline]] inline void dispose() noexcept {
        if (first_ == nullptr) return;
        dispose_all(memory(), next_, options_);
        enter({}, 0);
    }

    [[gnu::always_inline]] inline void swap_memory(pinned_vector& other) noexcept {
        std::swap(first_, other.first_);
        std::swap(next_, other.next_);
        std::swap(last_, other.last_);
        std::swap(reserved_, other.reserved_);
    }

    // ---- elements

    template <class... Args> void construct(T* place, Args&&... args) {
        [[maybe_unused]] const T* const end = next_;
        elements(place, place + 1);
        if constexpr (std::is_nothrow_constructible_v<T, Args...>) {
            std::construct_at(place, std::forward<Args>(args)...);
        } else {
            rollback undo([&] { no_elements(place, place + 1); });
            std::construct_at(place, std::forward<Args>(args)...);
            undo.done();
        }
        expect_end(end, "seg::pinned_vector::emplace_back");
    }

    /// The next element, where there is no room for it. Not inlined: such a constructor is large, and emplace_back has it
    /// once already.
    template <class... Args> [[gnu::noinline]] void construct_in_new_memory(Args&&... args) {
        const size_type n = size();
        const extent m = grown(memory(), options_, n + 1);
        rollback undo([&] { enter(shrunk(m, options_, n), n); }); // there was room for so many
        construct(reinterpret_cast<T*>(m.begin) + n, std::forward<Args>(args)...);
        undo.done();
        enter(m, n);
    }

    static void destroy(T* first, T* last) noexcept {
        std::destroy(first, last);
        no_elements(first, last);
    }

    /// Destroys the elements from there on. Their destructors see the vector without them.
    void truncate(T* end) noexcept {
        T* const old_end = next_;
        next_ = end;
        destroy(end, old_end);
    }

    // Where appended elements come from: construct makes one at p, assign gives one that is there its value, next goes
    // on to the following one, skip passes over some.
    struct value_initialised {
        void construct(T* p) const { std::construct_at(p); }
        void next() const noexcept {}
    };
    struct default_initialised {
        void construct(T* p) const { ::new (static_cast<void*>(p)) T; }
        void next() const noexcept {}
    };
    struct copies_of {
        const T& value;
        void construct(T* p) const { std::construct_at(p, value); }
        void assign(T* p) const { *p = value; }
        void next() const noexcept {}
        void skip(size_type) const noexcept {}
    };
    template <class It> struct elements_from {
        It at;
        void construct(T* p) const { std::construct_at(p, *at); }
        void assign(T* p) const { *p = *at; }
        void next() { ++at; }
        void skip(size_type n) { std::ranges::advance(at, static_cast<std::iter_difference_t<It>>(n)); }
    };
    /// The same by the elements' addresses, which are at at; what they are taken for is what an It refers to.
    template <class It> struct elements_at {
        using reference = std::iter_reference_t<It>;
        const std::add_pointer_t<reference>* at;
        void construct(T* p) const { std::construct_at(p, static_cast<reference>(**at)); }
        void assign(T* p) const { *p = static_cast<reference>(**at); }
        void next() noexcept { ++at; }
        void skip(size_type n) noexcept { at += n; }
    };

    /// Constructs n elements at p, for which there is room. Strong guarantee.
    template <class Source> static void construct_from(T* p, size_type n, Source& source) {
        T* const first = p;
        T* const last = p + n;
        elements(first, last);
        rollback undo([&] {
            no_elements(p, last);
            destroy(first, p);
        });
        while (p != last) {
            source.construct(p);
            ++p;
            source.next();
        }
        undo.done();
    }

    /// Appends n elements. Strong guarantee. The vector has them when all are made: what they are made from may be a
    /// view of this vector, which goes by its end.
    template <class Source> void append_from(size_type n, Source source) {
        if (n == 0) return;
        const size_type old_capacity = capacity();
        reserve(sum_of(size(), n));
        T* const end = next_;
        rollback undo([&] { shrink_to(old_capacity); });
        construct_from(end, n, source);
        undo.done();
        expect_end(end, "seg::pinned_vector (several elements appended)");
        next_ = end + n;
    }

    template <class Source> void resize_from(size_type n, Source source) {
        if (n <= size()) truncate(first_ + n);
        else append_from(n - size(), source);
    }

    /// Appends copies of the elements from first up to last. Strong guarantee.
    template <class It, class End> void append(It first, End last) {
        if constexpr (std::forward_iterator<It>) {
            const auto n = static_cast<size_type>(std::ranges::distance(first, last));
            append_from(n, elements_from<It>{std::move(first)});
        } else {
            const size_type old_size = size(), old_capacity = capacity();
            rollback undo([&] {
                truncate(first_ + old_size);
                shrink_to(old_capacity);
            });
            for (; first != last; ++first) emplace_back(*first);
            undo.done();
        }
    }

    template <class... Args>
    iterator emplace_at(const char* call, const caller& where, const_iterator pos, Args&&... args) {
        expect_position(pos, call, where);
        const size_type i = index(pos);
        if (pos == next_) {
            emplace_back(std::forward<Args>(args)...);
        } else {
            reserve(sum_of(size(), 1));          // before anything is moved from
            T made(std::forward<Args>(args)...); // the arguments may be of what moves
            emplace_back(std::move(next_[-1]));
            std::move_backward(first_ + i, next_ - 2, next_ - 1);
            first_[i] = std::move(made);
        }
        return first_ + i;
    }

    /// Inserts n elements before element i, which is there. The source must not be of what moves.
    template <class Source> void insert_from(size_type i, size_type n, Source source) {
        const size_type old_size = size(), moved = std::min(n, old_size - i);
        reserve(sum_of(old_size, n));
        // The elements that come to lie behind the old end are moved there; the new ones that reach beyond it are made
        // in their place first.
        Source beyond = source;
        beyond.skip(moved);
        append_from(n - moved, std::move(beyond));
        append_from(moved, elements_from<std::move_iterator<T*>>{std::move_iterator(first_ + (old_size - moved))});
        T* const at = first_ + i;
        std::move_backward(at, first_ + (old_size - moved), first_ + old_size);
        for (T* p = at; p != at + moved; ++p, source.next()) source.assign(p);
    }

    /// Inserts copies of the elements from first up to last before element i.
    template <class It, class End> iterator insert_between(size_type i, It first, End last) {
        const size_type old_size = size();
        if constexpr (shows_elements<It, T>) {
            const auto n = static_cast<size_type>(std::ranges::distance(first, last));
            if (n != 0 && i != old_size) {
                if constexpr (std::contiguous_iterator<It>) {
                    if (!overlaps(std::to_address(first), n)) {
                        insert_from(i, n, elements_from<It>{std::move(first)});
                        return first_ + i;
                    }
                } else if constexpr (!__is_trivially_copyable(T)) {
                    // The way to them may lead through elements that are going to move: so their addresses are taken
                    // first.
                    using address = std::add_pointer_t<std::iter_reference_t<It>>;
                    std::vector<address> found;
                    found.reserve(n);
                    bool own = false;
                    for (It at = first; at != last; ++at) {
                        auto&& element = *at; // has a name, so that it may be what is moved from
                        found.push_back(std::addressof(element));
                        own = own || overlaps(found.back(), 1);
                    }
                    if (!own) {
                        insert_from(i, n, elements_at<It>{found.data()});
                        return first_ + i;
                    }
                }
            }
        }
        // What may be of this vector, is made on the way, or passes only once is complete before anything moves.
        append(std::move(first), last);
        std::rotate(first_ + i, first_ + old_size, next_);
        return first_ + i;
    }

    /// Whether one of n elements from there on is of this vector.
    bool overlaps(const T* p, size_type n) const noexcept {
        return std::less<>()(p, next_) && std::less<>()(first_, p + n);
    }

    // next_ is where the next element goes; last_ is the end of what is committed, as far as whole elements fit.
    T* first_ = nullptr;
    T* next_ = nullptr;
    T* last_ = nullptr;
    size_type reserved_ = 0; // bytes
    pinned_options options_ = {};
};

export template <std::input_iterator It, std::sentinel_for<It> End>
pinned_vector(It, End, pinned_options = {}) -> pinned_vector<std::iter_value_t<It>>;

#ifdef __cpp_lib_containers_ranges
export template <std::ranges::input_range R>
pinned_vector(std::from_range_t, R&&, pinned_options = {}) -> pinned_vector<std::ranges::range_value_t<R>>;
#endif

/// Removes every element that equals value; returns how many. As std::erase for vectors.
export template <class T, class U = T> std::size_t erase(pinned_vector<T>& v, const U& value) {
    const auto rest = std::remove(v.begin(), v.end(), value);
    const auto removed = static_cast<std::size_t>(v.end() - rest);
    v.erase(rest, v.end());
    return removed;
}

/// Removes every element that the predicate is true for; returns how many.
export template <class T, class Predicate> std::size_t erase_if(pinned_vector<T>& v, Predicate predicate) {
    const auto rest = std::remove_if(v.begin(), v.end(), std::ref(predicate));
    const auto removed = static_cast<std::size_t>(v.end() - rest);
    v.erase(rest, v.end());
    return removed;
}

} // namespace seg
