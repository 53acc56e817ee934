// What does a document of nodes cost: to build while parsing, and to drop?
//
// The documents are real ones, by default what Debian's iso-codes package installs. The nodes live in the contestant
// and point at each other directly, because they never move; in a std::vector they do, so there they are numbered. The
// text lies in the arena if the contestant has one, in std::string otherwise. Boost.JSON parses and calls a handler.
#include "inputs.hpp"
#include "process.hpp"
#include "report.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "stores.hpp"

namespace {

using bench::file;

/// The parser calls itself for each level of nesting, so input must not decide how often.
constexpr std::size_t deepest = 4096;

enum class kind : std::uint8_t { null, boolean, integer, natural, real, string, array, object };

/// Of kinds, keys, text, numbers and structure, in the order of the input.
struct checksum : bench::checksum {
    void node(std::size_t depth, kind k, std::string_view key) {
        number(depth << 8 | static_cast<std::uint64_t>(k));
        text(key);
    }
};

/// file:line:column, both counted from 1, the column in bytes.
std::string place_in(const file& f, std::size_t offset) {
    const std::string_view before = std::string_view(f.text).substr(0, offset);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t column = offset - (before.rfind('\n') + 1) + 1;
    return f.name + ":" + std::to_string(line) + ":" + std::to_string(column);
}

// ---- parsing

/// What Boost.JSON calls. Puts text together that comes in parts, and passes everything on to a sink.
template <class Sink> class handler {
public:
    using error = boost::system::error_code;
    using view = boost::json::string_view;

    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

    explicit handler(Sink& sink) : sink_(sink) {}

    bool on_document_begin(error&) { return true; }
    bool on_document_end(error&) { return true; }
    bool on_object_begin(error&) { return sink_.open(kind::object), true; }
    bool on_object_end(std::size_t, error&) { return sink_.close(), true; }
    bool on_array_begin(error&) { return sink_.open(kind::array), true; }
    bool on_array_end(std::size_t, error&) { return sink_.close(), true; }
    bool on_key_part(view s, std::size_t, error&) { return part(s); }
    bool on_key(view s, std::size_t n, error&) {
        sink_.key(whole(s, n));
        return true;
    }
    bool on_string_part(view s, std::size_t, error&) { return part(s); }
    bool on_string(view s, std::size_t n, error&) {
        sink_.string(whole(s, n));
        return true;
    }
    bool on_number_part(view, error&) { return true; }
    bool on_int64(std::int64_t n, view, error&) { return number(kind::integer, std::bit_cast<std::uint64_t>(n)); }
    bool on_uint64(std::uint64_t n, view, error&) { return number(kind::natural, n); }
    bool on_double(double n, view, error&) { return number(kind::real, std::bit_cast<std::uint64_t>(n)); }
    bool on_bool(bool b, error&) { return number(kind::boolean, b); }
    bool on_null(error&) { return number(kind::null, 0); }
    bool on_comment_part(view, error&) { return true; }
    bool on_comment(view, error&) { return true; }

private:
    bool number(kind k, std::uint64_t bits) {
        sink_.number(k, bits);
        return true;
    }
    bool part(view s) {
        parts_.append(s.data(), s.size());
        return true;
    }
    /// n bytes of text, of which s are the last. Good until the next part.
    std::string_view whole(view s, std::size_t n) {
        if (s.size() == n) return {s.data(), s.size()};
        if (parts_.size() + s.size() != n) parts_.clear();
        part(s);
        text_.swap(parts_);
        parts_.clear();
        return text_;
    }

    Sink& sink_;
    std::string parts_;
    std::string text_;
};

/// Parses a file into a sink. Ends the program with file:line:column and the reason if it is malformed.
template <class Sink> void parse(const file& f, Sink& sink) {
    boost::json::parse_options options;
    options.max_depth = deepest;
    boost::json::basic_parser<handler<Sink>> parser(options, sink);
    boost::system::error_code error;
    std::size_t end = parser.write_some(false, f.text.data(), f.text.size(), error);
    if (!error) {
        end = std::min(f.text.find_first_not_of(" \t\r\n", end), f.text.size());
        if (end != f.text.size()) error = boost::json::error::extra_data;
    }
    if (error) bench::fail(place_in(f, end) + ": " + error.message());
}

/// All files are the elements of one array.
template <class Sink> void parse_all(const std::vector<file>& files, Sink& sink) {
    sink.open(kind::array);
    for (const file& f : files) parse(f, sink);
    sink.close();
}

/// Only counts: what parsing costs without any document.
class counter {
public:
    void key(std::string_view s) { seen_ += s.size(); }
    void open(kind) { ++nodes_; }
    void close() {}
    void string(std::string_view s) { seen_ += s.size(), ++nodes_; }
    void number(kind, std::uint64_t bits) { seen_ += bits, ++nodes_; }

