#include <cstddef>

import seg.list;

#if STANDARD == 20
static_assert(__cplusplus == 202002L);
#else
static_assert(__cplusplus > 202002L);
#endif

int main() {
    seg::list<int> numbers;
    for (int i = 0; i != 1000; ++i) numbers.push_back(i);
    return seg::reduce(numbers) == 999 * 1000 / 2 ? 0 : 1;
}
