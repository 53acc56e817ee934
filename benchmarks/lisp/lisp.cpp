// Runs programs of the small Lisp: lisp <file or folder>... Each prints when it has ended; the first that fails is the
// last.
#include <iostream>
#include <string>
#include <vector>

#include "../inputs.hpp"
#include "machine.hpp"

namespace {

/// Returns whether it ran to its end.
bool run(const bench::file& f) {
    using Store = bench::seg_store;
    Store store;
    lisp::syntax<Store> syntax(store);
    lisp::program<Store> program(store);
    std::string output, wrong;
    try {
        const auto read = lisp::reader<Store>(syntax).read(f.text);
        lisp::compiler<Store>(syntax, program).compile(read);
        lisp::machine<Store>(program, syntax, output).run();
    } catch (const lisp::error& e) {
        wrong = f.name + ":" + lisp::place_in(f.text, e.offset) + ": " + e.what() + "\n";
    }
    std::cout << output << std::flush;
    std::cerr << wrong;
    return wrong.empty();
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "usage: lisp <file or folder>...\n";
        return 1;
    }
    for (const bench::file& f : bench::read_inputs({argv + 1, argv + argc}, ".scm", {}))
        if (!run(f)) return 1;
}
