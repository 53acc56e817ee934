// What tools that watch memory report: uninitialised <case>. Each case except no_mistake decides by a byte that is
// uninitialised or not allocated. MemorySanitizer and valgrind have to report that, and nothing in no_mistake.
#include <cstddef>
#include <cstdlib>
#include <span>
#include <string_view>

import seg;

namespace {

volatile int decided = 0;
void decide(int value) {
    if (value == 42) decided = 1;
}

int* filled(seg::arena& a, std::size_t n) {
    auto* const p = static_cast<int*>(a.allocate(n * sizeof(int), alignof(int)));
    for (std::size_t i = 0; i != n; ++i) p[i] = static_cast<int>(i);
    return p;
}

void no_mistake(seg::arena& a) {
    int* const p = filled(a, 10);
    if (!a.try_extend(p, 10 * sizeof(int), 20 * sizeof(int))) std::abort();
    for (int i = 10; i != 20; ++i) p[i] = i;
    for (int i = 0; i != 20; ++i) decide(p[i]);
    if (!a.try_extend(p, 20 * sizeof(int), 5 * sizeof(int))) std::abort();
    for (int i = 0; i != 5; ++i) decide(p[i]);
    for (const int zero : a.create_array<int>(1'000)) decide(zero);
    for (const char c : a.copy(std::string_view("a text"))) decide(c);
    const seg::arena_scope scope(a);
    decide(filled(a, 100'000)[99'999]);
    seg::arena_list<int> l(a);
    for (int i = 0; i != 1'000; ++i) l.push_back(i);
    l.erase(l.begin() + 10, l.begin() + 20);
    l.resize(2'000);
    for (const int each : l) decide(each);
    seg::pinned_vector<int> v;
    for (int i = 0; i != 100'000; ++i) v.push_back(i);
    v.insert(v.begin() + 7, 3, 7);
    v.resize(200'000);
    for (const int each : v) decide(each);
    v.resize(10);
    v.shrink_to_fit();
    v.resize(20'000);
    for (const int each : v) decide(each);
}

bool run(std::string_view what) {
    seg::arena a;
    if (what == "no_mistake") {
        no_mistake(a);
        a.reset();
        no_mistake(a);
        a.trim();
        no_mistake(a);
        a.release();
        no_mistake(a);
    } else if (what == "fresh") decide(*static_cast<int*>(a.allocate(40)));
    else if (what == "after_reset") {
        const int* const p = filled(a, 10);
        a.reset();
        decide(p[3]);
    } else if (what == "allocated_again") {
        filled(a, 10);
        a.reset();
        decide(static_cast<int*>(a.allocate(40))[3]);
    } else if (what == "another_arenas") {
        {
            seg::arena before;
            filled(before, 10);
        }
        decide(static_cast<int*>(a.allocate(40))[3]);
    } else if (what == "after_deallocate") {
        int* const p = filled(a, 10);
        a.deallocate(p, 40);
        decide(p[3]);
    } else if (what == "behind_an_allocation") {
        const int* const p = filled(a, 10);
        filled(a, 10);
        decide(p[10]);
    } else if (what == "what_an_allocation_grew_by") {
        int* const p = filled(a, 10);
        if (!a.try_extend(p, 40, 80)) std::abort();
        decide(p[15]);
    } else if (what == "a_lists_new_element") {
        seg::arena_list<int> l(a);
        l.resize(100, seg::default_init);
        decide(l[50]);
    } else if (what == "a_lists_erased_element") {
        seg::arena_list<int> l(a);
        for (int i = 0; i != 10; ++i) l.push_back(i);
        const int& last = l.back();
        l.pop_back();
        decide(last);
    } else if (what == "a_vectors_new_element") {
        seg::pinned_vector<int> v;
        v.resize(100, seg::default_init);
        decide(v[50]);
    } else if (what == "a_vectors_erased_element") {
        seg::pinned_vector<int> v(10, 1);
        const int& last = v.back();
        v.pop_back();
        decide(last);
    } else return false;
    return true;
}

} // namespace

int main(int argc, char** argv) { return argc == 2 && run(argv[1]) ? 0 : 2; }
