// The container itself: std::vector's interface without data(), on segments that never move.
module;

#include <version>

export module seg.list:container;

import seg.arena;
import seg.standard;
import :control;
import :growth;
import :iterator;
import :segments;
import :store;

namespace seg {

/// A sequence with random access whose elements never move.
///
/// Growth: segment k holds first << k elements (see seg::growth); what is there stays where it is, so nothing is ever
/// copied or moved by growing.
/// Stability: push_back, emplace_back, reserve, shrink_to_fit and growing resize invalidate no pointer, reference or
/// iterator but the past-the-end iterator; pop_back, shrinking resize and clear only those to what they remove; swap
/// and move none: they go on pointing into the new owner. A past-the-end iterator is invalidated by whatever changes
/// the size. Exceptions: push_back, emplace_back, reserve and the growing of resize and of append give the strong
/// guarantee, the other members the basic one.
///
/// AddressSanitizer reports an access to memory of the list that holds no element. A list that is dropped with its
/// memory, without its destructor, leaves that so, where the memory is not an arena's.
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
    using memory = store<T, Allocator, Growth>;
    using control_type = control<T, Growth>;
    using shape = layout<T, Growth>;

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

    // Not std::default_initializable, which takes an importer's compiler a quarter of the time that it has for a list.

    /// An empty list; allocates nothing.
    constexpr list() noexcept(noexcept(Allocator()))
        requires requires { Allocator(); }
    = default;

    /// An empty list that will allocate with alloc; allocates nothing.
    constexpr explicit list(const Allocator& alloc) noexcept : alloc_(alloc) {}

    // Each is two, without an allocator and with one, instead of one with a default argument: asking whether numbers,
    // iterators or {} make a list of an allocator that has no default is then no error.

    /// n value-initialised elements.
    constexpr explicit list(size_type n)
        requires requires { Allocator(); }
        : list(n, Allocator()) {}
    constexpr explicit list(size_type n, const Allocator& alloc) : list(alloc) { resize(n); }

    /// n default-initialised elements, to be overwritten. See resize.
    constexpr list(size_type n, default_init_t)
        requires requires { Allocator(); }
        : list(n, default_init, Allocator()) {}
    constexpr list(size_type n, default_init_t, const Allocator& alloc) : list(alloc) { resize(n, default_init); }

    /// n copies of value.
    constexpr list(size_type n, const T& value)
        requires requires { Allocator(); }
        : list(n, value, Allocator()) {}
    constexpr list(size_type n, const T& value, const Allocator& alloc) : list(alloc) { resize(n, value); }

    /// Copies of the elements from first up to last.
    template <std::input_iterator It, std::sentinel_for<It> End>
    constexpr list(It first, End last)
        requires requires { Allocator(); }
        : list(std::move(first), std::move(last), Allocator()) {}
    template <std::input_iterator It, std::sentinel_for<It> End>
    constexpr list(It first, End last, const Allocator& alloc) : list(alloc) {
        append(std::move(first), last);
    }

    constexpr list(std::initializer_list<T> values)
        requires requires { Allocator(); }
        : list(values, Allocator()) {}
    constexpr list(std::initializer_list<T> values, const Allocator& alloc) : list(alloc) {
        append(values.begin(), values.end());
    }

#ifdef __cpp_lib_containers_ranges
    /// Copies of the range's elements.
    template <range_of<T> R>
    constexpr list(std::from_range_t tag, R&& range)
        requires requires { Allocator(); }
        : list(tag, std::forward<R>(range), Allocator()) {}
    template <range_of<T> R>
    constexpr list(std::from_range_t, R&& range, const Allocator& alloc) : list(alloc) {
        append_range(std::forward<R>(range));
    }
#endif

    /// A copy, with the allocator that select_on_container_copy_construction chooses.
    constexpr list(const list& other) : list(other, traits::select_on_container_copy_construction(other.alloc_)) {}
    constexpr list(const list& other, const std::type_identity_t<Allocator>& alloc) : list(alloc) { append_all(other); }

    /// Takes other's elements where they are; other is empty afterwards. Constant time, allocates nothing; pointers,
    /// references and iterators into other go on pointing to the same elements, now in this list.
    constexpr list(list&& other) noexcept : alloc_(std::move(other.alloc_)) { swap_segments(other); }

    /// The same with another allocator. Where that is not equal to other's, which only a movable T allows for, the
    /// elements are moved one by one.
    constexpr list(list&& other, const std::type_identity_t<Allocator>& alloc) noexcept(always_equal) : list(alloc) {
        take_or_move(other);
    }

    constexpr ~list() { dispose(); }

    /// The contents become copies of other's. other must not lie in one of this list's elements, whose assignment would
    /// change it while it is read (nor may a std::vector); it may where it is moved from.
    constexpr list& operator=(const list& other) {
        if (this == std::addressof(other)) return *this;
        if constexpr (copy_takes_allocator) {
            if (!same_allocator(other)) {
                // The elements here cannot be assigned to with that allocator: a copy replaces them, or nothing does.
                list copy(other, other.alloc_);
                replace_by(copy);
                return *this;
            }
            alloc_ = other.alloc_;
        }
        assign(other.begin(), other.end());
        return *this;
    }

    /// Takes other's elements where they are, in constant time, if the allocator goes along or is equal; pointers,
    /// references and iterators into other stay good. Moves them one by one otherwise. other is empty afterwards.
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

