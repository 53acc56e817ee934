// A list's memory: control block, segments and table are taken from the allocator and given back here, and nowhere
// else.
//
// Everything is static and sees a control block and an allocator, never the list object, whose cursor can so live in
// registers.
export module seg.list:store;

import seg.arena;
import seg.standard;
import :control;
import :growth;

namespace seg {

[[noreturn]] void throw_too_long();
[[noreturn]] void throw_out_of_range(std::size_t index, std::size_t size);

/// Whether memory has to be there, so that its absence throws, or may be: then null says that there is none.
enum class request { demand, attempt };

template <class T, class Allocator, growth Growth> struct store {
    using control_type = control<T, Growth>;
    using shape = layout<T, Growth>;
    using traits = std::allocator_traits<Allocator>;
    using control_allocator = traits::template rebind_alloc<control_type>;
    using control_traits = std::allocator_traits<control_allocator>;
    using slot_allocator = traits::template rebind_alloc<T*>;
    using slot_traits = std::allocator_traits<slot_allocator>;

    /// The most elements a list can hold: whole segments, as many as the allocator and difference_type allow.
    static constexpr std::size_t max_size(const Allocator& alloc) noexcept {
        constexpr auto countable = static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max());
        const std::size_t most = std::min<std::size_t>(traits::max_size(alloc), countable / sizeof(T));
        return shape::start_of(shape::segment_of(most));
    }

    /// A control block and the first segment: one allocation, in which the elements follow the control block. In
    /// constant evaluation, where memory has a type, two. Null if an attempt fails.
    template <request How = request::demand> static constexpr control_type* create(Allocator alloc) {
        if (shape::first() > max_size(alloc)) {
            if constexpr (How == request::attempt) return nullptr;
            throw_too_long();
        }
        if (std::is_constant_evaluated()) {
            control_allocator controls(alloc);
            control_type* const c = std::construct_at(control_traits::allocate(controls, 1));
            add_segment(c, alloc);
            c->enter(0);
            return c;
        }
        home_allocator homes(alloc);
        home* const memory = obtain<How>(homes, home_units);
        if (How == request::attempt && memory == nullptr) return nullptr;
        control_type* const c = std::construct_at(reinterpret_cast<control_type*>(memory));
        T* const segment = c->first_segment();
        c->table[control_type::slot_of(0)] = control_type::to_slot(segment, 0);
        c->allocated = 1;
        c->enter(0);
        no_elements(segment, segment + shape::first());
        return c;
    }

    /// Allocates the next segment, and before it a larger table when there is no slot for it. Strong guarantee: the
    /// table too is the one that it was. False if an attempt fails.
    template <request How = request::demand> static constexpr bool add_segment(control_type* c, Allocator alloc) {
        const std::size_t k = c->allocated;
        if (shape::start_of(k + 1) > max_size(alloc)) {
            if constexpr (How == request::attempt) return false;
            throw_too_long();
        }
        const bool enlarged = k == c->slots;
        if (enlarged && !enlarge_table<How>(c, alloc)) return false;
        rollback undo([&] {
            if (enlarged) drop_table(c, alloc);
        });
        T* const segment = obtain<How>(alloc, shape::size_of(k));
        if (How == request::attempt && segment == nullptr) return false;
        undo.done();
        std::construct_at(c->table + control_type::slot_of(k), control_type::to_slot(segment, k));
        if (!std::is_constant_evaluated()) std::construct_at(c->memory() + c->slots + k, segment);
        ++c->allocated;
        no_elements(segment, segment + shape::size_of(k));
        return true;
    }

    /// Makes room for n elements in all. Strong guarantee.
    static constexpr void reserve(control_type* c, const Allocator& alloc, std::size_t n) {
        if (n > max_size(alloc)) throw_too_long();
        rollback undo([&, before = c->allocated] { drop_segments(c, alloc, before); });
        while (c->capacity() < n) add_segment(c, alloc);
        undo.done();
    }

    /// Gives back the segments from number keep on, which is not 0, and the tables that were made for them, the newest
    /// first. The segments must hold no element.
    static constexpr void drop_segments(control_type* c, Allocator alloc, std::size_t keep) noexcept {
        while (c->allocated > keep) {
            const std::size_t k = --c->allocated;
            T* const segment = c->segment(k);
            elements(segment, segment + shape::size_of(k));
            traits::deallocate(alloc, segment, shape::size_of(k));
            if (c->slots != 1 && k == slots_before(c)) drop_table(c, alloc);
        }
    }

