// Destructors to be run later: a record before each object that needs one.
//
// Invariant: the records form a list, newest first. A record lies in the same allocation as its object, right before
// it, so that it is there as long as the object is. (protobuf's arena keeps such a list, too, in nodes apart from the
// objects.)
export module seg.arena:cleanup;

import seg.standard;

namespace seg {

/// Of one object.
struct cleanup {
    cleanup* next; // older
    // Destroys this one's object and those of the same kind that follow, up to end. Returns the record after them.
    cleanup* (*run)(cleanup*, const cleanup* end) noexcept;
};

/// Of an array.
struct array_cleanup : cleanup {
    std::size_t size; // elements
};

template <class T> inline constexpr bool needs_cleanup = !std::is_trivially_destructible_v<T>;

/// Where a T, or the first of an array, lies in memory that has room for its record, too.
template <class T, class Record = cleanup> struct recorded {
    static constexpr std::size_t alignment =
        needs_cleanup<T> && alignof(T) < alignof(Record) ? alignof(Record) : alignof(T);
    /// Bytes before the T.
    static constexpr std::size_t offset = needs_cleanup<T> ? (sizeof(Record) + alignof(T) - 1) & ~(alignof(T) - 1) : 0;

    static inline T* object_of(cleanup* c) noexcept {
        return std::launder(reinterpret_cast<T*>(reinterpret_cast<std::byte*>(c) + offset));
    }
    static inline void* record_of(T* object) noexcept {
        return reinterpret_cast<std::byte*>(const_cast<std::remove_cv_t<T>*>(object)) - offset;
    }
};

// Objects of one type are often made in a row, and are destroyed without a call for each.
template <class T> cleanup* destroy_objects(cleanup* c, const cleanup* end) noexcept {
    do {
        T* const object = recorded<T>::object_of(c);
        c = c->next;
        std::destroy_at(object);
    } while (c != end && c != nullptr && c->run == &destroy_objects<T>);
    return c;
}

/// Destroys the elements from first up to last, from the last to the first.
template <class T> inline void destroy_backwards(T* first, T* last) noexcept {
    while (last != first) std::destroy_at(--last);
}

template <class T> cleanup* destroy_array(cleanup* c, const cleanup*) noexcept {
    cleanup* const next = c->next;
    T* const first = recorded<T, array_cleanup>::object_of(c);
    destroy_backwards(first, first + static_cast<array_cleanup*>(c)->size);
    return next;
}

class cleanup_list {
public:
    inline const cleanup* newest() const noexcept { return newest_; }

    /// From here on the object, in memory laid out as recorded says, is destroyed with the others; nothing if it has
    /// nothing to destroy.
    template <class T> inline void add(T* object) noexcept {
        if constexpr (needs_cleanup<T>)
            newest_ = ::new (recorded<T>::record_of(object)) cleanup{newest_, destroy_objects<T>};
    }
    template <class T> inline void add(T* first, std::size_t n) noexcept {
        if constexpr (needs_cleanup<T>)
            newest_ =
                ::new (recorded<T, array_cleanup>::record_of(first)) array_cleanup{{newest_, destroy_array<T>}, n};
    }

    /// Destroys what was added after that record was the newest, newest first; everything if that record was forgotten.
    inline void run_until(const cleanup* older) noexcept {
        while (newest_ != older && newest_ != nullptr) newest_ = newest_->run(newest_, older);
    }

    /// Forgets what was added. Its destructors do not run.
    inline void forget() noexcept { newest_ = nullptr; }

private:
    cleanup* newest_ = nullptr;
};

} // namespace seg
