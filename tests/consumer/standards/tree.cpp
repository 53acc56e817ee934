#include <utility>

#include "tree.hpp"

const tree::node& tree::add(std::string name, const node* parent) {
    return nodes_.emplace_back(std::move(name), parent);
}

int tree::depth(const node& n) const { return n.parent == nullptr ? 0 : 1 + depth(*n.parent); }
