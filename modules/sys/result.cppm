// What a system call returns: a value, or the kernel's error number. Nothing here throws or reads errno.
export module seg.sys:result;

namespace seg::sys {

/// An error number of the kernel, as in <cerrno>. It converts to a result of any type. It is not 0.
export struct failure {
    int error;
};

/// What a system call returns: a value, or an error number.
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

    /// Whether the call succeeded.
    constexpr bool has_value() const noexcept { return error_ == 0; }
    constexpr explicit operator bool() const noexcept { return has_value(); }

    /// The value, or T() if the call failed.
    constexpr T value() const noexcept { return value_; }
    constexpr T operator*() const noexcept { return value_; }

    /// The kernel's error number, or 0 if the call succeeded.
    constexpr int error() const noexcept { return error_; }

private:
    T value_ = T();
    int error_ = 0;
};

/// What a system call returns that has no value: success, or an error number.
template <> class [[nodiscard]] result<void> {
public:
    using value_type = void;

    /// Success.
    // Not defaulted: value-initialization would then zero the whole object first, for which clang calls memset.
    constexpr result() noexcept {} // NOLINT(modernize-use-equals-default)
    constexpr result(failure reason) noexcept : error_(reason.error) {}

    /// Whether the call succeeded.
    constexpr bool has_value() const noexcept { return error_ == 0; }
    constexpr explicit operator bool() const noexcept { return has_value(); }

    /// No effect. For generic code.
    constexpr void value() const noexcept {}
    constexpr void operator*() const noexcept {}

    /// The kernel's error number, or 0 if the call succeeded.
    constexpr int error() const noexcept { return error_; }

private:
    int error_ = 0;
};

} // namespace seg::sys