    std::size_t nodes() const { return nodes_; }
    std::uint64_t seen() const { return seen_; }

private:
    std::size_t nodes_ = 0;
    std::uint64_t seen_ = 0;
};

/// The checksum of what was parsed, without any document: what each contestant's has to be.
class listener {
public:
    void key(std::string_view s) { key_ = s; }
    void open(kind k) { node(k), ++depth_; }
    void close() { --depth_; }
    void string(std::string_view s) { node(kind::string), sum_.text(s); }
    void number(kind k, std::uint64_t bits) { node(k), sum_.number(bits); }

    const checksum& sum() const { return sum_; }

private:
    void node(kind k) {
        sum_.node(depth_, k, key_);
        key_.clear();
    }

    checksum sum_;
    std::size_t depth_ = 0;
    std::string key_;
};

// ---- nodes

/// A value, and where it is in the document.
template <class Store> struct node {
    using text_type = typename Store::text;
    using link = bench::link<Store, node>;

    node(kind k, text_type&& key_, text_type&& text_, std::uint64_t number_, link parent_) noexcept
        : key(std::move(key_)), text(std::move(text_)), number(number_), parent(parent_), what(k) {}

    text_type key;        // of a member, empty for anything else
    text_type text;       // of a string
    std::uint64_t number; // the bits of anything else
    link parent;
    link first_child = bench::none<link>();
    link next_sibling = bench::none<link>();
    kind what;
};

template <class Store> class document {
public:
    using text = typename Store::text;
    using node_type = node<Store>;
    using link = bench::link<Store, node_type>;
    static constexpr link none = bench::none<link>();

    explicit document(Store& store) : store_(store), nodes_(store) {}

    /// Appends a node behind the sibling before it, or as the first child of its parent.
    link append(kind k, text&& key, text&& t, std::uint64_t number, link parent, link before) {
        const link here = nodes_.add(k, std::move(key), std::move(t), number, parent);
        if (before != none) (*this)[before].next_sibling = here;
        else if (parent != none) (*this)[parent].first_child = here;
        else root_ = here;
        return here;
    }

    text keep(std::string_view s) { return store_.copy(s); }

    node_type& operator[](link l) { return nodes_[l]; }

    link root() const { return root_; }

    /// The node after l, depth first, and none at the end. depth goes along.
    link next(link l, std::size_t& depth) {
        const node_type* at = &(*this)[l];
        if (at->first_child != none) return ++depth, at->first_child;
        while (at->next_sibling == none) {
            if (at->parent == none) return none;
            --depth;
            at = &(*this)[at->parent];
        }
        return at->next_sibling;
    }

    checksum sum() {
        checksum sum;
        std::size_t depth = 0;
        for (link l = root(); l != none; l = next(l, depth)) {
            const node_type& n = (*this)[l];
            sum.node(depth, n.what, n.key);
            if (n.what == kind::string) sum.text(n.text);
            else if (n.what < kind::string) sum.number(n.number);
        }
        return sum;
    }

private:
    Store& store_;
    bench::pool<Store, node_type, typename Store::template many<node_type>> nodes_;
    link root_ = none;
};

/// Puts what is parsed into a document.
template <class Store> class builder {
    using document_type = document<Store>;
    using link = typename document_type::link;

public:
    explicit builder(document_type& d) : document_(d) {}

    void key(std::string_view s) { key_ = document_.keep(s); }
    void open(kind k) {
        parent_ = append(k, {}, 0);
        before_ = document_type::none;
    }
    void close() {
        before_ = parent_;
        parent_ = document_[parent_].parent;
    }
    void string(std::string_view s) { before_ = append(kind::string, document_.keep(s), 0); }
    void number(kind k, std::uint64_t bits) { before_ = append(k, {}, bits); }

private:
    link append(kind k, typename document_type::text&& text, std::uint64_t bits) {
        return document_.append(k, std::exchange(key_, {}), std::move(text), bits, parent_, before_);
    }

    document_type& document_;
    typename document_type::text key_;
    link parent_ = document_type::none;
    link before_ = document_type::none;
};

// ---- what is timed

/// What every contestant works on, and what has to come out.
struct task {
    std::vector<file> files;
    std::size_t nodes = 0;
    std::size_t bytes = 0;
    std::uint64_t seen = 0;
    checksum sum;
};

/// A document and the store that it lies in.
template <class Store> class place {
public:
    void build(const std::vector<file>& files) {
        document_.emplace(store_);
        builder<Store> sink(*document_);
        parse_all(files, sink);
    }
    /// The store is for the next document.
    void drop() {
        document_.reset();
        store_.drop();
    }
    document<Store>& get() { return *document_; }

private:
    Store store_;
    std::optional<document<Store>> document_;
};

constexpr const char* parser_alone = "(the parser alone)";

void parse_alone(benchmark::State& state, const task& work) {
    std::uint64_t seen = 0;
    for (auto _ : state) {
        const bench::stopwatch time;
        counter sink;
        parse_all(work.files, sink);
        seen = sink.seen();
        state.SetIterationTime(time.seconds());
    }
    bench::check(state, "the parser alone", seen, work.seen);
}

template <class Store> void build_warm(benchmark::State& state, const task& work) {
    place<Store> p;
    p.build(work.files); // now the memory has been used
    std::uint64_t sum = 0;
    for (auto _ : state) {
        p.drop();
        const bench::stopwatch time;
        p.build(work.files);
        state.SetIterationTime(time.seconds());
        sum = p.get().sum().value();
    }
    bench::check(state, Store::name, sum, work.sum.value());
}

template <class Store> void build_cold(benchmark::State& state, const task& work) {
    std::uint64_t sum = 0;
    for (auto _ : state) {
        bench::return_free_memory();
        place<Store> p;
        const bench::stopwatch time;
        p.build(work.files);
        state.SetIterationTime(time.seconds());
        sum = p.get().sum().value();
    }
    bench::check(state, Store::name, sum, work.sum.value());
}

template <class Store> void drop(benchmark::State& state, const task& work) {
    place<Store> p;
    for (auto _ : state) {
        p.build(work.files);
        const bench::stopwatch time;
        p.drop();
        state.SetIterationTime(time.seconds());
    }
}

/// Gives the memory back too, which only an arena decides by itself.
template <class Store> void drop_with_memory(benchmark::State& state, const task& work) {
    for (auto _ : state) {
        std::optional<place<Store>> p(std::in_place);
        p->build(work.files);
        const bench::stopwatch time;
        p.reset();
        state.SetIterationTime(time.seconds());
    }
}

// ---- the tables

/// Reads everything, and computes without any contestant what has to come out.
task prepare(const std::vector<std::string>& inputs) {
    task work;
    work.files = bench::read_inputs(inputs, ".json", {"/usr/share/iso-codes/json", "iso-codes"});
    for (const file& f : work.files) work.bytes += f.text.size();

    counter counted;
    parse_all(work.files, counted);
    work.nodes = counted.nodes();
    work.seen = counted.seen();
    if (work.nodes >= std::numeric_limits<std::uint32_t>::max()) bench::fail("These are more nodes than 32-bit indices can tell apart.");

    listener heard;
    parse_all(work.files, heard);
    work.sum = heard.sum();
    return work;
}

class tables {
public:
    tables(const task& work, bool smoke) : work_(work) {
        const auto nodes = static_cast<double>(work.nodes);
        const double total = smoke ? 1 : 3e5;
        const std::int64_t documents = bench::rounds(total, nodes);
        warm_ = by_hand("parse and build, used memory", nodes, documents);
        cold_ = by_hand("parse and build, fresh memory", nodes, documents);
        drop_ = by_hand("drop", nodes, documents);
        const bench::target build{"real JSON: build a document, without parsing",
                                  bench::seg_store::name,
                                  "best container that keeps pointers valid",
                                  {bench::deque_store::name, bench::monotonic_store::name,
                                   bench::boost_deque_store::name, bench::stable_vector_store::name},
                                  0.75,
                                  parser_alone};
        warm_.targets = {build};
        cold_.targets = {build};
    }

