// A shared library whose lists and arena are of the static one that seg is.
import seg.list;

extern "C" unsigned long plugin_sum(unsigned long n) {
    seg::arena arena;
    seg::arena_list<unsigned long> numbers(arena);
    for (unsigned long i = 0; i != n; ++i) numbers.push_back(i);
    return seg::reduce(numbers);
}
