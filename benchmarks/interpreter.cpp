// What does an interpreter cost: to read its source, to compile it, to run it, to drop what was made?
//
// The source that is read is real Scheme, by default what Debian's guile-3.0-libs package installs. What is compiled
// and run are the programs in inputs/lisp. The interpreter is in lisp/: written once, for any store.
#include "building.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lisp/machine.hpp"

namespace bench {

namespace {

/// Does work on a file. Ends the program with file:line:column and the reason if that is malformed.
template <class Work> auto on(const file& f, Work work) {
    try {
        return work();
    } catch (const lisp::error& e) {
        fail(f.name + ":" + lisp::place_in(f.text, e.offset) + ": " + e.what());
    }
}

/// Kinds, texts, numbers and structure, depth first.
template <class Store>
checksum sum_of(lisp::syntax<Store>& syntax, const std::vector<typename lisp::syntax<Store>::node_link>& roots) {
    using node_link = typename lisp::syntax<Store>::node_link;
    checksum sum;
    std::vector<node_link> open(roots.rbegin(), roots.rend());
    while (!open.empty()) {
        const node_link at = open.back();
        const lisp::node<Store>& n = syntax[at];
        open.pop_back();
        sum.number(static_cast<std::uint64_t>(n.what) << 32 | n.offset);
        using lisp::kind;
        if (n.what == kind::boolean || n.what == kind::integer) sum.number(static_cast<std::uint64_t>(n.integer));
        else if (n.what == kind::string || n.what == kind::character || n.what == kind::number)
            sum.text(syntax.spelled(n));
        else if (n.what >= kind::vector) sum.text(syntax.named(n.named).text);
        if (n.next_sibling != none<node_link>()) open.push_back(n.next_sibling);
        if (n.first_child != none<node_link>()) open.push_back(n.first_child);
    }
    return sum;
}

// ---- reading

/// What was read, and the store that it lies in.
template <class Store> class source {
public:
    void build(const std::vector<file>& files) {
        syntax_.emplace(store_);
        lisp::reader<Store> reader(*syntax_);
        for (const file& f : files) roots_.push_back(on(f, [&] { return reader.read(f.text); }));
    }
    void drop() {
        syntax_.reset();
        store_.drop();
        roots_.clear();
    }
    checksum sum() { return sum_of<Store>(*syntax_, roots_); }
    lisp::syntax<Store>& syntax() { return *syntax_; }
    const auto& roots() const { return roots_; }

private:
    Store store_;
    std::optional<lisp::syntax<Store>> syntax_;
    std::vector<typename lisp::syntax<Store>::node_link> roots_;
};

/// What every store has to do, and what has to come out.
struct task : build_task {
    std::size_t tokens = 0;

    std::vector<file> programs;
    std::vector<std::uint64_t> instructions; // that each runs
    std::vector<std::uint64_t> outputs;      // checksums
    std::size_t compiled = 0;                // instructions
};

constexpr const char* alike = "(tokens and names alone)";

/// Does with each token what use does.
template <class Use> std::size_t for_each_token(const std::vector<file>& files, Use use) {
    std::size_t tokens = 0;
    for (const file& f : files) {
        on(f, [&] {
            lisp::lexer each(f.text);
            for (lisp::token t; (t = each.next()) != lisp::token::end; ++tokens) use(t, each.text());
            return 0;
        });
    }
    return tokens;
}

/// The part of reading that is the same for every store: tokens, and looking each name up. It runs in seg's store.
void find_names(benchmark::State& state, const task& work) {
    seg_store store;
    std::size_t tokens = 0;
    for (auto _ : state) {
        const stopwatch time;
        {
            lisp::syntax<seg_store> syntax(store);
            tokens = for_each_token(work.files, [&](lisp::token t, std::string_view text) {
                using lisp::token;
                if (t == token::name || t == token::prefix || t == token::keyword || t == token::special)
                    observe(syntax.intern(text));
            });
        }
        state.SetIterationTime(time.seconds());
        store.drop();
    }
    check(state, alike, tokens, work.tokens);
}

// ---- compiling and running

/// As an interpreter that loads so many files: each program so often, into one program.
constexpr std::size_t copies = 100;

template <class Store> void compile(benchmark::State& state, const task& work) {
    source<Store> s;
    s.build(work.programs);
    Store store;
    std::size_t instructions = 0;
    for (auto _ : state) {
        {
            const stopwatch time;
            lisp::program<Store> program(store);
            lisp::compiler<Store> compiler(s.syntax(), program);
            for (std::size_t k = 0; k != copies; ++k)
                for (const auto root : s.roots()) compiler.compile(root);
            state.SetIterationTime(time.seconds());
            instructions = program.code.size();
        }
        store.drop();
    }
    check(state, Store::name, instructions, work.compiled);
}

/// A program that is ready to run, and all that belongs to it.
template <class Store> class loaded {
public:
    loaded(Store& store, const file& f) : syntax_(store), program_(store) {
        on(f, [&] {
            const auto root = lisp::reader<Store>(syntax_).read(f.text);
            lisp::compiler<Store>(syntax_, program_).compile(root);
            return 0;
        });
        machine_ = std::make_unique<lisp::machine<Store>>(program_, syntax_, output_);
    }
    template <bool Counted> std::uint64_t run(const file& f) {
        return on(f, [&] { return machine_->template run<Counted>(); });
    }
    std::uint64_t sum_of_output() const {
        checksum sum;
        sum.text(output_);
        return sum.value();
    }
    std::size_t instructions() const { return program_.code.size(); }

private:
    lisp::syntax<Store> syntax_;
    lisp::program<Store> program_;
    std::string output_;
    std::unique_ptr<lisp::machine<Store>> machine_;
};

enum class part { run, drop };

/// Runs the programs from first to last; what is timed is either that or dropping them and all that they made.
template <class Store>
void run(benchmark::State& state, const task& work, std::size_t first, std::size_t last, part timed) {
    Store store;
    for (auto _ : state) {
        double seconds = 0;
        for (std::size_t i = first; i != last; ++i) {
            auto program = std::make_unique<loaded<Store>>(store, work.programs[i]);
            const stopwatch running;
            program->template run<false>(work.programs[i]);
            if (timed == part::run) seconds += running.seconds();
            const std::uint64_t sum = program->sum_of_output();
            if (sum != work.outputs[i]) return check(state, Store::name, sum, work.outputs[i]);
            const stopwatch dropping;
            program.reset();
            store.drop();
            if (timed == part::drop) seconds += dropping.seconds();
        }
        state.SetIterationTime(seconds);
    }
}

// ---- the tables

task prepare(const std::vector<std::string>& inputs) {
    task work;
    work.files = read_inputs(inputs, ".scm", {"/usr/share/guile", "guile-3.0-libs"});
    work.tokens = for_each_token(work.files, [](lisp::token, std::string_view) {});
    source<deque_store> s;
    s.build(work.files);
    work.sum = s.sum();
    work.nodes = s.syntax().nodes();

    work.programs = read_inputs({SEG_BENCHMARK_PROGRAMS}, ".scm", {});
    for (const file& f : work.programs) {
        deque_store store;
        loaded<deque_store> program(store, f);
        work.instructions.push_back(program.run<true>(f));
        work.outputs.push_back(program.sum_of_output());
        work.compiled += copies * (program.instructions() - 1);
    }
    ++work.compiled; // the stop at the end, of which there is one
    return work;
}

/// Everything that one store does.
struct columns {
    building read;
    column compile;
    column run;
    column drop;
    std::vector<column> programs;

