// Failures: undoing what was begun, and throwing an exception. Without exceptions, printing a message and aborting.
export module seg.arena:failure;

import seg.standard;

namespace seg::detail {

/// Calls undo in its destructor, unless done was called. (Idea: Alexandrescu and Marginean, "Change the Way You Write
/// Exception-Safe Code", 2000.)
///
///     rollback undo([&] { traits::deallocate(alloc, p, n); });
///     construct(p);
///     undo.done();
export template <class Undo> class [[nodiscard]] rollback {
public:
    constexpr explicit rollback(Undo undo) noexcept : undo_(std::move(undo)) {}
    rollback(const rollback&) = delete;
    // Inlined, and undo too: otherwise what undo captures would be in memory instead of in registers. (clang 22 does
    // not inline it by itself, because only an exception executes it. Appending a std::string then took 50 instructions
    // instead of 32.)
    [[gnu::always_inline]] constexpr ~rollback() {
        if (done_) return;
#ifdef __clang__
        [[clang::always_inline]]
#endif
        undo_();
    }
    constexpr void done() noexcept { done_ = true; }

private:
    [[no_unique_address]] Undo undo_;
    bool done_ = false;
};

/// Prints "seg: " and the message to standard error, and calls std::abort.
export [[noreturn]] void abort_with(const char* message) noexcept;

/// Throws the exception. Without exceptions, calls abort_with(message).
export template <class Exception>
[[noreturn]] inline void throw_or_abort([[maybe_unused]] const Exception& exception,
                                        [[maybe_unused]] const char* message) {
#ifdef __cpp_exceptions
    throw exception;
#else
    abort_with(message);
#endif
}

/// Throws std::bad_array_new_length: the size of an array in bytes overflows std::size_t.
export [[noreturn]] void throw_bad_array_length();

/// Returns what call returns, a pointer; null if it throws.
template <class Call> auto unless_thrown(Call call) noexcept {
#ifdef __cpp_exceptions
    try {
        return call();
    } catch (...) {
        return decltype(call())();
    }
#else
    return call();
#endif
}

/// Returns what call returns, a pointer; null if it throws std::bad_alloc. Does not catch other exceptions.
export template <class Call> constexpr auto unless_out_of_memory(Call call) {
#ifdef __cpp_exceptions
    try {
        return call();
    } catch (const std::bad_alloc&) {
        return decltype(call())();
    }
#else
    return call();
#endif
}

} // namespace seg::detail
