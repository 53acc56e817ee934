// Runs programs of the small Lisp: lisp <file>...
#include <fstream>
#include <iostream>
#include <iterator>

#include "machine.hpp"

namespace {

/// Returns whether it ran to its end.
template <class Store> bool run(const char* file) {
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in) {
        std::cerr << file << " cannot be read\n";
        return false;
    }
    Store store;
    lisp::syntax<Store> syntax(store);
    lisp::program<Store> program(store);
    std::string output, wrong;
    try {
        const auto read = lisp::reader<Store>(syntax).read(text);
        lisp::compiler<Store>(syntax, program).compile(read);
        lisp::machine<Store>(program, syntax, output).run();
    } catch (const lisp::error& e) {
        wrong = std::string(file) + ":" + lisp::place_in(text, e.offset) + ": " + e.what() + "\n";
    }
    std::cout << output << std::flush;
    std::cerr << wrong;
    return wrong.empty();
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "usage: lisp <file>...\n";
        return 1;
    }
    for (int i = 1; i != argc; ++i)
        if (!run<bench::seg_store>(argv[i])) return 1;
}