    template <class Store> void add(const task& work) {
        read.add<source<Store>>(Store::name);
        compile.rows.push_back({Store::name, [&work](benchmark::State& s) { bench::compile<Store>(s, work); }});
        const auto add_run = [&work](column& k, std::size_t first, std::size_t last, part timed) {
            k.rows.push_back(
                {Store::name, [=, &work](benchmark::State& s) { bench::run<Store>(s, work, first, last, timed); }});
        };
        const std::size_t count = work.programs.size();
        for (std::size_t i = 0; i != count; ++i) add_run(programs[i], i, i + 1, part::run);
        add_run(run, 0, count, part::run);
        add_run(drop, 0, count, part::drop);
    }
};

columns columns_of(const task& work, double total) {
    const auto by_hand = [total](const std::string& label, double elements) {
        return column{.label = label,
                      .unit = "ns/instruction",
                      .elements = elements,
                      .iterations = rounds(total, elements),
                      .timed = timing::by_hand};
    };
    double all = 0;
    std::vector<column> programs;
    for (std::size_t i = 0; i != work.programs.size(); ++i) {
        const auto instructions = static_cast<double>(work.instructions[i]);
        programs.push_back(by_hand(std::filesystem::path(work.programs[i].name).stem().string(), instructions));
        programs.back().unit.clear();
        all += instructions;
    }
    columns made{building(work, "ns/node", total), by_hand("compile", static_cast<double>(work.compiled)),
                 by_hand("run", all), by_hand("drop the values", all), std::move(programs)};
    made.read.used.label = "read into used memory";
    made.read.fresh.label = "read into fresh memory";
    made.read.drop.label = "drop the source";
    return made;
}

void judge(columns& made) {
    const std::vector<std::string> freeing{deque_store::name, boost_deque_store::name, stable_vector_store::name,
                                           malloc_store::name};
    std::vector<std::string> pointers = freeing;
    pointers.insert(pointers.end(), {monotonic_store::name, seed_store::name});
    std::vector<std::string> others = pointers;
    others.push_back(vector_store::name);
    made.read.judge_building(
        {seg_store::name, "best store that keeps pointers valid, without tokens and names", pointers, 0.75, alike});
    // A buffer and the seed's list are dropped with their memory, as seg's are: there is nothing to win.
    made.read.drop.targets = {{seg_store::name, "best store on malloc", freeing, 0.05}};
    made.run.targets = {{seg_store::name, "best store", others, 1.0}};
}

} // namespace

std::vector<question> ask_interpreter(const options& chosen) {
    static const task work = prepare(chosen.inputs);
    columns made = columns_of(work, chosen.smoke ? 1 : 1e6);
    for_each_store([&made]<class Store>() { made.add<Store>(work); });
    made.read.add_what_is_alike({alike, [](benchmark::State& s) { find_names(s, work); }});
    judge(made);
    return {
        {.title = "a Lisp interpreter: read, compile, run, drop",
         .text =
             "It reads " + std::to_string(work.files.size()) + " files of real Scheme with " +
             with_commas(work.bytes()) + " bytes, " + with_commas(work.tokens) + " tokens, into " +
             with_commas(work.nodes) +
             " nodes that point at each other; compiles programs to bytecode, each a hundred times; and runs them in "
             "a virtual machine whose arrays, pairs and strings lie in the same store. fresh memory: malloc "
             "had to give everything back, the arena is new. used memory: the same was read and dropped there before. "
             "peak: of what was read.",
         .columns = {made.read.fresh, made.read.used, made.read.drop, made.compile, made.run, made.drop,
                     made.read.peak},
         .decides = 0, // a program's own source is read once
         .in_short = "read " + with_commas(work.nodes) + " nodes of Scheme, fresh memory"},
        {.title = "the programs that the interpreter runs",
         .unit = "ns/instruction",
         .columns = std::move(made.programs),
         .verb = "runs"}};
}

} // namespace bench
