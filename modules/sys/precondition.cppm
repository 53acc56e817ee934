// What happens when a caller breaks a precondition: nothing at all, or, in a build configured with SEG_CHECKED, a message
// that names the call, and a trap.
module;

#include <cstddef>
#include <source_location>

#ifndef SEG_CHECKED
#define SEG_CHECKED 0
#endif

export module seg.sys:precondition;

import :syscall;

namespace seg {

/// True where the library checks its preconditions: the CMake option SEG_CHECKED, not NDEBUG, decides, since a module's
/// interface is compiled once for all its importers.
export inline constexpr bool checked = SEG_CHECKED;

/// Collects a message on the stack; what does not fit is cut off.
class message {
public:
    void add(const char* text) noexcept {
        while (*text != '\0' && length_ != sizeof text_) text_[length_++] = *text++;
    }
    void add(std::size_t number) noexcept {
        char digits[21]; // not zeroed: that would be a call of memset
        char* first = digits + 20;
        *first = '\0';
        do *--first = static_cast<char>('0' + number % 10);
        while ((number /= 10) != 0);
        add(first);
    }
    void print() const noexcept {
        sys::enter_kernel(sys::call::write, 2, reinterpret_cast<long>(text_), static_cast<long>(length_));
    }

private:
    char text_[512];
    std::size_t length_ = 0;
};

/// Prints "file:line: call: condition (left, right)" to standard error and traps.
[[noreturn]] void precondition_failed(const char* call, const char* condition, std::size_t left, std::size_t right,
                                      const std::source_location& where) noexcept {
    message m;
    m.add(where.file_name());
    m.add(":");
    m.add(where.line());
    m.add(": ");
    m.add(call);
    m.add(": precondition broken: ");
    m.add(condition);
    m.add(" (");
    m.add(left);
    m.add(", ");
    m.add(right);
    m.add(")\n");
    m.print();
    __builtin_trap();
}

/// Checks a precondition of the named call; left and right are the values that the condition compares. For code that has
/// asked `if constexpr (checked)`, so that unchecked builds do not even compute the arguments.
export constexpr void expects(bool holds, const char* call, const char* condition, std::size_t left, std::size_t right,
                              const std::source_location& where) noexcept {
    if (!holds) [[unlikely]]
        precondition_failed(call, condition, left, right, where);
}

/// Where an unchecked build says that a call comes from: nowhere, at no cost.
struct no_location {
    static constexpr no_location current() noexcept { return {}; }
};
template <bool> struct choose_location {
    using type = std::source_location;
};
template <> struct choose_location<false> {
    using type = no_location;
};

/// The type of the defaulted last parameter of checked calls: f(..., caller where = caller::current()).
export using caller = choose_location<checked>::type;

} // namespace seg
