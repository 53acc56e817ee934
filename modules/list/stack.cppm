// What happens at the end of a list: elements are appended and removed, segments are allocated and deallocated.
export module seg.list:stack;

import seg.arena;
import seg.standard;
import seg.sys;
import :control;
import :iterator;
import :layout;
import :position;
import :segments;
import :storage;

namespace seg {

using namespace detail;

/// The part of a list that owns its elements and its memory: a stack on segments. list adds std::vector's interface.
///
/// Functions that are slow are static and get a copy of what they need, for the reason that list_storage has. (With
/// member functions in their place, pushing to a local list takes 0.56 instead of 0.28 ns for each element.)
template <class T, class Allocator, growth Growth> class list_stack {
    using traits = std::allocator_traits<Allocator>;
    using storage = list_storage<T, Allocator, Growth>;
    using control = list_control<T, Growth>;
    using layout = list_layout<T, Growth>;
    using position = list_position<T, Growth>;
    using iterator = list_iterator<T, Growth, false>;
    using const_iterator = list_iterator<T, Growth, true>;

public:
    constexpr list_stack() noexcept(noexcept(Allocator()))
        requires requires { Allocator(); }
    = default;
    constexpr explicit list_stack(const Allocator& alloc) noexcept : alloc_(alloc) {}
    constexpr explicit list_stack(Allocator&& alloc) noexcept : alloc_(std::move(alloc)) {}
    list_stack(const list_stack&) = delete;
    constexpr ~list_stack() { destroy_all(); }

    constexpr Allocator& allocator() noexcept { return alloc_; }
    constexpr const Allocator& allocator() const noexcept { return alloc_; }

    // ---- what there is

    constexpr bool empty() const noexcept {
        if (control_ == nullptr) return true;
        // The address of the first segment is computed, not loaded. (Constant evaluation does not compare the end of
        // one object with the address of another.)
        if (std::is_constant_evaluated()) return cursor_ == control_->begin;
        return cursor_ == control_->first_segment();
    }
    constexpr std::size_t size() const noexcept {
        if (control_ == nullptr) return 0;
        return layout::start_of(control_->current) + static_cast<std::size_t>(cursor_ - control_->begin);
    }
    constexpr std::size_t max_size() const noexcept { return storage::max_size(alloc_); }
    constexpr std::size_t capacity() const noexcept { return control_ == nullptr ? 0 : control_->capacity(); }
    constexpr std::size_t segment_count() const noexcept { return control_ == nullptr ? 0 : control_->allocated; }

    /// Element i. Precondition: i < size().
    constexpr T* element(std::size_t i) const noexcept { return layout::element(table_, i); }
    /// The first and the last element. Precondition: not empty.
    constexpr T* first() const noexcept { return control_->first_segment(); }
    constexpr T* last() const noexcept { return cursor_ - 1; }

    constexpr iterator begin() const noexcept { return {control_, first_position()}; }
    constexpr iterator end() const noexcept { return {control_, end_position()}; }
    constexpr iterator iterator_at(std::size_t i) const noexcept { return begin() + static_cast<std::ptrdiff_t>(i); }

    /// The index of an element. What it is for any other object is unspecified.
    constexpr std::size_t index_of(const T* element) const noexcept {
        return control_ == nullptr ? 0 : control_->index_of(element);
    }
    constexpr bool owns(const const_iterator& it) const noexcept { return it.control_ == control_; }

    template <bool Const> constexpr segments_view<T, Growth, Const> segments() const noexcept {
        if (empty()) return {};
        return {control_, control_->first_segment(), 0, cursor_, control_->current + std::size_t{1}};
    }

    /// Whether an insertion before element i may move one of the n objects from p on: whether one is in the segment of
    /// element i or in a later one. Precondition: i < size(). (In constant evaluation, which does not order unrelated
    /// addresses: true.)
    constexpr bool moves_any(std::size_t i, const T* p, std::size_t n) const noexcept {
        if (std::is_constant_evaluated()) return true;
        for (std::size_t k = layout::segment_of(i); k <= control_->current; ++k)
            if (std::less<>()(p, control_->end_of(k)) && std::less<>()(control_->segment(k), p + n)) return true;
        return false;
    }

    // ---- memory

    /// Allocates the segments for n elements. Strong guarantee.
    constexpr void reserve(std::size_t n) {
        if (n <= capacity()) return;
        const bool is_first = control_ == nullptr;
        control_ = with_capacity(control_, alloc_, n);
        if (is_first) enter_first_segment();
        else table_ = control_->table;
    }
    /// Allocates the segments for n more elements. Strong guarantee.
    constexpr void reserve_more(std::size_t n) {
        if (n > max_size() - size()) throw_too_long();
        reserve(size() + n);
    }

    /// Makes sure that there is a segment for one more element. Precondition: the current segment is full, or the list
    /// has no memory. False if there is no memory, or the size is max_size().
    constexpr bool try_reserve_one() {
        const bool is_first = control_ == nullptr;
        control* const c = with_next_segment<request::attempt>(control_, alloc_);
        if (c == nullptr) return false;
        control_ = c;
        if (is_first) enter_first_segment();
        else table_ = c->table;
        return true;
    }

    /// Deallocates the segments that contain no element.
    constexpr void shrink_to_fit() noexcept {
        if (empty()) destroy_all();
        else remove_segments(control_->current + std::size_t{1});
    }

    /// Removes the elements after the first n, and deallocates the segments after the first `segments` ones.
    constexpr void roll_back(std::size_t n, std::size_t segments) noexcept {
        truncate(n);
        if (segments == 0) destroy_all();
        else remove_segments(segments);
    }

    // ---- appending

    template <class... Arguments> constexpr T* emplace_back(Arguments&&... arguments) {
        if (cursor_ != end_) [[likely]] {
            construct(cursor_, std::forward<Arguments>(arguments)...);
        } else if constexpr (constructs_nothrow<Arguments...>()) {
            // The arguments are not passed to a function: their addresses would keep them out of registers.
            const bool is_first = control_ == nullptr;
            T* const p = make_room();
            construct(p, std::forward<Arguments>(arguments)...);
            enter(p, is_first);
        } else {
            construct_in_new_room(std::forward<Arguments>(arguments)...);
        }
        T* const element = cursor_++;
        note_cursor();
        return element;
    }

    /// As emplace_back; null if there is no memory.
    template <class... Arguments> constexpr T* try_emplace_back(Arguments&&... arguments) {
        const std::size_t segments = segment_count();
        if (cursor_ == end_ && !try_reserve_one()) return nullptr;
        rollback undo([&] { roll_back(size(), segments); });
        T* const element = emplace_back(std::forward<Arguments>(arguments)...);
        undo.done();
        return element;
    }

    /// Appends n elements. Strong guarantee. The list contains them when all are constructed: until then its end is
    /// where it was, and the source may be a view of this list.
    template <class Source> constexpr void append_from(std::size_t n, Source source) {
        if (n == 0) return;
        const std::size_t old_segments = segment_count();
        reserve_more(n);
        [[maybe_unused]] const std::size_t old_size = size_if_checked();
        std::size_t k = control_->current;
        T* p = cursor_;
        T* end = end_;
        rollback undo([&] {
            storage::poison_elements(p, end);
            destroy(control_, alloc_, control_->current, cursor_, k, p);
            remove_segments(old_segments);
        });
        while (true) {
            if (p == end) {
                p = control_->segment(++k);
                end = control_->end_of(k);
            }
            T* const stop = p + std::min(n, static_cast<std::size_t>(end - p));
            n -= static_cast<std::size_t>(stop - p);
            storage::unpoison_elements(p, stop);
            if constexpr (requires { source.copy_bytes(alloc_, p, n); }) {
                if (!std::is_constant_evaluated()) {
                    source.copy_bytes(alloc_, p, static_cast<std::size_t>(stop - p));
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
        expect_size(old_size, "seg::list (several elements appended)");
        control_->enter(k);
        cursor_ = p;
        end_ = end;
        note_cursor();
    }

    /// Appends copies of the elements from first up to last. Strong guarantee.
    template <class It, class End> constexpr void append(It first, End last) {
        if constexpr (std::forward_iterator<It>) {
            const auto n = static_cast<std::size_t>(std::ranges::distance(first, last));
            append_from(n, elements_from{std::move(first)});
        } else {
            rollback undo([this, n = size(), segments = segment_count()] { roll_back(n, segments); });
            for (; first != last; ++first) emplace_back(*first);
            undo.done();
        }
    }
    /// Appends copies of a range's elements. Strong guarantee.
    template <class R> constexpr void append_range(R&& range) {
        if constexpr (std::ranges::sized_range<R> && !std::ranges::forward_range<R>) {
            const std::size_t segments = segment_count();
            reserve_more(static_cast<std::size_t>(std::ranges::size(range)));
            rollback undo([&] { roll_back(size(), segments); });
            append(std::ranges::begin(range), std::ranges::end(range));
            undo.done();
        } else {
            append(std::ranges::begin(range), std::ranges::end(range));
        }
    }

    // ---- removing

    /// Precondition: not empty.
    constexpr void pop_back() noexcept {
        T* const element = --cursor_;
        if (element == control_->begin && control_->current != 0) [[unlikely]] {
            control_->enter(control_->current - std::size_t{1});
            cursor_ = end_ = control_->end();
        }
        note_cursor();
        traits::destroy(alloc_, element);
        storage::poison_elements(element, element + 1);
    }

    /// Destroys the elements from index n on. Precondition: n <= size(). Their destructors see the list without them.
    constexpr void truncate(std::size_t n) noexcept {
        if (control_ == nullptr) return;
        const std::size_t old_segment = control_->current;
        T* const old_cursor = cursor_;
        const std::size_t k = n == 0 ? 0 : layout::segment_of(n - 1);
        control_->enter(k);
        cursor_ = control_->begin + (n - layout::start_of(k));
        end_ = control_->end();
        note_cursor();
        destroy(control_, alloc_, k, cursor_, old_segment, old_cursor);
    }

    /// Destroys all elements and deallocates everything.
    constexpr void destroy_all() noexcept {
        if (control_ == nullptr) return;
        destroy_all(control_, cursor_, alloc_);
        forget();
    }

    /// Exchanges everything but the allocators.
    constexpr void swap_elements(list_stack& other) noexcept {
        std::swap(control_, other.control_);
        std::swap(table_, other.table_);
        std::swap(cursor_, other.cursor_);
        std::swap(end_, other.end_);
    }

private:
    constexpr position first_position() const noexcept {
        if (control_ == nullptr) return {};
        T* const first = control_->first_segment();
        return {first, first, 0};
    }
    constexpr position end_position() const noexcept {
        if (cursor_ == end_) return {}; // full, or without memory
        return {cursor_, control_->begin, end_, control_->current};
    }

    constexpr void enter_first_segment() noexcept {
        table_ = control_->table;
        cursor_ = control_->begin;
        end_ = control_->end();
        note_cursor();
    }
    constexpr void forget() noexcept {
        control_ = nullptr;
        table_ = nullptr;
        cursor_ = end_ = nullptr;
    }
    /// Tells the iterators of a checked build where the cursor is.
    constexpr void note_cursor() noexcept {
        if constexpr (checked)
            if (control_ != nullptr) control_->cursor = cursor_;
    }

    // ---- constructing

    // An allocator's own construct may throw where the constructor does not: a std::pmr::string that is moved to
    // another resource allocates. It is looked for first: it may add arguments, and T may have no constructor without
    // them.
    template <class... Arguments> static consteval bool constructs_nothrow() noexcept {
        if constexpr (constructs_by_allocator<Allocator, T, Arguments...>) return false;
        else return std::is_nothrow_constructible_v<T, Arguments...>;
    }

    template <class... Arguments> constexpr void construct(T* p, Arguments&&... arguments) {
        [[maybe_unused]] const std::size_t old_size = size_if_checked();
        storage::unpoison_elements(p, p + 1);
        if constexpr (constructs_nothrow<Arguments...>()) {
            traits::construct(alloc_, p, std::forward<Arguments>(arguments)...);
        } else {
            rollback undo([&] { storage::poison_elements(p, p + 1); });
            traits::construct(alloc_, p, std::forward<Arguments>(arguments)...);
            undo.done();
        }
        expect_size(old_size, "seg::list::emplace_back");
    }

    /// Precondition of constructing elements in their places: the constructors do not change the list. What they
    /// appended would be in the same places.
    constexpr void expect_size([[maybe_unused]] std::size_t old_size,
                               [[maybe_unused]] const char* call) const noexcept {
        if constexpr (checked)
            expects(size() == old_size, call, "the element's constructor leaves the list as it is", size(), old_size,
                    std::source_location::current());
    }
    constexpr std::size_t size_if_checked() const noexcept {
        if constexpr (checked) return size();
        else return 0;
    }

    /// Returns where the element after a full current segment goes: the beginning of the next segment, which is
    /// allocated if there is none. It is not entered: until the element is constructed, size() and end() are as they
    /// were. A list without memory gets its first segment. Inlined, since a call would pass the address of the list.
    [[gnu::always_inline]] constexpr T* make_room() {
        const bool is_first = control_ == nullptr;
        control_ = with_next_segment(control_, alloc_);
        if (is_first) {
            enter_first_segment();
            return cursor_;
        }
        table_ = control_->table;
        return control_->segment(control_->current + std::size_t{1});
    }
    /// Enters the segment of p, which make_room returned; is_first if the list had no memory.
    constexpr void enter(T* p, bool is_first) noexcept {
        if (!is_first) enter_next_segment(control_);
        cursor_ = p;
        end_ = control_->end();
    }
    /// Makes room, constructs, and enters. Not inlined: emplace_back contains the construction once already.
    template <class... Arguments> [[gnu::noinline]] constexpr void construct_in_new_room(Arguments&&... arguments) {
        const std::size_t segments = segment_count();
        T* const p = make_room();
        rollback undo([&] { remove_segments(segments); });
        construct(p, std::forward<Arguments>(arguments)...);
        undo.done();
        enter(p, segments == 0);
    }

    [[gnu::noinline]] static constexpr void enter_next_segment(control* c) noexcept {
        c->enter(c->current + std::size_t{1});
    }

    // ---- allocating: these return the new control block

    /// Makes sure that there is a segment after the current one. Null if an attempt fails.
    template <request How = request::demand>
    [[gnu::noinline]] static constexpr control* with_next_segment(control* c, Allocator alloc) {
        if (c == nullptr) return storage::template create<How>(alloc);
        const bool has_next = c->current + 1 != c->allocated || storage::template add_segment<How>(c, alloc);
        return How == request::demand || has_next ? c : nullptr;
    }

    [[gnu::noinline]] static constexpr control* with_capacity(control* c, Allocator alloc, std::size_t n) {
        if (c != nullptr) {
            storage::reserve(c, alloc, n);
            return c;
        }
        c = storage::create(alloc);
        rollback undo([&] { storage::destroy(c, alloc); });
        storage::reserve(c, alloc, n);
        undo.done();
        return c;
    }

    // ---- deallocating and destroying

    /// Deallocates the segments after the first `remaining` ones. Precondition: they contain no element.
    constexpr void remove_segments(std::size_t remaining) noexcept {
        remove_segments(control_, alloc_, remaining);
        if (remaining == 0) forget();
        else table_ = control_->table;
    }
    [[gnu::noinline, gnu::cold]] static constexpr void remove_segments(control* c, Allocator alloc,
                                                                       std::size_t remaining) noexcept {
        if (remaining == 0) storage::destroy(c, alloc);
        else storage::remove_segments(c, alloc, remaining);
    }

    [[gnu::noinline]] static constexpr void destroy_all(control* c, T* cursor, Allocator alloc) noexcept {
        destroy(c, alloc, 0, c->first_segment(), c->current, cursor);
        storage::destroy(c, alloc);
    }

    /// Destroys the elements from first, in segment j, up to last, in segment k or at its end.
    static constexpr void destroy(const control* c, Allocator& alloc, std::size_t j, T* first, std::size_t k,
                                  T* last) noexcept {
        for (; k != j; --k) {
            destroy(alloc, c->segment(k), last);
            last = c->end_of(k - 1);
        }
        destroy(alloc, first, last);
    }
    static constexpr void destroy(Allocator& alloc, T* first, T* last) noexcept {
        // The compiler's own trait: the library's takes an eighth of the time that an importer's compiler needs for a
        // list.
        if constexpr (!__is_trivially_destructible(T) || requires { alloc.destroy(first); })
            for (T* p = first; p != last; ++p) traits::destroy(alloc, p);
        storage::poison_elements(first, last);
    }

    // cursor_ is where the next element goes. It equals end_, the end of the current segment, exactly if that is full
    // or there is none. table_ is a copy of control_'s, which saves a load.
    control* control_ = nullptr;
    T** table_ = nullptr;
    T* cursor_ = nullptr;
    T* end_ = nullptr;
    [[no_unique_address]] Allocator alloc_ = Allocator();
};

} // namespace seg
