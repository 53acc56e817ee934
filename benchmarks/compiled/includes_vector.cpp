// What compile_time compiles: a vector is filled and summed up.
#include <vector>

unsigned long sum_of_std_vector(unsigned long n) {
    std::vector<unsigned long> numbers;
    for (unsigned long i = 0; i != n; ++i) numbers.push_back(i);
    unsigned long sum = 0;
    for (const unsigned long number : numbers) sum += number;
    return sum;
}
