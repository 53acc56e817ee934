// The objects of an arena that have to be destroyed: a record before each object with a non-trivial destructor.
//
// Invariant: the records form a list, the newest first. A record is in the same allocation as its object, immediately
// before it, so it exists as long as the object does. (protobuf's arena has such a list, too, in nodes apart from the
// objects.)
export module seg.arena:cleanup;

import seg.standard;

namespace seg {

/// The record of one object.
struct cleanup {
    cleanup* next; // the next older record
    // Destroys the object of this record, and may go on with those of the records after it, up to end, that have the
    // same function. Returns the record after the last one.
    cleanup* (*destroy)(cleanup*, const cleanup* end) noexcept;
};

/// The record of an array.
struct array_cleanup : cleanup {
    std::size_t size; // elements
};

template <class T> inline constexpr bool needs_cleanup = !std::is_trivially_destructible_v<T>;

/// The layout of memory for a record and a T, or a record and an array of T. Without a record if T needs none.
template <class T, class Record = cleanup> struct cleanup_layout {
    static constexpr std::size_t alignment =
        needs_cleanup<T> && alignof(T) < alignof(Record) ? alignof(Record) : alignof(T);
    /// The bytes before the T or the first element.
    static constexpr std::size_t offset = needs_cleanup<T> ? (sizeof(Record) + alignof(T) - 1) & ~(alignof(T) - 1) : 0;

    static inline T* object_of(cleanup* c) noexcept {
        return std::launder(reinterpret_cast<T*>(reinterpret_cast<std::byte*>(c) + offset));
    }
    static inline void* record_of(T* object) noexcept {
        return reinterpret_cast<std::byte*>(const_cast<std::remove_cv_t<T>*>(object)) - offset;
    }
};

/// Destroys objects of type T, as cleanup::destroy says: all that were created in a row, in one call.
template <class T> cleanup* destroy_objects(cleanup* c, const cleanup* end) noexcept {
    do {
        T* const object = cleanup_layout<T>::object_of(c);
        c = c->next;
        std::destroy_at(object);
    } while (c != end && c != nullptr && c->destroy == &destroy_objects<T>);
    return c;
}

/// Destroys the elements from first up to last, from the last to the first.
template <class T> inline void destroy_backwards(T* first, T* last) noexcept {
    while (last != first) std::destroy_at(--last);
}

/// Destroys one array, as cleanup::destroy says.
template <class T> cleanup* destroy_array(cleanup* c, const cleanup*) noexcept {
    cleanup* const next = c->next;
    T* const first = cleanup_layout<T, array_cleanup>::object_of(c);
    destroy_backwards(first, first + static_cast<array_cleanup*>(c)->size);
    return next;
}

/// The records of an arena.
class cleanup_list {
public:
    inline const cleanup* newest() const noexcept { return newest_; }

    /// Adds an object to those that destroy_until destroys. Has no effect if T has a trivial destructor.
    /// Precondition: its memory has the layout of cleanup_layout.
    template <class T> inline void add(T* object) noexcept {
        if constexpr (needs_cleanup<T>)
            newest_ = ::new (cleanup_layout<T>::record_of(object)) cleanup{newest_, destroy_objects<T>};
    }
    /// The same for an array.
    template <class T> inline void add(T* first, std::size_t n) noexcept {
        if constexpr (needs_cleanup<T>)
            newest_ = ::new (cleanup_layout<T, array_cleanup>::record_of(first))
                array_cleanup{{newest_, destroy_array<T>}, n};
    }

    /// Destroys the objects that were added after the record `older`, the newest first. Destroys all if the list does
    /// not contain that record.
    inline void destroy_until(const cleanup* older) noexcept {
        while (newest_ != older && newest_ != nullptr) newest_ = newest_->destroy(newest_, older);
    }

    /// Removes all records, without destroying the objects.
    inline void clear() noexcept { newest_ = nullptr; }

private:
    cleanup* newest_ = nullptr;
};

// As the contract of arena::create says.
static_assert(sizeof(cleanup) == 16);

} // namespace seg
