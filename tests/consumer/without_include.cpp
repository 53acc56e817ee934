// The modules bring what they need along: an importer need not include a single header.
import seg.list;

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

int main() { return of_trees() && of_numbers() && of_text() ? 0 : 1; }
