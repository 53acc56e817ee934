// What a checked build records about an arena to check preconditions: which thread uses it, and which marks are valid.
// An unchecked build records nothing.
export module seg.arena:watch;

import seg.standard;
import seg.sys;

namespace seg {

using namespace detail;

/// The part of an arena's state by which marks are told apart.
struct arena_state {
    const void* cursor;
    const void* newest_large; // the newest large block
    const void* newest_object;

    friend bool operator==(const arena_state& a, const arena_state& b) noexcept {
        return a.cursor == b.cursor && a.newest_large == b.newest_large && a.newest_object == b.newest_object;
    }
};

/// The valid marks of one arena, in the order in which they were set. Each has a number, from 1.
class mark_log {
public:
    mark_log() noexcept = default;
    mark_log(const mark_log&) = delete;
    ~mark_log() {
        if (marks_ == nullptr) return;
        goes_to_system(reinterpret_cast<std::byte*>(marks_), capacity_ * sizeof(entry));
        static_cast<void>(sys::munmap(marks_, capacity_ * sizeof(entry)));
    }

    /// Adds a mark and returns its number, or 0 if the system has no memory for it. A mark with number 0 is not
    /// checked. If the arena is in the state of the last mark, returns the number of that mark, unless one of the two
    /// marks is a scope's. So a loop that sets a mark and rewinds to it does not fill the log.
    std::size_t add(bool is_scope, const arena_state& now) noexcept {
        if (!is_scope && size_ != 0) {
            const entry& last = marks_[size_ - 1];
            if (!last.is_scope && last.state == now) return last.number;
        }
        if (size_ == capacity_ && !grow()) return 0;
        marks_[size_++] = {.number = ++last_number_, .state = now, .is_scope = is_scope};
        return last_number_;
    }

    /// Whether the log contains the mark with this number.
    bool contains(std::size_t number) const noexcept { return size_up_to(number) != 0; }

    /// The number of open scopes whose marks were set after this mark. With 0, the number of all open scopes.
    std::size_t open_scopes_after(std::size_t number) const noexcept {
        std::size_t open = 0;
        for (std::size_t i = size_up_to(number); i != size_; ++i) open += marks_[i].is_scope;
        return open;
    }

    /// Removes the marks that were set after this one, and this one if it is a scope's, which is closed now. With 0,
    /// removes all marks.
    void remove_after(std::size_t number) noexcept {
        size_ = size_up_to(number);
        if (size_ != 0 && marks_[size_ - 1].is_scope && marks_[size_ - 1].number == number) --size_;
    }

private:
    struct entry {
        std::size_t number;
        arena_state state;
        bool is_scope;
    };

    /// The number of marks in the log up to this one, included. 0 if the log does not contain it; no mark has the
    /// number 0.
    std::size_t size_up_to(std::size_t number) const noexcept {
        std::size_t n = size_;
        while (n != 0 && marks_[n - 1].number != number) --n;
        return n;
    }

    /// Makes room for twice as many marks. False if the system has no memory.
    /// The log has a mapping of its own: a checked arena has the figures of an unchecked one, and operator new may use
    /// this arena.
    bool grow() noexcept {
        using enum sys::map_flag;
        const std::size_t bytes = capacity_ * sizeof(entry);
        goes_to_system(reinterpret_cast<std::byte*>(marks_), bytes); // mremap may move it
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

/// The checks of one arena. Empty, and without effect, in an unchecked build.
template <bool Checked> class arena_watch {
public:
    /// Identifies a mark.
    struct mark_id {
        const arena_watch* arena;
        std::size_t number; // in the arena's log
    };

    /// Checks that the calling thread is the one that uses the arena, and that the arena is not destroying objects.
    /// The first thread that allocates becomes the one that uses the arena. In a child process that is again the first
    /// thread that allocates, because fork changes the thread's id.
    void expect_user(const char* call) noexcept {
        const auto thread = static_cast<std::size_t>(sys::thread_id());
        if (user_ == 0 || (user_ != thread && process_ != sys::process_id())) adopt();
        expects(thread == user_, call, "the calling thread is the one that uses the arena", thread, user_,
                std::source_location::current());
        expects(!destroying_, call, "the arena is not destroying objects", 0, 0, std::source_location::current());
    }
    void set_destroying(bool destroying) noexcept { destroying_ = destroying; }
    void adopt() noexcept {
        user_ = static_cast<std::size_t>(sys::thread_id());
        process_ = sys::process_id();
    }

    mark_id add_mark(bool is_scope, const arena_state& now) noexcept { return {this, marks_.add(is_scope, now)}; }

    /// Checks the preconditions of rewinding to a mark, and removes the later marks.
    void check_rewind(const mark_id& to, const char* call, const auto& where) noexcept {
        expects(to.arena == this, call, "the mark is of this arena", to.number, 0, where);
        if (to.number == 0) return;
        expects(marks_.contains(to.number), call, "the arena was not rewound past the mark", to.number, 0, where);
        const std::size_t open = marks_.open_scopes_after(to.number);
        expects(open == 0, call, "every scope opened since the mark is closed", open, 0, where);
        marks_.remove_after(to.number);
    }

    /// Checks the precondition of reset, removes all marks, and lets any thread use the arena next.
    void reset(const char* call, const auto& where) noexcept {
        const std::size_t open = marks_.open_scopes_after(0);
        expects(open == 0, call, "no scope is open", open, 0, where);
        marks_.remove_after(0);
        user_ = 0;
    }

private:
    mark_log marks_;
    std::size_t user_ = 0;    // the id of the thread that uses the arena, or 0
    int process_ = 0;         // the id of the process that this thread belongs to
    bool destroying_ = false; // whether the arena is destroying objects that create constructed
};

template <> class arena_watch<false> {
public:
    struct mark_id {};
    inline void expect_user(const char*) noexcept {}
    inline void set_destroying(bool) noexcept {}
    inline void adopt() noexcept {}
    inline mark_id add_mark(bool, const arena_state&) noexcept { return {}; }
    inline void check_rewind(const mark_id&, const char*, const auto&) noexcept {}
    inline void reset(const char*, const auto&) noexcept {}
};

} // namespace seg