    template <class Store> void add() {
        const task& work = work_;
        const double peak = bench::peak_memory_of([&work] { (new place<Store>)->build(work.files); });
        const std::string name = Store::name;
        warm_.rows.push_back({name, [&work](benchmark::State& s) { build_warm<Store>(s, work); }, {}, peak});
        cold_.rows.push_back({name, [&work](benchmark::State& s) { build_cold<Store>(s, work); }, {}, peak});
        drop_.rows.push_back({name, [&work](benchmark::State& s) { drop<Store>(s, work); }, {}, peak});
        if constexpr (std::is_same_v<Store, bench::seg_store>)
            drop_.rows.push_back({name + ", the arena destroyed",
                                  [&work](benchmark::State& s) { drop_with_memory<Store>(s, work); }, {}, peak});
    }

    void add_parser() {
        const task& work = work_;
        const bench::row alone{parser_alone, [&work](benchmark::State& s) { parse_alone(s, work); }};
        warm_.rows.push_back(alone);
        cold_.rows.push_back(alone);
    }

    std::vector<bench::group> groups() && {
        return {std::move(warm_), std::move(cold_), std::move(drop_)};
    }

private:
    static bench::group by_hand(const char* title, double nodes, std::int64_t documents) {
        return {.title = title, .unit = "ns/node", .elements = nodes, .iterations = documents, .timed_by_hand = true};
    }

