// The modules bring what they need along: an importer need not include a single header.
import seg;

struct node {
    int value;
    node* next;
    seg::list<node> children;
};

bool of_trees() {
    seg::list<node> roots;
    node& first = roots.emplace_back(1, nullptr, seg::list<node>());
    for (int i = 2; i != 1000; ++i) roots.push_back(node{i, &roots.back(), {}});
    first.children.resize(3);
    seg::list<node> moved = static_cast<seg::list<node>&&>(roots);
    int sum = 0;
    for (const node& n : moved) sum += n.value + static_cast<int>(n.children.size());
    for (const auto run : moved.segments()) sum += static_cast<int>(run.size());
    int steps = 0;
    for (const node* n = &moved.back(); n != nullptr; n = n->next) ++steps;
    return roots.empty() && &moved.front() == &first && sum == 999 * 1000 / 2 + 3 + 999 && steps == 999;
}

bool of_numbers() {
    seg::arena arena;
    seg::arena_list<long> odd(arena);
    for (long i = 1; i < 10'000; i += 2) odd.push_back(i);
    const seg::arena_list<long> copy = odd;
    odd.pop_back();
    odd.resize(6'000, 7);
    const auto middle = odd.begin() + 3'000;
    return odd != copy && *middle == 6'001 && middle < odd.end() && odd.at(5'999) == 7 && copy.back() == 9'999 &&
           arena.stats().used != 0;
}

bool of_text() {
    seg::arena arena;
    seg::pmr::list<const char*> words(&arena);
    words = {"neither", "copied", "nor", "moved"};
    seg::list<char> initials;
    for (const char* word : words) initials.push_back(*word);
    return initials == seg::list<char>{'n', 'c', 'n', 'm'} && initials < seg::list<char>{'z'};
}

bool of_algorithms() {
    seg::list<int> l(100, 1), copy(100);
    seg::fill(l, 2);
    l[50] = 3;
    seg::copy(l, copy.begin());
    const auto twice = [](int n) { return 2 * n; };
    const auto odd = [](int n) { return n % 2 != 0; };
    bool holds = seg::equal(l, copy) && seg::count(l, 2) == 99 && seg::count_if(l, odd) == 1 && *seg::find(l, 3) == 3 &&
                 seg::find_if(l, odd) == l.begin() + 50;
    seg::transform(copy, l.begin(), twice);
    int sum = 0;
    seg::for_each(l, [&sum](int n) { sum += n; });
    copy.insert(copy.begin() + 1, 3, 7);
    copy.append_range(l);
    copy.erase(copy.begin(), copy.begin() + 4);
    holds = holds && erase(copy, 3) == 1 && erase_if(copy, odd) == 0 && copy.size() == 198;
    return holds && sum == seg::reduce(l) && sum == 2 * (99 * 2 + 3);
}

bool of_vectors() {
    seg::pinned_vector<long> numbers({.max_size = 1'000'000});
    numbers.push_back(0);
    const long& first = numbers.front();
    for (long i = 1; i != 100'000; ++i) numbers.push_back(i);
    seg::pinned_vector<long> copy = numbers;
    copy.insert(copy.begin() + 1, 3, 7);
    copy.insert(copy.begin(), numbers.begin(), numbers.begin() + 10);
    copy.erase(copy.begin(), copy.begin() + 10);
    copy.append_range(numbers);
    long sum = 0;
    for (const long n : numbers) sum += n;
    const bool holds = &first == numbers.data() && copy.size() == 200'003 && copy[1] == 7 && numbers < copy;
    numbers.resize(10);
    numbers.shrink_to_fit();
    return holds && numbers != copy && sum == 99'999L * 100'000 / 2 && numbers.try_emplace_back(10) != nullptr &&
           erase(copy, 7) == 5 && numbers.at(10) == 10;
}

int main() { return of_vectors() && of_trees() && of_numbers() && of_text() && of_algorithms() ? 0 : 1; }