    /// Replaces the contents by n copies of value, which may be an element of this list. Invalidates what is removed;
    /// what remains is assigned to.
    constexpr void assign(size_type n, const T& value) {
        const size_type common = std::min(n, size());
        // The value may be one of the elements about to go, so those go last.
        std::fill_n(begin(), common, value);
        resize(n, value);
    }

    /// Replaces the contents by copies of the elements from first up to last, which must not be of this list.
    template <std::input_iterator It, std::sentinel_for<It> End> constexpr void assign(It first, End last) {
        size_type n = 0;
        for (iterator to = begin(), stop = end(); to != stop && first != last; ++to) {
            *to = *first;
            ++first;
            ++n;
        }
        truncate(n);
        append(std::move(first), last);
    }

    constexpr void assign(std::initializer_list<T> values) { assign(values.begin(), values.end()); }

    /// Replaces the contents by copies of the range's elements. The range must not be of this list.
    template <range_of<T> R> constexpr void assign_range(R&& range) {
        assign(std::ranges::begin(range), std::ranges::end(range));
    }

    constexpr allocator_type get_allocator() const noexcept { return alloc_; }

    // ---- iterators

    constexpr iterator begin() noexcept { return {control_, first_position()}; }
    constexpr iterator end() noexcept { return {control_, end_position()}; }
    constexpr const_iterator begin() const noexcept { return {control_, first_position()}; }
    constexpr const_iterator end() const noexcept { return {control_, end_position()}; }
    constexpr const_iterator cbegin() const noexcept { return begin(); }
    constexpr const_iterator cend() const noexcept { return end(); }
    constexpr reverse_iterator rbegin() noexcept { return reverse_iterator(end()); }
    constexpr reverse_iterator rend() noexcept { return reverse_iterator(begin()); }
    constexpr const_reverse_iterator rbegin() const noexcept { return const_reverse_iterator(end()); }
    constexpr const_reverse_iterator rend() const noexcept { return const_reverse_iterator(begin()); }
    constexpr const_reverse_iterator crbegin() const noexcept { return rbegin(); }
    constexpr const_reverse_iterator crend() const noexcept { return rend(); }

    /// The contiguous runs that the elements lie in, as a random-access range of std::span. Constant time.
    constexpr segments_view<T, Growth, false> segments() noexcept { return all_segments<false>(); }
    constexpr segments_view<T, Growth, true> segments() const noexcept { return all_segments<true>(); }

    // ---- capacity

    [[nodiscard]] constexpr bool empty() const noexcept {
        if (control_ == nullptr) return true;
        // An empty list's current segment is the first, whose address is computed. (In constant evaluation the end of
        // one object is not compared with another.)
        if (std::is_constant_evaluated()) return next_ == control_->begin;
        return next_ == control_->first_segment();
    }
    constexpr size_type size() const noexcept {
        if (control_ == nullptr) return 0;
        return shape::start_of(control_->current) + static_cast<size_type>(next_ - control_->begin);
    }
    /// The most elements a list of this type and allocator can hold: those of whole segments, as many as fit into the
    /// allocator's max_size(). 0 if not even the first does; what grows the list then throws std::length_error.
    constexpr size_type max_size() const noexcept { return memory::max_size(alloc_); }
    /// The number of elements that the allocated segments hold.
    constexpr size_type capacity() const noexcept { return control_ == nullptr ? 0 : control_->capacity(); }

    /// Allocates the segments for n elements in all. Invalidates nothing but an empty list's iterators.
    /// Throws std::length_error if n > max_size(), and what the allocator throws; strong guarantee.
    constexpr void reserve(size_type n) {
        if (n <= capacity()) return;
        const bool first = control_ == nullptr;
        control_ = reserve_segments(control_, alloc_, n);
        if (first) to_begin_of_segment();
        else table_ = control_->table;
    }

    /// Gives back the segments that hold no element. Moves nothing, invalidates nothing but an empty list's iterators.
    constexpr void shrink_to_fit() noexcept {
        if (empty()) dispose();
        else drop_room(control_->current + std::size_t{1});
    }

    // ---- access

    /// Element i. Precondition: i < size(). Constant time: one bit scan, two loads and a scaled add.
    constexpr reference operator[](argument<size_type> i) noexcept {
        expect_index(i);
        return *control_type::element(table_, i);
    }
    constexpr const_reference operator[](argument<size_type> i) const noexcept {
        expect_index(i);
        return *control_type::element(table_, i);
    }
    /// Element i. Throws std::out_of_range, with both numbers in its message, unless i < size().
    constexpr reference at(size_type i) {
        if (i >= size()) throw_out_of_range(i, size());
        return *control_type::element(table_, i);
    }
    constexpr const_reference at(size_type i) const {
        if (i >= size()) throw_out_of_range(i, size());
        return *control_type::element(table_, i);
    }
    /// The first element. Precondition: not empty.
    constexpr reference front(caller where = std::source_location::current()) noexcept {
        expect_element("seg::list::front", where);
        return *control_->first_segment();
    }
    constexpr const_reference front(caller where = std::source_location::current()) const noexcept {
        expect_element("seg::list::front", where);
        return *control_->first_segment();
    }
    /// The last element. Precondition: not empty.
    constexpr reference back(caller where = std::source_location::current()) noexcept {
        expect_element("seg::list::back", where);
        return next_[-1];
    }
    constexpr const_reference back(caller where = std::source_location::current()) const noexcept {
        expect_element("seg::list::back", where);
        return next_[-1];
    }