    /// AddressSanitizer is told that there are elements from first up to last, or about to be; and that there are none.
    static constexpr void elements(const T* first, const T* last) noexcept {
        if (!std::is_constant_evaluated()) seg::unpoison(first, static_cast<std::size_t>(last - first) * sizeof(T));
    }
    static constexpr void no_elements(const T* first, const T* last) noexcept {
        if (!std::is_constant_evaluated()) seg::poison(first, static_cast<std::size_t>(last - first) * sizeof(T));
    }

    /// Gives everything back. There must be no element.
    static constexpr void dispose(control_type* c, const Allocator& alloc) noexcept {
        if (std::is_constant_evaluated()) {
            drop_segments(c, alloc, 0);
            control_allocator controls(alloc);
            std::destroy_at(c);
            control_traits::deallocate(controls, c, 1);
            return;
        }
        if (c->slots != 1) [[unlikely]] // there is more
            drop_all_but_home(c, alloc);
        elements(c->first_segment(), c->first_segment() + shape::first());
        std::destroy_at(c);
        home_allocator homes(alloc);
        home_traits::deallocate(homes, reinterpret_cast<home*>(c), home_units);
    }

private:
    /// Memory for n objects. An attempt is null where the allocator has none; it throws nothing then if it need not.
    template <request How, class A> static constexpr auto obtain(A& alloc, std::size_t n) {
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

    // What the control block and the first segment are allocated in.
    struct alignas(std::max(alignof(control_type), alignof(T))) home {
        std::byte bytes[std::max(alignof(control_type), alignof(T))];
    };
    using home_allocator = traits::template rebind_alloc<home>;
    using home_traits = std::allocator_traits<home_allocator>;
    static constexpr std::size_t home_units =
        (control_type::bytes_to_elements() + shape::first() * sizeof(T) + sizeof(home) - 1) / sizeof(home);

    // Tables are a stack, like the segments: one that a larger one replaces stays until that is dropped. So memory goes
    // back in the reverse order, which is what an arena takes it back in, and giving up what was reserved cannot fail.
    // Behind its slots a table has the addresses of the segments, and behind those that of the table before; the first
    // has none, since that is own_slot. (In constant evaluation, where such an address cannot be kept in a slot, the one
    // before is dropped at once.)
    static constexpr std::size_t first_table = 8; // enough for 4,080 elements that begin with a segment of 16

    static constexpr std::size_t table_units(std::size_t slots) noexcept {
        return 2 * slots + (slots == first_table ? 0 : 1);
    }
    /// The slots of the table before: so many segments there were when this one was made.
    static constexpr std::size_t slots_before(const control_type* c) noexcept {
        return c->slots == first_table || std::is_constant_evaluated() ? 1 : c->slots / std::size_t{2};
    }

    /// False if an attempt fails.
    template <request How> static constexpr bool enlarge_table(control_type* c, const Allocator& alloc) {
        slot_allocator slots(alloc);
        const std::size_t n = std::max(first_table, c->slots * std::size_t{2});
        T** const memory = obtain<How>(slots, table_units(n));
        if (How == request::attempt && memory == nullptr) return false;
        T** const table = control_type::table_in(memory, n);
        for (std::size_t k = 0; k != c->slots; ++k) {
            std::construct_at(table + control_type::slot_of(k), c->table[control_type::slot_of(k)]);
            if (!std::is_constant_evaluated()) std::construct_at(memory + n + k, c->segment(k));
        }
        if (n != first_table) {
            if (std::is_constant_evaluated()) slot_traits::deallocate(slots, c->table, table_units(c->slots));
            else std::construct_at(memory + 2 * n, reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(c->memory())));
        }
        c->use_table(memory, n);
        return true;
    }

    /// Back to the table before. There must be one, and no segment that it has no slot for.
    static constexpr void drop_table(control_type* c, const Allocator& alloc) noexcept {
        slot_allocator slots(alloc);
        const std::size_t n = c->slots;
        T** const dropped = c->memory();
        const std::size_t before = slots_before(c);
        if (before == 1) c->use_own_slot();
        else c->use_table(reinterpret_cast<T**>(reinterpret_cast<std::uintptr_t>(dropped[2 * n])), before);
        slot_traits::deallocate(slots, dropped, table_units(n));
    }

    [[gnu::noinline]] static constexpr void drop_all_but_home(control_type* c, Allocator alloc) noexcept {
        drop_segments(c, alloc, 1);
    }
};

} // namespace seg
