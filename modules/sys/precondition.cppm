// What happens when a caller breaks a precondition: nothing at all, or, in a build configured with SEG_CHECKED, a
// message that names the call, and a trap.
module;

#include <concepts>
#include <cstddef>
#include <source_location>
#include <type_traits>

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

/// Checks a precondition of the named call; left and right are the values that the condition compares. For code that
/// has asked `if constexpr (checked)`, so that unchecked builds do not even compute the arguments.
export constexpr void expects(bool holds, const char* call, const char* condition, std::size_t left, std::size_t right,
                              const std::source_location& where) noexcept {
    if (!holds) [[unlikely]]
        precondition_failed(call, condition, left, right, where);
}

template <bool Checked> struct caller_location {
    constexpr caller_location(const std::source_location& location) noexcept : where(location) {}
    constexpr operator const std::source_location&() const noexcept { return where; }
    std::source_location where;
};
template <> struct caller_location<false> {
    constexpr caller_location(const std::source_location&) noexcept {}
};

/// The type of the defaulted last parameter of checked calls: f(..., caller where = std::source_location::current()).
/// Empty in unchecked builds. It has no default constructor, so that no {} among the arguments is taken for it.
export using caller = caller_location<checked>;

/// An argument that knows where it was given: for a checked build's operators, which have no room for another
/// parameter, and for what takes any number of them.
template <class Value> struct located {
    template <std::convertible_to<Value> Given>
    constexpr located(const Given& given, const std::source_location& from = std::source_location::current()) noexcept
        : value(static_cast<Value>(given)), where(from) {}
    constexpr operator Value() const noexcept { return value; }
    Value value;
    std::source_location where;
};
export template <class Value> using argument = std::conditional_t<checked, located<Value>, Value>;

} // namespace seg
