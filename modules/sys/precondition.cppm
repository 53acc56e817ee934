// What happens when a caller breaks a precondition. A checked build prints a message that names the call, and traps.
// Any other build checks nothing: the behavior is undefined.
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

/// Whether the library checks its preconditions. The CMake option SEG_CHECKED says so. NDEBUG does not, because the
/// interface of a module is compiled once for all its importers.
export inline constexpr bool checked = SEG_CHECKED;

namespace detail {

/// A message on the stack. Text that does not fit is cut off.
class message {
public:
    void add(const char* text) noexcept {
        while (*text != '\0' && length_ != sizeof text_) text_[length_++] = *text++;
    }
    void add(std::size_t number) noexcept {
        char digits[21]; // uninitialized: zeroing it would be a call of memset
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

/// Prints "file:line: call: precondition broken: condition (left, right)" to standard error, and traps.
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

/// Prints a message and traps if a precondition of the named call does not hold. left and right are the values that the
/// condition compares. To be called inside `if constexpr (checked)`, so that other builds do not compute the arguments.
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

/// The type of the last parameter of a function that checks preconditions. It contains where the function was called:
///
///     f(..., caller where = std::source_location::current());
///
/// Empty in a build that checks nothing. It has no default constructor, because a {} among the arguments could then
/// initialize it.
export using caller = caller_location<checked>;

/// A value, and where it was passed as an argument. It is for functions that cannot have a parameter of type `caller`:
/// operators, and functions with a parameter pack.
template <class Value> struct located {
    template <std::convertible_to<Value> Given>
    constexpr located(const Given& given, const std::source_location& from = std::source_location::current()) noexcept
        : value(static_cast<Value>(given)), where(from) {}
    constexpr operator Value() const noexcept { return value; }
    Value value;
    std::source_location where;
};
/// The type of a parameter that takes a Value. In a checked build it also contains where the argument was passed.
export template <class Value> using argument = std::conditional_t<checked, located<Value>, Value>;

} // namespace detail

} // namespace seg
