// Whether the tests run under an emulator of another processor, which answers system calls by what it knows of them.
#pragma once

/// True where what a call does to memory, and the number of its error, are the emulator's and not the kernel's. Ours
/// and libc's are the same there too.
inline constexpr bool emulated = SEG_TEST_EMULATED;
