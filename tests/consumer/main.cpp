// A tree of paths whose nodes point at each other, in one arena: what seg is for, written as its users would.
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <map>
#include <memory_resource>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <version>

import seg.list;

namespace {

struct node {
    std::pmr::string name;
    node* parent;
    std::size_t children = 0;
};

class tree {
public:
    explicit tree(seg::arena& arena) : arena_(arena), nodes_(arena), by_path_(&arena) {
        nodes_.emplace_back(std::pmr::string(&arena_), nullptr);
    }

    node& root() { return nodes_.front(); }

    /// The node of a path such as "usr/share/doc"; it and its parents are made where they are missing.
    node& insert(std::string_view path) {
        if (path.empty()) return root();
        if (const auto found = by_path_.find(path); found != by_path_.end()) return *found->second;
        const std::size_t slash = path.rfind('/');
        node& parent = slash == path.npos ? root() : insert(path.substr(0, slash));
        const std::string_view name = slash == path.npos ? path : path.substr(slash + 1);
        ++parent.children;
        node& made = nodes_.emplace_back(std::pmr::string(name, &arena_), &parent);
        by_path_.emplace(path, &made);
        return made;
    }

    const auto& nodes() const { return nodes_; }

private:
    seg::arena& arena_;
    seg::arena_list<node> nodes_;
    std::pmr::map<std::pmr::string, node*, std::less<>> by_path_;
};

std::string path_of(const node& n) {
    if (n.parent == nullptr) return "";
    const std::string above = path_of(*n.parent);
    return above.empty() ? std::string(n.name) : above + "/" + std::string(n.name);
}

int failures = 0;

void check(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "wrong: %s\n", what);
    ++failures;
}

void build_and_walk(seg::arena& arena) {
    constexpr std::size_t files = 20'000;
    tree paths(arena);
    node& early = paths.insert("usr/share/doc");
    const auto first = paths.nodes().begin();
    for (std::size_t i = 0; i != files; ++i) paths.insert("home/" + std::to_string(i % 100) + "/" + std::to_string(i));

    // Everything above was taken, and pointed to, before the list grew.
    check(&paths.insert("usr/share/doc") == &early, "a node stays where it was made");
    check(path_of(early) == "usr/share/doc", "its parents stay where they were made");
    check(first == paths.nodes().begin() && &*first == &paths.root(), "an iterator outlives growth");
    check(arena.owns(&early), "the nodes live in the arena");

    const auto& nodes = paths.nodes();
    check(nodes.size() == 1 + 3 + 1 + 100 + files, "one node for each part of a path");

    std::size_t with_parent = 0;
    for (const node& n : nodes) with_parent += n.parent != nullptr;
    check(with_parent == nodes.size() - 1, "a range-for visits each node");

    std::size_t in_segments = 0;
    for (const std::span<const node> run : nodes.segments()) in_segments += run.size();
    check(in_segments == nodes.size(), "the segments hold each node");

    check(std::ranges::count_if(nodes, [](const node& n) { return n.children == 0; }) == files + 1,
          "an algorithm visits each node");
    const auto fullest = std::ranges::max_element(nodes, {}, &node::children);
    check(fullest->children == files / 100 && path_of(*fullest->parent) == "home", "an algorithm returns an iterator");

    seg::list<const node*> sorted;
    for (const node& n : nodes | std::views::drop(1)) sorted.push_back(&n);
    std::ranges::sort(sorted, {}, [](const node* n) { return std::string_view(n->name); });
    check(std::ranges::is_sorted(sorted, {}, [](const node* n) { return std::string_view(n->name); }), "a list sorts");
    const auto doc =
        std::ranges::lower_bound(sorted, "doc", {}, [](const node* n) { return std::string_view(n->name); });
    check(doc != sorted.end() && *doc == &early, "a list bisects");
}

#ifdef __cpp_lib_ranges_to_container
/// C++23 collects any range into any container.
void collect() {
    const auto squares = std::views::iota(0, 1000) | std::views::transform([](int n) { return n * n; });
    // With its element type: to<seg::list>() takes templates of types only, and a list's growth is a value.
    const auto l = squares | std::ranges::to<seg::list<int>>();
    check(std::ranges::equal(l, squares), "std::ranges::to collects into a list");
#ifdef __cpp_lib_containers_ranges
    const seg::list from(std::from_range, squares);
    check(from == l, "a list is constructed from a range");
#endif
    seg::arena arena;
    const auto in_arena = std::ranges::to<seg::arena_list<int>>(squares, arena);
    check(arena.owns(&in_arena.back()), "std::ranges::to hands the allocator on");
}
#else
void collect() {}
#endif

} // namespace

int main() {
    collect();
    seg::arena arena;
    build_and_walk(arena);
    const auto grown = arena.stats();
    arena.reset();
    build_and_walk(arena);
    check(arena.stats().allocated == grown.allocated, "the second round reuses the memory of the first");
    return failures == 0 ? 0 : 1;
}
