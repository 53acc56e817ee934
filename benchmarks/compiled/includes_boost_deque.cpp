// What compile_time compiles: a deque is filled and summed up.
#include <boost/container/deque.hpp>

unsigned long sum_of_deque(unsigned long n) {
    boost::container::deque<unsigned long> numbers;
    for (unsigned long i = 0; i != n; ++i) numbers.push_back(i);
    unsigned long sum = 0;
    for (const unsigned long number : numbers) sum += number;
    return sum;
}