    const task& work_;
    bench::group warm_;
    bench::group cold_;
    bench::group drop_;
};

std::string described(const task& work) {
    return std::to_string(work.files.size()) + " files, " + std::to_string(work.bytes) + " bytes: " +
           std::to_string(work.nodes) + " nodes; checksum of every contestant " + work.sum.shown() + ".";
}

} // namespace

int main(int argc, char** argv) {
    const bench::options chosen = bench::initialize(argc, argv, 9, true);
    const task work = prepare(chosen.inputs);

    tables made(work, chosen.smoke);
    made.add<bench::deque_store>();
    made.add<bench::monotonic_store>();
    made.add<bench::vector_store>();
    made.add<bench::boost_deque_store>();
    made.add<bench::stable_vector_store>();
    made.add<bench::malloc_store>();
    made.add<bench::seed_store>();
    made.add<bench::seg_heap_store>();
    made.add<bench::seg_store>();
    made.add_parser();
    return bench::run(
        chosen,
        {
            described(work),
            "Medians of the CPU times of several rounds in random order. ratio: the time divided by that of",
            "std::deque, the first row; below 1 is faster. peak memory: of nodes and text while they are built. The",
            "text lies in the arena or the monotonic buffer where there is one, in std::string otherwise. used memory:",
            "a document was built and dropped there before. fresh memory: malloc had to give everything back, the",
            "arena is new.",
        },
        std::move(made).groups());
}
