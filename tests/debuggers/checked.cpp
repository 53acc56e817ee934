// A checked build's iterators know where the list ends.
import seg.list;

using numbers_type = seg::list<int>;

extern "C" [[gnu::noinline]] void show(const numbers_type& numbers, const numbers_type::iterator& second,
                                       const numbers_type::iterator& end) {
    asm volatile("nop" : : "r"(&numbers), "r"(&second), "r"(&end) : "memory");
}

int main() {
    numbers_type numbers{1, 2, 3};
    show(numbers, numbers.begin() + 1, numbers.end());
}
