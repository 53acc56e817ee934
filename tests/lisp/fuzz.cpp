// A fuzzer for the small Lisp's reader and compiler: any text is read, and compiled, or refused in words.
#include <cstdint>
#include <cstdlib>
#include <iostream>

#include "../../benchmarks/lisp/compiler.hpp"

namespace {

template <class Store> std::string outcome(std::string_view source) {
    Store store;
    lisp::syntax<Store> syntax(store);
    lisp::program<Store> program(store);
    try {
        const auto read = lisp::reader<Store>(syntax).read(source);
        lisp::compiler<Store>(syntax, program).compile(read);
    } catch (const lisp::error& e) {
        if (e.offset > source.size()) std::abort(); // it is somewhere in the text
        return lisp::place_in(source, e.offset) + e.what();
    }
    return std::to_string(syntax.nodes()) + " " + std::to_string(program.code.size());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view source(reinterpret_cast<const char*>(data), size);
    // Pointers or numbers, an arena or malloc: the same comes out.
    const std::string expected = outcome<bench::vector_store>(source);
    const std::string found = outcome<bench::seg_store>(source);
    if (found != expected) {
        std::cerr << found << " instead of " << expected << "\n";
        std::abort();
    }
    return 0;
}
