// A list's memory: its control block, segments and tables are allocated and deallocated here, and nowhere else.
//
// All functions are static. They get the control block and a copy of the allocator, never the list: an object whose
// address is passed to a function that is not inlined has to be in memory, and the cursor of a local list would not be
// in a register.
export module seg.list:storage;

import seg.arena;
import seg.standard;
import seg.sys;
import :control;
import :layout;

namespace seg {

using namespace detail;

[[noreturn]] void throw_too_long();
[[noreturn]] void throw_out_of_range(std::size_t index, std::size_t size);

/// What an allocation does if there is no memory: throw, or return null.
enum class request { demand, attempt };

template <class T, class Allocator, growth Growth> struct list_storage {
    using control = list_control<T, Growth>;
    using layout = list_layout<T, Growth>;
    using traits = std::allocator_traits<Allocator>;
    using control_allocator = traits::template rebind_alloc<control>;
    using control_traits = std::allocator_traits<control_allocator>;
    using slot_allocator = traits::template rebind_alloc<T*>;
    using slot_traits = std::allocator_traits<slot_allocator>;

    /// The maximum size of a list: whole segments, as many as the allocator and difference_type allow.
    static constexpr std::size_t max_size(const Allocator& alloc) noexcept {
        constexpr auto countable = static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max());
        const std::size_t most = std::min<std::size_t>(traits::max_size(alloc), countable / sizeof(T));
        return layout::start_of(layout::segment_of(most));
    }

    /// Allocates a control block and the first segment, which follows it in the same allocation. (In constant
    /// evaluation, where memory has a type, in two allocations.) Null if an attempt fails.
    template <request How = request::demand> static constexpr control* create(Allocator alloc) {
        if (layout::first_size() > max_size(alloc)) {
            if constexpr (How == request::attempt) return nullptr;
            throw_too_long();
        }
        if (std::is_constant_evaluated()) {
            control_allocator controls(alloc);
            control* const c = std::construct_at(control_traits::allocate(controls, 1));
            add_segment(c, alloc);
            c->enter(0);
            return c;
        }
        unit_allocator units(alloc);
        unit* const memory = allocate<How>(units, first_units);
        if (How == request::attempt && memory == nullptr) return nullptr;
        control* const c = std::construct_at(reinterpret_cast<control*>(memory));
        T* const segment = c->first_segment();
        c->table[layout::slot_of(0)] = layout::to_slot(segment, 0);
        c->allocated = 1;
        c->enter(0);
        poison_elements(segment, segment + layout::first_size());
        return c;
    }

    /// Allocates the next segment, after a larger table if the table has no slot for it. False if an attempt fails.
    /// Strong guarantee: the table, too, is the one that it was.
    template <request How = request::demand> static constexpr bool add_segment(control* c, Allocator alloc) {
        const std::size_t k = c->allocated;
        if (layout::start_of(k + 1) > max_size(alloc)) {
            if constexpr (How == request::attempt) return false;
            throw_too_long();
        }
        const bool is_table_full = k == c->slots;
        if (is_table_full && !add_table<How>(c, alloc)) return false;
        rollback undo([&] {
            if (is_table_full) remove_table(c, alloc);
        });
        T* const segment = allocate<How>(alloc, layout::size_of(k));
        if (How == request::attempt && segment == nullptr) return false;
        undo.done();
        std::construct_at(c->table + layout::slot_of(k), layout::to_slot(segment, k));
        if (!std::is_constant_evaluated()) std::construct_at(c->array() + c->slots + k, segment);
        ++c->allocated;
        poison_elements(segment, segment + layout::size_of(k));
        return true;
    }

    /// Allocates segments until there is room for n elements. Strong guarantee.
    static constexpr void reserve(control* c, const Allocator& alloc, std::size_t n) {
        if (n > max_size(alloc)) throw_too_long();
        rollback undo([&, allocated = c->allocated] { remove_segments(c, alloc, allocated); });
        while (c->capacity() < n) add_segment(c, alloc);
        undo.done();
    }

    /// Deallocates the segments after the first `remaining` ones, and the tables that were allocated for them, last to
    /// first. Precondition: the segments contain no element; remaining != 0, except in constant evaluation.
    static constexpr void remove_segments(control* c, Allocator alloc, std::size_t remaining) noexcept {
        while (c->allocated > remaining) {
            const std::size_t k = --c->allocated;
            T* const segment = c->segment(k);
            unpoison_elements(segment, segment + layout::size_of(k));
            traits::deallocate(alloc, segment, layout::size_of(k));
            if (c->slots != 1 && k == slots_of_previous(c)) remove_table(c, alloc);
        }
    }

