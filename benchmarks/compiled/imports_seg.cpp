// What compile_time compiles: a list is filled and summed up.
import seg.list;

unsigned long sum_of(unsigned long n) {
    seg::list<unsigned long> numbers;
    for (unsigned long i = 0; i != n; ++i) numbers.push_back(i);
    unsigned long sum = 0;
    for (const unsigned long number : numbers) sum += number;
    return sum;
}
