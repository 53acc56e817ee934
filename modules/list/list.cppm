// The list: std::vector's interface without data(), on segments that never move.
module;

#include <version>

export module seg.list:list;

import seg.arena;
import seg.standard;
import seg.sys;
import :control;
import :insertion;
import :iterator;
import :layout;
import :segments;
import :stack;
import :storage;

namespace seg {

using namespace detail;

/// A sequence with random access whose elements never move.
///
/// Growth: segment k holds first << k elements (see seg::growth). Growing allocates a segment, and neither copies nor
/// moves an element. Stability: push_back, emplace_back, append_range, reserve, shrink_to_fit and growing resize
/// invalidate no pointer, reference or iterator but the past-the-end iterator. pop_back, shrinking resize and clear
/// invalidate those to the elements that they remove. swap and move construction invalidate none: they refer to the
/// same elements in the other list. Whatever changes the size invalidates the past-the-end iterator. Exceptions: what
/// appends gives the strong guarantee, and so does reserve. The other members give the basic guarantee. T: any object
/// type. A member needs of T what std::vector's needs, except that elements are never moved by growing.
///
/// AddressSanitizer reports an access to memory of the list that contains no element. If a list is not destroyed and
/// its memory is reused, AddressSanitizer goes on reporting it, unless the memory is an arena's.
///
///     seg::list<int> l{1, 2, 3};
///     int& two = l[1];
///     for (int i = 0; i < 1'000'000; ++i) l.push_back(i);
///     two = 20;                                                  // still the second element
///     for (std::span<int> run : l.segments()) std::ranges::sort(run);
export template <class T, class Allocator = std::allocator<T>, growth Growth = growth{}> class list {
    static_assert(std::is_object_v<T> && std::is_same_v<T, std::remove_cv_t<T>>,
                  "seg::list: the element type must be an object type without const or volatile");
    static_assert(std::is_same_v<typename std::allocator_traits<Allocator>::value_type, T>,
                  "seg::list: the allocator's value_type must be the element type");
    static_assert(std::is_same_v<typename std::allocator_traits<Allocator>::pointer, T*>,
                  "seg::list: the allocator's pointer must be T*; fancy pointers are not supported");

    using traits = std::allocator_traits<Allocator>;
    using stack = list_stack<T, Allocator, Growth>;

    static constexpr bool always_equal = traits::is_always_equal::value;
    static constexpr bool copy_takes_allocator = traits::propagate_on_container_copy_assignment::value;
    static constexpr bool move_takes_allocator = traits::propagate_on_container_move_assignment::value;
    static constexpr bool swap_takes_allocator = traits::propagate_on_container_swap::value;

public:
    using value_type = T;
    using allocator_type = Allocator;
    using size_type = std::size_t;
    using difference_type = std::ptrdiff_t;
    using reference = T&;
    using const_reference = const T&;
    using pointer = T*;
    using const_pointer = const T*;
    using iterator = list_iterator<T, Growth, false>;
    using const_iterator = list_iterator<T, Growth, true>;
    using reverse_iterator = std::reverse_iterator<iterator>;
    using const_reverse_iterator = std::reverse_iterator<const_iterator>;

    // ---- construction
    //
    // Constructors of elements are linear in them. They throw what allocating and constructing throws.
    //
    // Each is two, without an allocator and with one, instead of one with a default argument: if the allocator has no
    // default constructor, it is then no error to ask whether a list can be constructed from something. (Not
    // std::default_initializable: it takes a quarter of the time that an importer's compiler needs for a list.)

    /// An empty list. Allocates nothing. Constant time.
    constexpr list() noexcept(noexcept(Allocator()))
        requires requires { Allocator(); }
    = default;
    constexpr explicit list(const Allocator& alloc) noexcept : stack_(alloc) {}

    /// n value-initialized elements.
    constexpr explicit list(size_type n)
        requires requires { Allocator(); }
        : list(n, Allocator()) {}
    constexpr explicit list(size_type n, const Allocator& alloc) : stack_(alloc) { resize(n); }

    /// n default-initialized elements, for types that are written to before they are read. See resize.
    constexpr list(size_type n, default_init_t)
        requires requires { Allocator(); }
        : list(n, default_init, Allocator()) {}
    constexpr list(size_type n, default_init_t, const Allocator& alloc) : stack_(alloc) { resize(n, default_init); }

    /// n copies of value.
    constexpr list(size_type n, const T& value)
        requires requires { Allocator(); }
        : list(n, value, Allocator()) {}
    constexpr list(size_type n, const T& value, const Allocator& alloc) : stack_(alloc) { resize(n, value); }

    /// Copies of the elements from first up to last.
    template <std::input_iterator It, std::sentinel_for<It> End>
    constexpr list(It first, End last)
        requires requires { Allocator(); }
        : list(std::move(first), std::move(last), Allocator()) {}
    template <std::input_iterator It, std::sentinel_for<It> End>
    constexpr list(It first, End last, const Allocator& alloc) : stack_(alloc) {
        stack_.append(std::move(first), last);
    }

    constexpr list(std::initializer_list<T> values)
        requires requires { Allocator(); }
        : list(values, Allocator()) {}
    constexpr list(std::initializer_list<T> values, const Allocator& alloc) : stack_(alloc) {
        stack_.append(values.begin(), values.end());
    }

#ifdef __cpp_lib_containers_ranges
    /// Copies of the range's elements.
    template <range_of<T> R>
    constexpr list(std::from_range_t tag, R&& range)
        requires requires { Allocator(); }
        : list(tag, std::forward<R>(range), Allocator()) {}
    template <range_of<T> R>
    constexpr list(std::from_range_t, R&& range, const Allocator& alloc) : stack_(alloc) {
        append_range(std::forward<R>(range));
    }
#endif

    /// A copy, with the allocator that select_on_container_copy_construction returns, or with alloc.
    constexpr list(const list& other) : list(other, traits::select_on_container_copy_construction(other.allocator())) {}
    constexpr list(const list& other, const std::type_identity_t<Allocator>& alloc) : stack_(alloc) {
        stack_.reserve(other.size());
        for (const auto run : other.segments()) stack_.append_from(run.size(), elements_from{run.data()});
    }

    /// Takes the elements of other, which is empty afterwards. Constant time. Allocates nothing. Invalidates nothing:
    /// pointers, references and iterators into other refer to the same elements, now in this list.
    constexpr list(list&& other) noexcept : stack_(std::move(other.allocator())) { stack_.swap_elements(other.stack_); }

    /// The same if alloc equals other's allocator. Otherwise moves the elements one by one, which takes linear time,
    /// throws what allocating and moving throws, and invalidates everything of other. other is empty in either case.
    constexpr list(list&& other, const std::type_identity_t<Allocator>& alloc) noexcept(always_equal) : stack_(alloc) {
        take_or_move(other);
    }

    /// Destroys the elements and deallocates the memory. Linear in the elements; in the segments if T has a trivial
    /// destructor and the allocator has no destroy.
    constexpr ~list() = default;

    // ---- assignment
    //
    // Copies: elements that remain are assigned to, the others are appended or removed. Linear in both sizes. Basic
    // guarantee. Throws what allocating, constructing and assigning throws. Invalidates what is removed, and the
    // past-the-end iterator.

    /// Copies the elements of other. Invalidates everything if another allocator propagates. Precondition: other is not
    /// a member of an element of this list, which assignment would change while it is read. (So it is for std::vector.)
    constexpr list& operator=(const list& other) {
        if (this == std::addressof(other)) return *this;
        if constexpr (copy_takes_allocator) {
            if (!has_allocator_of(other)) {
                // That allocator did not construct the elements that are here, so they are replaced, all or none.
                list copy(other, other.allocator());
                replace_by(copy);
                return *this;
            }
            stack_.allocator() = other.allocator();
        }
        assign(other.begin(), other.end());
        return *this;
    }

    /// Takes the elements of other if the allocator propagates or equals other's: linear in the elements that are
    /// destroyed, throws nothing, and pointers, references and iterators into other remain valid. Otherwise moves the
    /// elements one by one to new memory, and invalidates everything of other. Either way other is empty afterwards,
    /// and everything of this list is invalidated. other may be a member of an element of this list.
    constexpr list& operator=(list&& other) noexcept(move_takes_allocator || always_equal) {
        if (this == std::addressof(other)) return *this;
        if constexpr (move_takes_allocator) replace_by(other);
        else take_or_move(other);
        return *this;
    }

    constexpr list& operator=(std::initializer_list<T> values) {
        assign(values.begin(), values.end());
        return *this;
    }

    /// Replaces the contents by n copies of value, which may be an element of this list.
    constexpr void assign(size_type n, const T& value) {
        std::fill_n(begin(), std::min(n, size()), value); // before elements are removed: value may be one of them
        resize(n, value);
    }

    /// Replaces the contents by copies of the elements from first up to last. Precondition: they are not of this list.
    template <std::input_iterator It, std::sentinel_for<It> End> constexpr void assign(It first, End last) {
        size_type n = 0;
        for (iterator to = begin(), stop = end(); to != stop && first != last; ++to) {
            *to = *first;
            ++first;
            ++n;
        }
        stack_.truncate(n);
        stack_.append(std::move(first), last);
    }

    constexpr void assign(std::initializer_list<T> values) { assign(values.begin(), values.end()); }

    /// Replaces the contents by copies of the range's elements. Precondition: they are not of this list.
    template <range_of<T> R> constexpr void assign_range(R&& range) {
        assign(std::ranges::begin(range), std::ranges::end(range));
    }

    constexpr allocator_type get_allocator() const noexcept { return allocator(); }

    // ---- iterators

    constexpr iterator begin() noexcept { return stack_.begin(); }
    constexpr iterator end() noexcept { return stack_.end(); }
    constexpr const_iterator begin() const noexcept { return stack_.begin(); }
    constexpr const_iterator end() const noexcept { return stack_.end(); }
    constexpr const_iterator cbegin() const noexcept { return begin(); }
    constexpr const_iterator cend() const noexcept { return end(); }
    constexpr reverse_iterator rbegin() noexcept { return reverse_iterator(end()); }
    constexpr reverse_iterator rend() noexcept { return reverse_iterator(begin()); }
    constexpr const_reverse_iterator rbegin() const noexcept { return const_reverse_iterator(end()); }
    constexpr const_reverse_iterator rend() const noexcept { return const_reverse_iterator(begin()); }
    constexpr const_reverse_iterator crbegin() const noexcept { return rbegin(); }
    constexpr const_reverse_iterator crend() const noexcept { return rend(); }

    /// The elements as a random-access range of std::span, one for each segment that contains elements. Constant time.
    constexpr segments_view<T, Growth, false> segments() noexcept { return stack_.template segments<false>(); }
    constexpr segments_view<T, Growth, true> segments() const noexcept { return stack_.template segments<true>(); }

    // ---- capacity

    [[nodiscard]] constexpr bool empty() const noexcept { return stack_.empty(); }
    constexpr size_type size() const noexcept { return stack_.size(); }
    /// The maximum size of a list of this type and allocator. It counts whole segments, so it is 0 if the allocator's
    /// max_size() is less than the first segment.
    constexpr size_type max_size() const noexcept { return stack_.max_size(); }
    /// The number of elements that the allocated segments can hold.
    constexpr size_type capacity() const noexcept { return stack_.capacity(); }

    /// Allocates segments until capacity() is at least n. Linear in the segments that are allocated. Invalidates
    /// nothing but the iterators of a list that has allocated nothing. Throws std::length_error if n > max_size(), and
    /// what the allocator throws; strong guarantee.
    constexpr void reserve(size_type n) { stack_.reserve(n); }

    /// Deallocates the segments that contain no element. Linear in them. Invalidates nothing but an empty list's
    /// iterators.
    constexpr void shrink_to_fit() noexcept { stack_.shrink_to_fit(); }

    // ---- access

    /// Element i. Precondition: i < size(). Constant time: without a limit, one bit scan, two loads and a scaled add.
    constexpr reference operator[](argument<size_type> i) noexcept {
        expect_index(i);
        return *stack_.element(i);
    }
    constexpr const_reference operator[](argument<size_type> i) const noexcept {
        expect_index(i);
        return *stack_.element(i);
    }
    /// Element i. Throws std::out_of_range if i >= size(), with both numbers in its message. Constant time.
    constexpr reference at(size_type i) {
        if (i >= size()) throw_out_of_range(i, size());
        return *stack_.element(i);
    }
    constexpr const_reference at(size_type i) const {
        if (i >= size()) throw_out_of_range(i, size());
        return *stack_.element(i);
    }
    /// The first element. Precondition: not empty.
    constexpr reference front(caller where = std::source_location::current()) noexcept {
        expect_not_empty("seg::list::front", where);
        return *stack_.first();
    }
    constexpr const_reference front(caller where = std::source_location::current()) const noexcept {
        expect_not_empty("seg::list::front", where);
        return *stack_.first();
    }
    /// The last element. Precondition: not empty.
    constexpr reference back(caller where = std::source_location::current()) noexcept {
        expect_not_empty("seg::list::back", where);
        return *stack_.last();
    }
    constexpr const_reference back(caller where = std::source_location::current()) const noexcept {
        expect_not_empty("seg::list::back", where);
        return *stack_.last();
    }

    /// The index of an element of this list. Precondition: it is one. Linear in the number of segments.
    constexpr size_type index_of(const T& element, caller where = std::source_location::current()) const noexcept {
        return index_of_element(element, "seg::list::index_of", where);
    }
    /// An iterator to an element of this list. Precondition: it is one. Linear in the number of segments.
    constexpr iterator iterator_to(T& element, caller where = std::source_location::current()) noexcept {
        return stack_.iterator_at(index_of_element(element, "seg::list::iterator_to", where));
    }
    constexpr const_iterator iterator_to(const T& element,
                                         caller where = std::source_location::current()) const noexcept {
        return stack_.iterator_at(index_of_element(element, "seg::list::iterator_to", where));
    }

    // ---- appending
    //
    // Invalidates the past-the-end iterator only. Throws what allocating and constructing throws, and std::length_error
    // if the size would exceed max_size(); strong guarantee. A constructor of an element may read this list, which does
    // not contain the element yet. Precondition: it does not change the list.

    /// Constructs an element at the end and returns it. Constant time; amortized if growth has a limit, since the table
    /// is copied whenever it doubles. If there is no room, a segment is allocated.
    template <class... Arguments> constexpr reference emplace_back(Arguments&&... arguments) {
        return *stack_.emplace_back(std::forward<Arguments>(arguments)...);
    }

    /// Appends a copy of value, which may be an element of this list. Constant time.
    constexpr void push_back(const T& value) { emplace_back(value); }
    constexpr void push_back(T&& value) { emplace_back(std::move(value)); }

    /// As emplace_back and push_back, but returns the address of the element, or null if the allocator has no memory or
    /// the size is max_size(). Throws what the constructor throws. Calls the allocator's try_allocate(n) if it has one,
    /// or the arena's if the allocator has a std::pmr::memory_resource that is an arena. Otherwise calls allocate, and
    /// catches std::bad_alloc.
    template <class... Arguments> constexpr pointer try_emplace_back(Arguments&&... arguments) {
        return stack_.try_emplace_back(std::forward<Arguments>(arguments)...);
    }
    constexpr pointer try_push_back(const T& value) { return try_emplace_back(value); }
    constexpr pointer try_push_back(T&& value) { return try_emplace_back(std::move(value)); }

    /// Appends copies of the range's elements. Linear in them. The range may be this list, or a view of it whose
    /// iterators are forward iterators.
    template <range_of<T> R> constexpr void append_range(R&& range) { stack_.append_range(range); }

    // ---- inserting and erasing
    //
    // Moves the elements from pos on by assignment, so T must be movable. Linear in the elements that are inserted and
    // in end() - pos. Invalidates pointers, references and iterators to elements from pos on, and the past-the-end
    // iterator. Throws what allocating, constructing and moving throws. Basic guarantee; strong guarantee if pos is
    // end(). Precondition: pos is an iterator of this list.

    /// Constructs an element before pos and returns an iterator to it.
    template <class... Arguments> constexpr iterator emplace(argument<const_iterator> pos, Arguments&&... arguments) {
        const size_type i = index_of_position(pos, "seg::list::emplace");
        seg::emplace_before(stack_, i, std::forward<Arguments>(arguments)...);
        return stack_.iterator_at(i);
    }
    /// Inserts a copy of value, which may be an element of this list, before pos and returns an iterator to it.
    constexpr iterator insert(const_iterator pos, const T& value, caller where = std::source_location::current()) {
        const size_type i = index_of_position(pos, "seg::list::insert", where);
        seg::emplace_before(stack_, i, value);
        return stack_.iterator_at(i);
    }
    constexpr iterator insert(const_iterator pos, T&& value, caller where = std::source_location::current()) {
        const size_type i = index_of_position(pos, "seg::list::insert", where);
        seg::emplace_before(stack_, i, std::move(value));
        return stack_.iterator_at(i);
    }

    /// Inserts n copies of value, which may be an element of this list, before pos. Returns an iterator to the first
    /// one, or to pos if n is 0.
    constexpr iterator insert(const_iterator pos, size_type n, const T& value,
                              caller where = std::source_location::current()) {
        const size_type i = index_of_position(pos, "seg::list::insert", where);
        seg::insert_copies(stack_, i, n, value);
        return stack_.iterator_at(i);
    }
    /// Inserts copies of the elements from first up to last before pos. Returns an iterator to the first one, or to pos
    /// if there is none. They may be elements of this list. Precondition: they are not members of its elements.
    /// If the iterators can be read only once, or may read elements that the insertion moves, the copies are first made
    /// in another list.
    template <std::input_iterator It, std::sentinel_for<It> End>
    constexpr iterator insert(const_iterator pos, It first, End last, caller where = std::source_location::current()) {
        const size_type i = index_of_position(pos, "seg::list::insert", where);
        seg::insert_elements(stack_, i, std::move(first), last);
        return stack_.iterator_at(i);
    }
    constexpr iterator insert(const_iterator pos, std::initializer_list<T> values,
                              caller where = std::source_location::current()) {
        return insert(pos, values.begin(), values.end(), where);
    }
    /// The same for a range.
    template <range_of<T> R>
    constexpr iterator insert_range(const_iterator pos, R&& range, caller where = std::source_location::current()) {
        const size_type i = index_of_position(pos, "seg::list::insert_range", where);
        if constexpr (std::ranges::forward_range<R>) {
            seg::insert_elements(stack_, i, std::ranges::begin(range), std::ranges::end(range));
        } else {
            stack copies(allocator());
            copies.append_range(range);
            seg::insert_moved(stack_, i, copies);
        }
        return stack_.iterator_at(i);
    }

    /// Removes the element at pos and returns an iterator to the next one. Throws only what T's move assignment throws.
    /// Precondition: pos is an iterator to an element of this list.
    constexpr iterator erase(const_iterator pos, caller where = std::source_location::current()) {
        if constexpr (checked)
            expects(stack_.owns(pos) && pos.index() < size(), "seg::list::erase",
                    "the iterator is of this list and not past the end", pos.index(), size(), where);
        return erase(pos, pos + 1, where);
    }
    /// Removes the elements from first up to last and returns an iterator to the next one. Throws only what T's move
    /// assignment throws. Precondition: both are iterators of this list, and first is not after last.
    constexpr iterator erase(const_iterator first, const_iterator last,
                             caller where = std::source_location::current()) {
        const size_type j = index_of_position(last, "seg::list::erase", where);
        const size_type i = first.index();
        if constexpr (checked)
            expects(stack_.owns(first) && i <= j, "seg::list::erase", "first is of this list and not after last", i, j,
                    where);
        seg::erase_elements(stack_, i, j);
        return stack_.iterator_at(i);
    }

    // ---- other modifiers

    /// Destroys the last element. Precondition: not empty. Constant time. Deallocates nothing. Invalidates pointers,
    /// references and iterators to the element, and the past-the-end iterator.
    constexpr void pop_back(caller where = std::source_location::current()) noexcept {
        expect_not_empty("seg::list::pop_back", where);
        stack_.pop_back();
    }

    /// Destroys all elements. Deallocates nothing. Linear in the elements; in the segments that contain them if T has a
    /// trivial destructor and the allocator has no destroy. Invalidates everything.
    constexpr void clear() noexcept { stack_.truncate(0); }

    /// Removes elements from the end, or appends value-initialized ones, until the size is n. Linear in the difference.
    /// Appending throws and invalidates what append_range does; strong guarantee. Removing invalidates pointers,
    /// references and iterators to the removed elements, and the past-the-end iterator.
    constexpr void resize(size_type n) { resize_with(n, value_initialized()); }
    /// The same with copies of value, which may be an element of this list.
    constexpr void resize(size_type n, const T& value) { resize_with(n, copies_of{value}); }
    /// The same with default-initialized elements. Numbers then have whatever value their memory contains. The
    /// allocator's construct is not called.
    constexpr void resize(size_type n, default_init_t) { resize_with(n, default_initialized()); }

    /// Exchanges the contents. Constant time. Invalidates nothing: pointers, references and iterators refer to the same
    /// elements, in the other list. Precondition: the allocators are equal, or propagate on swap.
    constexpr void swap(list& other, caller where = std::source_location::current()) noexcept {
        if constexpr (checked && !swap_takes_allocator && !always_equal)
            expects(has_allocator_of(other), "seg::list::swap", "the allocators are equal", size(), other.size(),
                    where);
        stack_.swap_elements(other.stack_);
        if constexpr (swap_takes_allocator) {
            using std::swap;
            swap(stack_.allocator(), other.stack_.allocator());
        }
    }
    friend constexpr void swap(list& a, list& b, caller where = std::source_location::current()) noexcept {
        a.swap(b, where);
    }

    // ---- comparison

    /// Whether the sizes are equal and all elements are, by their ==. Linear; constant time if the sizes differ. Throws
    /// what their == throws.
    friend constexpr bool operator==(const list& a, const list& b)
        requires std::equality_comparable<T>
    {
        if (a.size() != b.size()) return false;
        auto other = b.segments().begin(); // lists of one type and size have segments of the same sizes
        for (const auto run : a.segments()) {
            if (!std::equal(run.data(), run.data() + run.size(), (*other).data())) return false;
            ++other;
        }
        return true;
    }

    /// Lexicographical, by the elements' <=> if they have one, otherwise by their <. Linear. Throws what these throw.
    friend constexpr auto operator<=>(const list& a, const list& b)
        requires requires(const T& e) { e < e; }
    {
        return detail::lexicographical(a.begin(), a.end(), b.begin(), b.end());
    }

private:
    constexpr Allocator& allocator() noexcept { return stack_.allocator(); }
    constexpr const Allocator& allocator() const noexcept { return stack_.allocator(); }
    constexpr bool has_allocator_of(const list& other) const noexcept {
        if constexpr (always_equal) return true;
        else return allocator() == other.allocator();
    }

    template <class Source> constexpr void resize_with(size_type n, const Source& source) {
        if (n <= size()) stack_.truncate(n);
        else stack_.append_from(n - size(), source);
    }

    /// Takes the elements and the allocator of other.
    constexpr void replace_by(list& other) noexcept
        requires(copy_takes_allocator || move_takes_allocator)
    {
        list old(allocator()); // destroyed last: other may be a member of an element
        old.stack_.swap_elements(stack_);
        stack_.swap_elements(other.stack_);
        allocator() = std::move(other.allocator());
    }

    /// Takes the elements of other if the allocators are equal, otherwise moves them one by one.
    constexpr void take_or_move(list& other) {
        list taken(allocator()); // destroyed last, with the old elements: other may be a member of one
        if (has_allocator_of(other)) {
            taken.stack_.swap_elements(other.stack_);
        } else if constexpr (!always_equal) {
            taken.stack_.append(std::move_iterator(other.begin()), std::move_iterator(other.end()));
            other.clear();
        }
        stack_.swap_elements(taken.stack_);
    }

    // ---- preconditions

    template <class Index> constexpr void expect_index(const Index& i) const noexcept {
        if constexpr (checked)
            expects(i < size(), "seg::list::operator[]", "the index is below the size", i, size(), i.where);
    }
    constexpr void expect_not_empty(const char* call, const caller& where) const noexcept {
        if constexpr (checked) expects(!empty(), call, "the list is not empty", size(), 0, where);
    }
    /// The index of an iterator, which has to be of this list.
    constexpr size_type index_of_position(const const_iterator& pos, const char* call,
                                          const caller& where) const noexcept {
        if constexpr (checked) {
            expects(stack_.owns(pos), call, "the iterator is of this list", 0, size(), where);
            expects(pos.index() <= size(), call, "the iterator's index is at most the size", pos.index(), size(),
                    where);
        }
        return pos.index();
    }
    template <class Position> constexpr size_type index_of_position(const Position& pos,
                                                                    const char* call) const noexcept {
        if constexpr (checked) return index_of_position(pos.value, call, pos.where);
        else return pos.index();
    }
    /// The index of an object, which has to be an element of this list.
    constexpr size_type index_of_element(const T& element, const char* call, const caller& where) const noexcept {
        const size_type i = stack_.index_of(std::addressof(element));
        if constexpr (checked)
            expects(i < size() && stack_.element(i) == std::addressof(element), call, "the element is of this list", i,
                    size(), where);
        return i;
    }

    stack stack_;
};

export template <std::input_iterator It, std::sentinel_for<It> End,
                 class Allocator = std::allocator<std::iter_value_t<It>>>
list(It, End, Allocator = Allocator()) -> list<std::iter_value_t<It>, Allocator>;

#ifdef __cpp_lib_containers_ranges
export template <std::ranges::input_range R, class Allocator = std::allocator<std::ranges::range_value_t<R>>>
list(std::from_range_t, R&&, Allocator = Allocator()) -> list<std::ranges::range_value_t<R>, Allocator>;
#endif

/// A list whose memory comes from an arena: seg::arena_list<node> nodes(arena).
export template <class T, growth Growth = growth{}> using arena_list = list<T, arena_allocator<T>, Growth>;

/// Lists whose memory comes from a std::pmr::memory_resource; an arena is one.
namespace pmr {
export template <class T, growth Growth = growth{}>
using list = seg::list<T, std::pmr::polymorphic_allocator<T>, Growth>;
}

static_assert(std::ranges::random_access_range<list<int>> && std::ranges::sized_range<list<int>>);

} // namespace seg