    /// The position of an element of this list. Precondition: it is one. Linear in the number of segments.
    constexpr size_type index_of(const T& element, caller where = std::source_location::current()) const noexcept {
        return index_for("seg::list::index_of", element, where);
    }
    /// An iterator to an element of this list. Precondition: it is one. Linear in the number of segments.
    constexpr iterator iterator_to(T& element, caller where = std::source_location::current()) noexcept {
        return {control_, control_->seek(index_for("seg::list::iterator_to", element, where))};
    }
    constexpr const_iterator iterator_to(const T& element,
                                         caller where = std::source_location::current()) const noexcept {
        return {control_, control_->seek(index_for("seg::list::iterator_to", element, where))};
    }

    // ---- modifiers

    /// Constructs an element at the end and returns it. Invalidates the past-the-end iterator only. The constructor may
    /// look at this list, which does not have the element yet, but must not change it.
    /// Throws what the allocator and the constructor throw, and std::length_error beyond max_size(); strong guarantee.
    /// Constant time; a segment is allocated when the last one is full.
    template <class... Args> constexpr reference emplace_back(Args&&... args) {
        if (next_ != last_) [[likely]] {
            construct(next_, std::forward<Args>(args)...);
        } else if constexpr (constructs_nothrow<Args...>()) {
            // The arguments are not passed to a function: their addresses would keep them out of registers.
            const bool first = control_ == nullptr;
            T* const place = make_room();
            construct(place, std::forward<Args>(args)...);
            enter(place, first);
        } else {
            construct_in_new_room(std::forward<Args>(args)...);
        }
        T* const made = next_++;
        note_end();
        return *made;
    }

    /// Appends a copy of value, which may be an element of this list. As emplace_back.
    constexpr void push_back(const T& value) { emplace_back(value); }
    constexpr void push_back(T&& value) { emplace_back(std::move(value)); }

    /// As emplace_back, but returns its address, or null if the allocator had no memory for a new segment or the list
    /// holds max_size() elements. What the constructor throws is passed on. An allocator with a member try_allocate(n)
    /// says by a null pointer that it has no memory, and so does an arena in a std::pmr::polymorphic_allocator; any other
    /// throws std::bad_alloc, which ends here.
    template <class... Args> constexpr pointer try_emplace_back(Args&&... args) {
        const size_type segments = allocated_segments();
        if (next_ == last_ && !try_reserve_one()) return nullptr;
        rollback undo([&] { truncate_and_drop(size(), segments); });
        T& made = emplace_back(std::forward<Args>(args)...);
        undo.done();
        return std::addressof(made);
    }
    constexpr pointer try_push_back(const T& value) { return try_emplace_back(value); }
    constexpr pointer try_push_back(T&& value) { return try_emplace_back(std::move(value)); }

