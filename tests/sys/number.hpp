// The number of an enumerator, which is the kernel's.
#pragma once

template <class E> constexpr int number(E e) { return static_cast<int>(e); }
