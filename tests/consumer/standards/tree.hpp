// A header that imports: what follows its inclusion sees the module, too.
#pragma once
#include <string>

import seg.list;

class tree {
public:
    struct node {
        std::string name;
        const node* parent;
    };

    const node& add(std::string name, const node* parent = nullptr);
    int depth(const node& n) const;

private:
    seg::list<node> nodes_;
};
