// What a checked build knows of an arena beyond what the arena needs: which thread uses it, and which marks are good.
// Otherwise nothing is known, and nothing is stored.
export module seg.arena:watch;

import seg.standard;
import seg.sys;
import :poison;

namespace seg {

/// The marks of one arena that have not been rewound past, in the order in which they were set.
class mark_log {
public:
    mark_log() noexcept = default;
    mark_log(const mark_log&) = delete;
    ~mark_log() {
        if (marks_ == nullptr) return;
        goes_to_system(reinterpret_cast<std::byte*>(marks_), capacity_ * sizeof(entry));
        static_cast<void>(sys::munmap(marks_, capacity_ * sizeof(entry)));
    }

    /// Enters a mark and returns its number, or 0 where the system has no memory for it; such a mark is not checked.
    /// The cursor and the newest large block say where the arena is: a mark that is set where the last one was set is
    /// that one, so that setting marks and rewinding to them in a loop does not fill the log.
    std::size_t add(bool scope, const void* cursor, const void* newest_large) noexcept {
        if (!scope && size_ != 0) {
            const entry& last = marks_[size_ - 1];
            if (!last.open_scope && last.cursor == cursor && last.newest_large == newest_large) return last.number;
        }
        if (size_ == capacity_ && !grow()) return 0;
        marks_[size_++] = {
            .number = ++last_number_, .cursor = cursor, .newest_large = newest_large, .open_scope = scope};
        return last_number_;
    }

    /// Whether the mark is there.
    bool has(std::size_t number) const noexcept { return count_to(number) != 0; }

    /// The scopes that were opened after the mark and are not closed.
    std::size_t open_scopes_after(std::size_t number) const noexcept {
        std::size_t open = 0;
        for (std::size_t i = count_to(number); i != size_; ++i) open += marks_[i].open_scope;
        return open;
    }

    /// Forgets the marks set after this one, and this one too if it is a scope's: that is then closed.
    void rewind_to(std::size_t number) noexcept {
        size_ = count_to(number);
        if (size_ != 0 && marks_[size_ - 1].open_scope && marks_[size_ - 1].number == number) --size_;
    }

private:
    struct entry {
        std::size_t number;
        const void* cursor;
        const void* newest_large;
        bool open_scope;
    };

    // The marks up to this one, itself included; 0 if it is not there. 0 as the number of a mark is before them all.
    std::size_t count_to(std::size_t number) const noexcept {
        std::size_t n = size_;
        while (n != 0 && marks_[n - 1].number != number) --n;
        return n;
    }

    // Memory of its own: the arena's figures must not depend on being checked, and operator new may be on an arena.
    bool grow() noexcept {
        using enum sys::map_flag;
        const std::size_t bytes = capacity_ * sizeof(entry);
        goes_to_system(reinterpret_cast<std::byte*>(marks_), bytes); // it may move
        const auto memory = marks_ == nullptr ? sys::mmap(nullptr, sys::page_size(), sys::prot::read | sys::prot::write,
                                                          private_ | anonymous)
                                              : sys::mremap(marks_, bytes, 2 * bytes, sys::remap_flag::maymove);
        if (!memory) return false;
        capacity_ = marks_ == nullptr ? sys::page_size() / sizeof(entry) : 2 * capacity_;
        marks_ = static_cast<entry*>(*memory);
        came_from_system(static_cast<std::byte*>(*memory), capacity_ * sizeof(entry));
        return true;
    }

    entry* marks_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
    std::size_t last_number_ = 0;
};

/// What a checked arena has in it, and an unchecked one does without.
template <bool Checked> class arena_watch {
public:
    /// What a mark says of where it is from.
    struct origin {
        const arena_watch* arena;
        std::size_t number;
    };

    /// The calling thread has to be the one that uses the arena: the first to come, until it is handed over. In a child
    /// process, where fork gave it another number, that is again the first to come.
    void expect_user(const char* call) noexcept {
        const auto thread = static_cast<std::size_t>(sys::thread_id());
        if (user_ == 0 || (user_ != thread && process_ != sys::process_id())) adopt();
        expects(thread == user_, call, "the calling thread is the one that uses the arena", thread, user_,
                std::source_location::current());
        expects(!destroying_, call, "no destructor of what create made runs", 0, 0, std::source_location::current());
    }
    void destroying(bool now) noexcept { destroying_ = now; }
    void adopt() noexcept {
        user_ = static_cast<std::size_t>(sys::thread_id());
        process_ = sys::process_id();
    }

    origin mark(bool scope, const void* cursor, const void* newest_large) noexcept {
        return {this, marks_.add(scope, cursor, newest_large)};
    }

    void rewind(const origin& to, const char* call, const auto& where) noexcept {
        expects(to.arena == this, call, "the mark is of this arena", to.number, 0, where);
        if (to.number == 0) return;
        expects(marks_.has(to.number), call, "the arena was not rewound past the mark", to.number, 0, where);
        const std::size_t open = marks_.open_scopes_after(to.number);
        expects(open == 0, call, "every scope opened since the mark is closed", open, 0, where);
        marks_.rewind_to(to.number);
    }

    void reset(const char* call, const auto& where) noexcept {
        const std::size_t open = marks_.open_scopes_after(0);
        expects(open == 0, call, "no scope is open", open, 0, where);
        marks_.rewind_to(0);
        user_ = 0;
    }

private:
    mark_log marks_;
    std::size_t user_ = 0;    // a thread's number, 0 for none yet
    int process_ = 0;         // where the number is a thread's
    bool destroying_ = false; // what create made
};

template <> class arena_watch<false> {
public:
    struct origin {};
    inline void expect_user(const char*) noexcept {}
    inline void destroying(bool) noexcept {}
    inline void adopt() noexcept {}
    inline origin mark(bool, const void*, const void*) noexcept { return {}; }
    inline void rewind(const origin&, const char*, const auto&) noexcept {}
    inline void reset(const char*, const auto&) noexcept {}
};

} // namespace seg
