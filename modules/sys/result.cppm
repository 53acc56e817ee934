// What a system call gives back: a value, or the kernel's error number. It never throws and never reads errno.
export module seg.sys:result;

namespace seg::sys {

/// A kernel's error number, as in <cerrno>, on its way into a result.
export struct failure {
    int error;
};

/// The outcome of a system call: a value, or an error number.
///
///     if (auto memory = mmap(nullptr, length, prot::read, map_flag::private_ | map_flag::anonymous))
///         use(*memory);
///     else
///         report(memory.error());
export template <class T> class [[nodiscard]] result {
public:
    using value_type = T;

    constexpr result(T value) noexcept : value_(value) {}
    constexpr result(failure reason) noexcept : error_(reason.error) {}

    constexpr bool has_value() const noexcept { return error_ == 0; }
    constexpr explicit operator bool() const noexcept { return has_value(); }

    /// The value. Precondition: has_value(); T() otherwise.
    constexpr T value() const noexcept { return value_; }
    /// The value. Precondition: has_value(); T() otherwise.
    constexpr T operator*() const noexcept { return value_; }

    /// The kernel's error number; 0 when there is a value.
    constexpr int error() const noexcept { return error_; }

private:
    T value_ = T();
    int error_ = 0;
};

/// The outcome of a system call that gives back nothing but success.
template <> class [[nodiscard]] result<void> {
public:
    using value_type = void;

    // Defaulted, it would zero the whole object first, and clang calls memset for that.
    constexpr result() noexcept {} // NOLINT(modernize-use-equals-default)
    constexpr result(failure reason) noexcept : error_(reason.error) {}

    constexpr bool has_value() const noexcept { return error_ == 0; }
    constexpr explicit operator bool() const noexcept { return has_value(); }

    /// Nothing; there for code that takes any result. Precondition: has_value().
    constexpr void value() const noexcept {}
    /// Nothing; there for code that takes any result. Precondition: has_value().
    constexpr void operator*() const noexcept {}

    /// The kernel's error number; 0 on success.
    constexpr int error() const noexcept { return error_; }

private:
    int error_ = 0;
};

} // namespace seg::sys
