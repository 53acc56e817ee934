// The small Lisp of the benchmarks. To be included last.
#pragma once

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <tuple>

#include "../../benchmarks/lisp/machine.hpp"

namespace lisp {

using namespace bench;

/// One with numbers in place of pointers, one with malloc, and those that are dropped at once. The benchmark compares
/// what comes out of all.
using stores = std::tuple<seg_store, vector_store, monotonic_store, malloc_store>;

/// What reading source makes of it, written again: one datum a line.
template <class Store> class written {
public:
    explicit written(std::string_view source) : syntax_(store_) { children(reader<Store>(syntax_).read(source), "\n"); }
    const std::string& text() const { return text_; }

private:
    using node_link = typename syntax<Store>::node_link;

    void children(node_link list, const char* between) {
        const node<Store>& n = syntax_[list];
        for (node_link each = n.first_child; each != none<node_link>(); each = syntax_[each].next_sibling) {
            if (each != n.first_child) text_ += between;
            if (n.what == kind::improper && syntax_[each].next_sibling == none<node_link>()) text_ += ". ";
            datum(each);
        }
    }
    void datum(node_link l) {
        const node<Store>& n = syntax_[l];
        switch (n.what) {
        case kind::list:
        case kind::improper: text_ += '('; break;
        case kind::vector: text_ += "#" + std::string(syntax_.named(n.named).text) + "("; break;
        case kind::name: text_ += syntax_.named(n.named).text; return;
        case kind::keyword: text_ += "#:" + std::string(syntax_.named(n.named).text); return;
        case kind::special: text_ += "#!" + std::string(syntax_.named(n.named).text); return;
        case kind::string: text_ += '"' + std::string(syntax_.spelled(n)) + '"'; return;
        case kind::character: text_ += "#\\" + std::string(syntax_.spelled(n)); return;
        case kind::number: text_ += syntax_.spelled(n); return;
        case kind::boolean: text_ += n.integer != 0 ? "#t" : "#f"; return;
        case kind::integer: text_ += std::to_string(n.integer); return;
        }
        children(l, " ");
        text_ += ')';
    }

    Store store_;
    syntax<Store> syntax_;
    std::string text_;
};

/// What a program writes, and behind it what is wrong with it, if anything is: line:column: reason.
template <class Store> std::string run(std::string_view source) {
    Store store;
    syntax<Store> syntax(store);
    program<Store> program(store);
    std::string output;
    try {
        const auto read = reader<Store>(syntax).read(source);
        compiler<Store>(syntax, program).compile(read);
        machine<Store>(program, syntax, output).run();
    } catch (const error& e) {
        output += place_in(source, e.offset) + ": " + e.what();
    }
    return output;
}

} // namespace lisp
