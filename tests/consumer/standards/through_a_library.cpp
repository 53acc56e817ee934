#include "tree.hpp"

int main() {
    tree t;
    const tree::node* deepest = &t.add("root");
    for (int i = 0; i != 1000; ++i) deepest = &t.add("child", deepest);
    return t.depth(*deepest) == 1000 ? 0 : 1;
}