    /// Deallocates everything. Precondition: there is no element.
    static constexpr void destroy(control* c, const Allocator& alloc) noexcept {
        if (std::is_constant_evaluated()) {
            remove_segments(c, alloc, 0);
            control_allocator controls(alloc);
            std::destroy_at(c);
            control_traits::deallocate(controls, c, 1);
            return;
        }
        if (c->slots != 1) [[unlikely]]
            remove_all_but_first(c, alloc);
        unpoison_elements(c->first_segment(), c->first_segment() + layout::first_size());
        std::destroy_at(c);
        unit_allocator units(alloc);
        unit_traits::deallocate(units, reinterpret_cast<unit*>(c), first_units);
    }

    /// Tells tools that memory of a list has no elements, and that it has some or is about to have some.
    static constexpr void poison_elements(const T* first, const T* last) noexcept {
        if (!std::is_constant_evaluated()) detail::poison(first, static_cast<std::size_t>(last - first) * sizeof(T));
    }
    static constexpr void unpoison_elements(const T* first, const T* last) noexcept {
        if (!std::is_constant_evaluated()) detail::unpoison(first, static_cast<std::size_t>(last - first) * sizeof(T));
    }

private:
    /// Allocates n objects. An attempt returns null if there is no memory: it calls try_allocate if the allocator has
    /// it or its resource is a std::pmr::memory_resource, and otherwise catches std::bad_alloc.
    template <request How, class A> static constexpr auto allocate(A& alloc, std::size_t n) {
        if constexpr (How == request::demand) {
            return std::allocator_traits<A>::allocate(alloc, n);
        } else if constexpr (requires { alloc.try_allocate(n); }) {
            return alloc.try_allocate(n);
        } else if constexpr (requires { static_cast<std::pmr::memory_resource*>(alloc.resource()); }) {
            using object = A::value_type;
            return static_cast<object*>(try_allocate(*alloc.resource(), n * sizeof(object), alignof(object)));
        } else {
            return unless_out_of_memory([&] { return std::allocator_traits<A>::allocate(alloc, n); });
        }
    }

    // The control block and the first segment are allocated as an array of these.
    struct alignas(std::max(alignof(control), alignof(T))) unit {
        std::byte bytes[std::max(alignof(control), alignof(T))];
    };
    using unit_allocator = traits::template rebind_alloc<unit>;
    using unit_traits = std::allocator_traits<unit_allocator>;
    static constexpr std::size_t first_units =
        (control::first_segment_offset() + layout::first_size() * sizeof(T) + sizeof(unit) - 1) / sizeof(unit);

    // A table that is replaced by a larger one remains allocated until that one is removed: tables form a stack, as
    // segments do. So memory is deallocated in the reverse order of its allocation, which lets an arena reuse it, and
    // removing segments cannot fail. (In constant evaluation a replaced table is deallocated at once.)
    //
    // An array contains n slots, the addresses of n segments, and the address of the previous array. The first array
    // has no previous one: the table before it is the slot in the control block.
    static constexpr std::size_t first_array_slots = 8; // enough for 4,080 elements if the first segment is for 16

    static constexpr std::size_t array_size(std::size_t slots) noexcept {
        return 2 * slots + (slots == first_array_slots ? 0 : 1);
    }
    /// The slots of the previous table, all of which were in use when the table was allocated.
    static constexpr std::size_t slots_of_previous(const control* c) noexcept {
        return c->slots == first_array_slots || std::is_constant_evaluated() ? 1 : c->slots / std::size_t{2};
    }

    /// Replaces the table by a larger one. False if an attempt fails.
    template <request How> static constexpr bool add_table(control* c, const Allocator& alloc) {
        slot_allocator slots(alloc);
        const std::size_t n = std::max(first_array_slots, c->slots * std::size_t{2});
        T** const array = allocate<How>(slots, array_size(n));
        if (How == request::attempt && array == nullptr) return false;
        T** const table = layout::table_in(array, n);
        for (std::size_t k = 0; k != c->slots; ++k) {
            std::construct_at(table + layout::slot_of(k), c->table[layout::slot_of(k)]);
            if (!std::is_constant_evaluated()) std::construct_at(array + n + k, c->segment(k));
        }
        if (n != first_array_slots) {
            if (std::is_constant_evaluated()) slot_traits::deallocate(slots, c->table, array_size(c->slots));
            else std::construct_at(array + 2 * n, reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(c->array())));
        }
        c->use_array(array, n);
        return true;
    }

    /// Replaces the table by the previous one. Precondition: there is one, with a slot for each segment.
    static constexpr void remove_table(control* c, const Allocator& alloc) noexcept {
        slot_allocator slots(alloc);
        const std::size_t n = c->slots;
        T** const array = c->array();
        const std::size_t previous = slots_of_previous(c);
        if (previous == 1) c->use_own_slot();
        else c->use_array(reinterpret_cast<T**>(reinterpret_cast<std::uintptr_t>(array[2 * n])), previous);
        slot_traits::deallocate(slots, array, array_size(n));
    }

    [[gnu::noinline]] static constexpr void remove_all_but_first(control* c, Allocator alloc) noexcept {
        remove_segments(c, alloc, 1);
    }
};

} // namespace seg