    /// Appends copies of the range's elements; the range may be this list or a view of it, if it can be passed over
    /// twice. Invalidates the past-the-end iterator only. Strong guarantee.
    template <range_of<T> R> constexpr void append_range(R&& range) {
        if constexpr (std::ranges::sized_range<R> && !std::ranges::forward_range<R>) {
            const size_type segments = allocated_segments();
            const auto n = static_cast<size_type>(std::ranges::size(range));
            if (n > max_size() - size()) throw_too_long();
            reserve(size() + n);
            rollback undo([&] { truncate_and_drop(size(), segments); });
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
    template <class... Args> constexpr iterator emplace(argument<const_iterator> pos, Args&&... args) {
        if constexpr (checked)
            return emplace_at("seg::list::emplace", pos.where, pos.value, std::forward<Args>(args)...);
        else return emplace_at("seg::list::emplace", std::source_location::current(), pos, std::forward<Args>(args)...);
    }
    /// Inserts a copy of value, which may be an element of this list, before pos. As emplace.
    constexpr iterator insert(const_iterator pos, const T& value, caller where = std::source_location::current()) {
        return emplace_at("seg::list::insert", where, pos, value);
    }
    constexpr iterator insert(const_iterator pos, T&& value, caller where = std::source_location::current()) {
        return emplace_at("seg::list::insert", where, pos, std::move(value));
    }

    /// Inserts n copies of value, which may be an element of this list, before pos and returns an iterator to the
    /// first, or to pos if there is none. Linear in n + (end() - pos).
    constexpr iterator insert(const_iterator pos, size_type n, const T& value,
                              caller where = std::source_location::current()) {
        expect_position(pos, "seg::list::insert", where);
        const size_type i = pos.index();
        if (n == 0 || i == size()) {
            append_from(n, copies_of{value});
            return position_at(i);
        }
        const made_aside copy(alloc_, value); // it may be one of those that move
        return insert_from(i, n, copies_of{copy.value()});
    }
    /// The same with copies of the elements from first up to last, which may be of this list, but must not be owned by
    /// its elements. What can be passed over only once (a stream, but a std::move_iterator too), is made on the way, or
    /// moves itself, is gathered in a list of its own first, and then moved here.
    template <std::input_iterator It, std::sentinel_for<It> End>
    constexpr iterator insert(const_iterator pos, It first, End last, caller where = std::source_location::current()) {
        expect_position(pos, "seg::list::insert", where);
        return insert_elements(pos.index(), std::move(first), last);
    }
    constexpr iterator insert(const_iterator pos, std::initializer_list<T> values,
                              caller where = std::source_location::current()) {
        return insert(pos, values.begin(), values.end(), where);
    }
    /// The same with copies of the range's elements.
    template <range_of<T> R>
    constexpr iterator insert_range(const_iterator pos, R&& range, caller where = std::source_location::current()) {
        expect_position(pos, "seg::list::insert_range", where);
        if constexpr (std::ranges::forward_range<R>) {
            return insert_elements(pos.index(), std::ranges::begin(range), std::ranges::end(range));
        } else {
            list aside(alloc_);
            aside.append_range(std::forward<R>(range));
            return insert_moved(pos.index(), aside);
        }
    }

    /// Removes the element at pos and returns an iterator to the place, where the next one lies now. Linear in
    /// end() - pos; throws only what T's move assignment throws.
    constexpr iterator erase(const_iterator pos, caller where = std::source_location::current()) {
        if constexpr (checked)
            expects(pos.control_ == control_ && pos.index() < size(), "seg::list::erase",
                    "the iterator is of this list and not past the end", pos.index(), size(), where);
        return erase(pos, pos + 1, where);
    }
    /// Removes the elements from first up to last.
    constexpr iterator erase(const_iterator first, const_iterator last,
                             caller where = std::source_location::current()) {
        expect_position(last, "seg::list::erase", where);
        const size_type i = first.index();
        if constexpr (checked)
            expects(first.control_ == control_ && i <= last.index(), "seg::list::erase",
                    "first is of this list and not behind last", i, last.index(), where);
        if (first != last) {
            const iterator rest = std::move(position_at(last.index()), end(), position_at(i));
            truncate(rest.index());
        }
        return position_at(i);
    }

    /// Destroys the last element. Precondition: not empty. Invalidates iterators and references to it, and the
    /// past-the-end iterator. Keeps the memory, so pushing and popping around a segment's end allocates nothing.
    constexpr void pop_back(caller where = std::source_location::current()) noexcept {
        expect_element("seg::list::pop_back", where);
        T* const gone = --next_;
        if (gone == control_->begin && control_->current != 0) [[unlikely]] {
            control_->enter(control_->current - std::size_t{1});
            next_ = last_ = control_->end();
        }
        note_end();
        traits::destroy(alloc_, gone);
        memory::no_elements(gone, gone + 1);
    }

    /// Destroys all elements and keeps the memory. Linear in size(); logarithmic if T is trivially destructible and the
    /// allocator has no destroy of its own.
    constexpr void clear() noexcept { truncate(0); }

    /// Removes elements from the end, or appends value-initialised ones, until there are n. Growing invalidates the
    /// past-the-end iterator only and gives the strong guarantee.
    constexpr void resize(size_type n) {
        if (n <= size()) truncate(n);
        else append_from(n - size(), value_initialised{});
    }
    /// The same with copies of value, which may be an element of this list.
    constexpr void resize(size_type n, const T& value) {
        if (n <= size()) truncate(n);
        else append_from(n - size(), copies_of{value});
    }

    /// The same with default-initialised elements: numbers and the like are left as they are in memory, to be
    /// overwritten. Not by the allocator's construct.
    constexpr void resize(size_type n, default_init_t) {
        if (n <= size()) truncate(n);
        else append_from(n - size(), default_initialised{});
    }

    /// Exchanges the contents in constant time. Invalidates nothing: pointers, references and iterators go with their
    /// elements. Precondition: the allocators are equal, or propagate on swap.
    constexpr void swap(list& other, caller where = std::source_location::current()) noexcept {
        if constexpr (checked && !swap_takes_allocator && !always_equal)
            expects(alloc_ == other.alloc_, "seg::list::swap", "the allocators are equal", size(), other.size(), where);
        swap_segments(other);
        if constexpr (swap_takes_allocator) {
            using std::swap;
            swap(alloc_, other.alloc_);
        }
    }
    friend constexpr void swap(list& a, list& b, caller where = std::source_location::current()) noexcept {
        a.swap(b, where);
    }

    // ---- comparison

    friend constexpr bool operator==(const list& a, const list& b)
        requires std::equality_comparable<T>
    {
        if (a.size() != b.size()) return false;
        auto other = b.segments().begin(); // lists that grow alike have runs of the same lengths
        for (const auto run : a.segments()) {
            if (!std::equal(run.data(), run.data() + run.size(), (*other).data())) return false;
            ++other;
        }
        return true;
    }

    /// Lexicographical; by the elements' <=> where they have one, by their < otherwise.
    friend constexpr auto operator<=>(const list& a, const list& b)
        requires requires(const T& e) { e < e; }
    {
        return seg::lexicographical(a.begin(), a.end(), b.begin(), b.end());
    }

private:
    // An allocator's own construct may throw where the constructor itself does not: a std::pmr::string moved to another
    // resource allocates. It is asked for first: it may add arguments, and asking what T does without them may be an
    // error.
    template <class... Args> static consteval bool constructs_nothrow() noexcept {
        if constexpr (allocator_constructs<Args...>) return false;
        else return std::is_nothrow_constructible_v<T, Args...>;
    }
    template <class... Args>
    static constexpr bool allocator_constructs =
        requires(Allocator& alloc, T* p, Args&&... args) { alloc.construct(p, std::forward<Args>(args)...); };

    constexpr bool same_allocator(const list& other) const noexcept {
        if constexpr (always_equal) return true;
        else return alloc_ == other.alloc_;
    }

    constexpr size_type allocated_segments() const noexcept { return control_ == nullptr ? 0 : control_->allocated; }

    constexpr position<T, Growth> first_position() const noexcept {
        if (control_ == nullptr) return {};
        T* const first = control_->first_segment();
        return {first, first, 0};
    }
    constexpr position<T, Growth> end_position() const noexcept {
        if (next_ == last_) return {}; // full, or without memory
        return {next_, control_->begin, last_, control_->current};
    }

    constexpr size_type index_for(const char* call, const T& element, const caller& where) const noexcept {
        const size_type i = control_ == nullptr ? 0 : control_->index_of(std::addressof(element));
        if constexpr (checked)
            expects(i < size() && control_type::element(table_, i) == std::addressof(element), call,
                    "the element is of this list", i, size(), where);
        return i;
    }

    template <bool Const> constexpr segments_view<T, Growth, Const> all_segments() const noexcept {
        if (empty()) return {};
        return {control_, control_->first_segment(), 0, next_, control_->current + std::size_t{1}};
    }

    constexpr void to_begin_of_segment() noexcept {
        table_ = control_->table;
        next_ = control_->begin;
        last_ = control_->end();
        note_end();
    }
    constexpr void to_nothing() noexcept {
        control_ = nullptr;
        table_ = nullptr;
        next_ = last_ = nullptr;
    }
    /// For the iterators of a checked build; next_ has changed.
    constexpr void note_end() noexcept {
        if constexpr (checked)
            if (control_ != nullptr) control_->next = next_;
    }

    template <class Index> constexpr void expect_index(const Index& i) const noexcept {
        if constexpr (checked)
            expects(i < size(), "seg::list::operator[]", "the index is below the size", i, size(), i.where);
    }
    constexpr void expect_element(const char* call, const caller& where) const noexcept {
        if constexpr (checked) expects(!empty(), call, "the list is not empty", size(), 0, where);
    }
    /// Precondition of what takes a position: it is of this list, and at most past the end.
    constexpr void expect_position(const_iterator pos, const char* call, const caller& where) const noexcept {
        if constexpr (checked) {
            expects(pos.control_ == control_, call, "the iterator is of this list", 0, size(), where);
            expects(pos.index() <= size(), call, "the iterator's index is at most the size", pos.index(), size(),
                    where);
        }
    }

    /// Precondition of what constructs elements in their places: the constructors leave the list as it is. What they
    /// appended would lie in the same places.
    constexpr void expect_size([[maybe_unused]] size_type before, [[maybe_unused]] const char* call) const noexcept {
        if constexpr (checked)
            expects(size() == before, call, "the element's constructor leaves the list as it is", size(), before,
                    std::source_location::current());
    }
    constexpr size_type size_if_checked() const noexcept {
        if constexpr (checked) return size();
        else return 0;
    }

    constexpr void swap_segments(list& other) noexcept {
        std::swap(control_, other.control_);
        std::swap(table_, other.table_);
        std::swap(next_, other.next_);
        std::swap(last_, other.last_);
    }

    // The slow paths are static: they get what they need by value and return the new control block. Passing the list
    // itself would mean that it has an address, and clang would then keep the cursor of a local list in memory instead
    // of in registers: 0.56 instead of 0.28 ns a push.

    template <class... Args> constexpr void construct(T* place, Args&&... args) {
        [[maybe_unused]] const size_type before = size_if_checked();
        memory::elements(place, place + 1);
        if constexpr (constructs_nothrow<Args...>()) {
            traits::construct(alloc_, place, std::forward<Args>(args)...);
        } else {
            rollback undo([&] { memory::no_elements(place, place + 1); });
            traits::construct(alloc_, place, std::forward<Args>(args)...);
            undo.done();
        }
        expect_size(before, "seg::list::emplace_back");
    }

    /// The place behind the last one of a full current segment, which is in a segment that is not entered yet: nobody
    /// who looks at the list while the element is made sees more than before. A list without memory gets its first
    /// segment. Inlined, since a call would need the list's address.
    [[gnu::always_inline]] constexpr T* make_room() {
        const bool first = control_ == nullptr;
        control_ = with_room(control_, alloc_);
        if (first) {
            to_begin_of_segment();
            return next_;
        }
        table_ = control_->table;
        return control_->segment(control_->current + std::size_t{1});
    }
    /// Goes on behind what was made there; first if the list had no memory.
    constexpr void enter(T* place, bool first) noexcept {
        if (!first) enter_next_segment(control_);
        next_ = place;
        last_ = control_->end();
    }
    /// All of it. Not inlined: such a constructor is large, and emplace_back has it once already.
    template <class... Args> [[gnu::noinline]] constexpr void construct_in_new_room(Args&&... args) {
        const size_type segments = allocated_segments();
        T* const place = make_room();
        rollback undo([&] { drop_room(segments); });
        construct(place, std::forward<Args>(args)...);
        undo.done();
        enter(place, segments == 0);
    }
    /// Null if an attempt fails.
    template <request How = request::demand>
    [[gnu::noinline]] static constexpr control_type* with_room(control_type* c, Allocator alloc) {
        if (c == nullptr) return memory::template create<How>(alloc);
        const bool has_room = c->current + 1 != c->allocated || memory::template add_segment<How>(c, alloc);
        return How == request::demand || has_room ? c : nullptr;
    }
    [[gnu::noinline]] static constexpr void enter_next_segment(control_type* c) noexcept {
        c->enter(c->current + std::size_t{1});
    }

    /// Gives back all but so many segments, which there are. The others must hold no element.
    constexpr void drop_room(size_type segments) noexcept {
        drop_room(control_, alloc_, segments);
        if (segments == 0) to_nothing();
        else table_ = control_->table;
    }
    [[gnu::noinline, gnu::cold]] static constexpr void drop_room(control_type* c, Allocator alloc,
                                                                 size_type segments) noexcept {
        if (segments == 0) memory::dispose(c, alloc);
        else memory::drop_segments(c, alloc, segments);
    }

    [[gnu::noinline]] static constexpr control_type* reserve_segments(control_type* c, Allocator alloc, size_type n) {
        if (c != nullptr) {
            memory::reserve(c, alloc, n);
            return c;
        }
        c = memory::create(alloc);
        rollback undo([&] { memory::dispose(c, alloc); });
        memory::reserve(c, alloc, n);
        undo.done();
        return c;
    }

    /// Destroys all elements and gives everything back.
    constexpr void dispose() noexcept {
        if (control_ == nullptr) return;
        dispose_all(control_, next_, alloc_);
        to_nothing();
    }
    [[gnu::noinline]] static constexpr void dispose_all(control_type* c, T* next, Allocator alloc) noexcept {
        destroy(c, alloc, 0, c->first_segment(), c->current, next);
        memory::dispose(c, alloc);
    }

    /// Destroys the elements from index n on. Precondition: n <= size(). Their destructors see the list without them.
    constexpr void truncate(size_type n) noexcept {
        if (control_ == nullptr) return;
        const size_type old_segment = control_->current;
        T* const old_next = next_;
        const size_type k = n == 0 ? 0 : shape::segment_of(n - 1);
        control_->enter(k);
        next_ = control_->begin + (n - shape::start_of(k));
        last_ = control_->end();
        note_end();
        destroy(control_, alloc_, k, next_, old_segment, old_next);
    }
    /// Destroys the elements from first, in segment j, up to last, in segment k or at its end.
    static constexpr void destroy(const control_type* c, Allocator& alloc, size_type j, T* first, size_type k,
                                  T* last) noexcept {
        for (; k != j; --k) {
            destroy(alloc, c->segment(k), last);
            last = c->end_of(k - 1);
        }
        destroy(alloc, first, last);
    }

    static constexpr void destroy(Allocator& alloc, T* first, T* last) noexcept {
        // The compiler's own trait: the library's takes an importer's compiler an eighth of the time it has for a list.
        if constexpr (!__is_trivially_destructible(T) || requires { alloc.destroy(first); })
            for (T* p = first; p != last; ++p) traits::destroy(alloc, p);
        memory::no_elements(first, last);
    }

    /// An iterator's elements lie in a row, and to construct copies of them is to copy their bytes.
    template <class It>
    static constexpr bool copies_bytes =
        refers_to_elements<It, T> && std::contiguous_iterator<It> && __is_trivially_copyable(T) &&
        std::is_trivially_constructible_v<T, std::iter_reference_t<It>> &&
        !allocator_constructs<std::iter_reference_t<It>>;

    // Where new elements come from: construct makes one at p, next goes on to the following one. What is inserted
    // before others can be assigned to the places that they leave, and passed over.
    struct value_initialised {
        constexpr void construct(Allocator& alloc, T* p) const { traits::construct(alloc, p); }
        constexpr void next() const noexcept {}
    };
    struct default_initialised {
        constexpr void construct(Allocator&, T* p) const {
            if (std::is_constant_evaluated()) std::construct_at(p); // the only way there
            else ::new (static_cast<void*>(p)) T;
        }
        constexpr void next() const noexcept {}
    };
    struct copies_of {
        const T& value;
        constexpr void construct(Allocator& alloc, T* p) const { traits::construct(alloc, p, value); }
        constexpr void assign(T& to) const { to = value; }
        constexpr void next() const noexcept {}
        constexpr void skip(size_type) const noexcept {}
    };
    template <class It> struct elements_from {
        It at;
        constexpr void construct(Allocator& alloc, T* p) const { traits::construct(alloc, p, *at); }
        constexpr void assign(T& to) const { to = *at; }
        constexpr void next() { ++at; }
        constexpr void copy_bytes(T* p, size_type n)
            requires copies_bytes<It>
        {
            std::memcpy(p, std::to_address(at), n * sizeof(T));
            skip(n);
        }
        constexpr void skip(size_type n) { std::ranges::advance(at, static_cast<std::iter_difference_t<It>>(n)); }
    };
    /// The same by the elements' addresses, which are at at; what they are taken for is what an It refers to.
    template <class It, class At> struct elements_at {
        using reference = std::iter_reference_t<It>;
        At at;
        constexpr void construct(Allocator& alloc, T* p) const {
            traits::construct(alloc, p, static_cast<reference>(**at));
        }
        constexpr void assign(T& to) const { to = static_cast<reference>(**at); }
        constexpr void next() noexcept { ++at; }
        constexpr void skip(size_type n) noexcept { at += static_cast<difference_type>(n); }
    };

    /// Appends n elements. Strong guarantee. The list has them when all are made: what they are made from may be a view
    /// of this list, which goes by its end.
    template <class Source> constexpr void append_from(size_type n, Source source) {
        if (n == 0) return;
        if (n > max_size() - size()) throw_too_long();
        const size_type old_segments = allocated_segments();
        reserve(size() + n);
        [[maybe_unused]] const size_type before = size_if_checked();
        size_type k = control_->current;
        T* p = next_;
        T* end = last_;
        rollback undo([&] {
            memory::no_elements(p, end);
            destroy(control_, alloc_, control_->current, next_, k, p);
            drop_room(old_segments);
        });
        while (true) {
            if (p == end) {
                p = control_->segment(++k);
                end = control_->end_of(k);
            }
            T* const stop = p + std::min(n, static_cast<size_type>(end - p));
            n -= static_cast<size_type>(stop - p);
            memory::elements(p, stop);
            if constexpr (requires { source.copy_bytes(p, n); }) {
                if (!std::is_constant_evaluated()) {
                    source.copy_bytes(p, static_cast<size_type>(stop - p));
                    p = stop;
                }
            }
            while (p != stop) {
                source.construct(alloc_, p);
                ++p;
                source.next();
            }
            if (n == 0) break;
        }
        undo.done();
        expect_size(before, "seg::list (several elements appended)");
        control_->enter(k);
        next_ = p;
        last_ = end;
        note_end();
    }

    /// Back to what was there before a failed append.
    constexpr void truncate_and_drop(size_type n, size_type segments) noexcept {
        truncate(n);
        if (segments == 0) dispose();
        else drop_room(segments);
    }

    /// Appends copies of the elements from first up to last. Strong guarantee.
    template <class It, class End> constexpr void append(It first, End last) {
        if constexpr (std::forward_iterator<It>) {
            const auto n = static_cast<size_type>(std::ranges::distance(first, last));
            append_from(n, elements_from<It>{std::move(first)});
        } else {
            const size_type old_size = size();
            const size_type old_segments = allocated_segments();
            rollback undo([&] { truncate_and_drop(old_size, old_segments); });
            for (; first != last; ++first) emplace_back(*first);
            undo.done();
        }
    }

    constexpr iterator position_at(size_type i) noexcept { return begin() + static_cast<difference_type>(i); }

    template <class... Args>
    constexpr iterator emplace_at(const char* call, const caller& where, const_iterator pos, Args&&... args) {
        expect_position(pos, call, where);
        const size_type i = pos.index();
        if (i == size()) {
            emplace_back(std::forward<Args>(args)...);
        } else {
            reserve(size() + 1);                                  // before anything is moved from
            made_aside made(alloc_, std::forward<Args>(args)...); // the arguments may be of what moves
            emplace_back(std::move(back()));
            const iterator at = position_at(i);
            std::move_backward(at, end() - 2, end() - 1);
            *at = std::move(made.value());
        }
        return position_at(i);
    }

    /// n elements go before element i. Those from i on move behind them, each once, and the new ones are assigned to
    /// their places. So the source must not be among those that move. Strong guarantee where nothing lies behind i,
    /// otherwise basic.
    template <class Source> constexpr iterator insert_from(size_type i, size_type n, Source source) {
        const size_type old_size = size(), moved = std::min(n, old_size - i);
        Source rest = source;
        rest.skip(moved);
        append_from(n - moved, std::move(rest));
        if (moved != 0) {
            append_from(moved, elements_from<std::move_iterator<iterator>>{
                                   std::move_iterator<iterator>(position_at(old_size - moved))});
            std::move_backward(position_at(i), position_at(old_size - moved), position_at(old_size));
            iterator to = position_at(i);
            for (size_type k = 0; k != moved; ++k) {
                source.assign(*to);
                ++to;
                source.next();
            }
        }
        return position_at(i);
    }

    /// Whether inserting before element i moves one of n objects at p. (In constant evaluation, where addresses of
    /// different objects have no order: always.)
    constexpr bool moves_any(size_type i, const T* p, size_type n) const noexcept {
        if (std::is_constant_evaluated()) return true;
        for (size_type k = shape::segment_of(i); k <= control_->current; ++k)
            if (std::less<>()(p, control_->end_of(k)) && std::less<>()(control_->segment(k), p + n)) return true;
        return false;
    }

    /// The elements from first up to last go before element i.
    template <class It, class End> constexpr iterator insert_elements(size_type i, It first, End last) {
        if constexpr (std::forward_iterator<It>) {
            if (i == size()) {
                append(std::move(first), last);
                return position_at(i);
            }
            const auto n = static_cast<size_type>(std::ranges::distance(first, last));
            if constexpr (shows_elements<It, T> && std::contiguous_iterator<It>)
                if (!moves_any(i, std::to_address(first), n))
                    return insert_from(i, n, elements_from<It>{std::move(first)});
            // Before anything is put aside, so that an arena takes that back.
            if (n > max_size() - size()) throw_too_long();
            reserve(size() + n);
            if constexpr (shows_elements<It, T> && !std::contiguous_iterator<It> && !__is_trivially_copyable(T)) {
                // The way to them may lead through elements that are going to move: so their addresses are taken first.
                using address = std::add_pointer_t<std::iter_reference_t<It>>;
                using addresses = list<address, typename traits::template rebind_alloc<address>>;
                addresses found{typename addresses::allocator_type(alloc_)};
                bool moves = false;
                for (It at = first; at != last; ++at) {
                    auto&& element = *at; // has a name, so that it may be what is moved from
                    found.push_back(std::addressof(element));
                    moves = moves || moves_any(i, found.back(), 1);
                }
                if (!moves) return insert_from(i, n, elements_at<It, typename addresses::iterator>{found.begin()});
            }
        }
        list aside(alloc_);
        aside.append(std::move(first), last);
        return insert_moved(i, aside);
    }

    /// Other's elements, which are moved one by one, go before element i.
    constexpr iterator insert_moved(size_type i, list& other) {
        using moving = std::move_iterator<iterator>;
        return insert_from(i, other.size(), elements_from<moving>{moving(other.begin())});
    }

    /// An element outside the list, made by its allocator.
    class made_aside {
    public:
        template <class... Args> constexpr explicit made_aside(Allocator& alloc, Args&&... args) : alloc_(alloc) {
            traits::construct(alloc_, std::addressof(value_), std::forward<Args>(args)...);
        }
        made_aside(const made_aside&) = delete;
        constexpr ~made_aside() { traits::destroy(alloc_, std::addressof(value_)); }
        constexpr T& value() noexcept { return value_; }
        constexpr const T& value() const noexcept { return value_; }

    private:
        Allocator& alloc_;
        union {
            T value_;
        };
    };

    /// Makes room for one more; false where there is none.
    constexpr bool try_reserve_one() {
        if (size() == max_size()) return false;
        const bool first = control_ == nullptr;
        control_type* const c = with_room<request::attempt>(control_, alloc_);
        if (c == nullptr) return false;
        control_ = c;
        if (first) to_begin_of_segment();
        else table_ = c->table;
        return true;
    }

    constexpr void append_all(const list& other) {
        reserve(size() + other.size());
        for (const auto run : other.segments()) append_from(run.size(), elements_from<const T*>{run.data()});
    }

    /// Takes other's elements and allocator. The old elements go last, since other may lie in one of them.
    constexpr void replace_by(list& other) noexcept
        requires(copy_takes_allocator || move_takes_allocator)
    {
        list old(alloc_);
        old.swap_segments(*this);
        swap_segments(other);
        alloc_ = std::move(other.alloc_);
    }

    /// The contents become other's: taken where they are if this allocator can give them back, moved one by one if not.
    constexpr void take_or_move(list& other) {
        list taken(alloc_); // other may lie in one of this list's elements, which go last
        if (same_allocator(other)) {
            taken.swap_segments(other);
        } else if constexpr (!always_equal) {
            taken.append(std::move_iterator(other.begin()), std::move_iterator(other.end()));
            other.clear();
        }
        swap_segments(taken);
    }

    // next_ is where the next element goes; it equals last_ exactly when the current segment is full or there is none.
    // table_ is control_'s, kept here to save a load.
    control_type* control_ = nullptr;
    T** table_ = nullptr;
    T* next_ = nullptr;
    T* last_ = nullptr;
    [[no_unique_address]] Allocator alloc_ = Allocator();
};

export template <std::input_iterator It, std::sentinel_for<It> End,
                 class Allocator = std::allocator<std::iter_value_t<It>>>
list(It, End, Allocator = Allocator()) -> list<std::iter_value_t<It>, Allocator>;

#ifdef __cpp_lib_containers_ranges
export template <std::ranges::input_range R, class Allocator = std::allocator<std::ranges::range_value_t<R>>>
list(std::from_range_t, R&&, Allocator = Allocator()) -> list<std::ranges::range_value_t<R>, Allocator>;
#endif

/// Removes every element that equals value; returns how many. As std::erase for vectors.
export template <class T, class Allocator, growth Growth, class U = T>
constexpr std::size_t erase(list<T, Allocator, Growth>& l, const U& value) {
    const auto rest = std::remove(l.begin(), l.end(), value);
    const auto removed = static_cast<std::size_t>(l.end() - rest);
    l.erase(rest, l.end());
    return removed;
}

/// Removes every element that the predicate is true for; returns how many.
export template <class T, class Allocator, growth Growth, class Predicate>
constexpr std::size_t erase_if(list<T, Allocator, Growth>& l, Predicate predicate) {
    const auto rest = std::remove_if(l.begin(), l.end(), std::ref(predicate));
    const auto removed = static_cast<std::size_t>(l.end() - rest);
    l.erase(rest, l.end());
    return removed;
}

/// A list that lives in an arena: seg::arena_list<node> nodes(arena).
export template <class T, growth Growth = growth{}> using arena_list = list<T, arena_allocator<T>, Growth>;

/// Lists whose memory comes from a std::pmr::memory_resource; an arena is one.
namespace pmr {
export template <class T, growth Growth = growth{}>
using list = seg::list<T, std::pmr::polymorphic_allocator<T>, Growth>;
}

} // namespace seg
