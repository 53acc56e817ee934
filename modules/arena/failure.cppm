// What becomes of a step that fails: what it began is undone, and the caller hears of it by an exception; in a program
// without exceptions by a message, and std::abort.
export module seg.arena:failure;

import seg.standard;

namespace seg {

/// Calls undo at its end, unless the step is done by then. (Idea: Alexandrescu and Marginean, "Change the Way You Write
/// Exception-Safe Code", 2000.)
///
///     rollback undo([&] { traits::deallocate(alloc, p, n); });
///     construct(p);
///     undo.done();
export template <class Undo> class [[nodiscard]] rollback {
public:
    constexpr explicit rollback(Undo undo) noexcept : undo_(std::move(undo)) {}
    rollback(const rollback&) = delete;
    // Inlined, with undo: what undo captures would have to be in memory otherwise, and not in registers. (clang 22 finds the
    // path of an exception not worth it, and a push of a std::string took 50 instructions instead of 32.)
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

/// Prints "seg: " and the words to standard error, and ends the program.
export [[noreturn]] void abort_with(const char* words) noexcept;

/// Throws the exception. Without exceptions the words are printed, and the program is aborted.
export template <class Exception>
[[noreturn]] inline void throw_or_abort([[maybe_unused]] const Exception& exception,
                                        [[maybe_unused]] const char* words) {
#ifdef __cpp_exceptions
    throw exception;
#else
    abort_with(words);
#endif
}

/// An array's size in bytes overflows std::size_t.
export [[noreturn]] void throw_bad_array_length();

/// What call returns, an address; null if it throws.
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

/// The same, but only of std::bad_alloc: any other exception is passed on.
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

} // namespace seg
