// What does a document of nodes cost: to build while parsing, and to drop?
//
// The documents are real ones, by default what Debian's iso-codes package installs. The nodes live in the contestant
// and point at each other directly, because they never move; in a std::vector they do, so there they are numbered. The
// text lies in the arena if the contestant has one, in std::string otherwise. Boost.JSON parses and calls a handler.
#include "building.hpp"

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

namespace bench {

namespace {

/// The parser calls itself for each level of nesting, so input must not decide how often.
constexpr std::size_t deepest = 4096;

enum class kind : std::uint8_t { null, boolean, integer, natural, real, string, array, object };

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
    if (error) fail(f.name + ":" + place_in(f.text, end) + ": " + error.message());
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
    void key(std::string_view s) { observe(s.data()); }
    void open(kind) { ++nodes_; }
    void close() {}
    void string(std::string_view s) { observe(s.data()), ++nodes_; }
    void number(kind, std::uint64_t bits) { observe(bits), ++nodes_; }

    std::size_t nodes() const { return nodes_; }

private:
    std::size_t nodes_ = 0;
};

// ---- the document

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

/// Nodes in a store. What is parsed into it is appended.
template <class Store> class document {
    using text = typename Store::text;
    using link = bench::link<Store, node<Store>>;
    static constexpr link none = bench::none<link>();

public:
    explicit document(Store& store) : store_(store), nodes_(store) {}

    void key(std::string_view s) { key_ = store_.copy(s); }
    void open(kind k) {
        parent_ = append(k, {}, 0);
        before_ = none;
    }
    void close() {
        before_ = parent_;
        parent_ = nodes_[parent_].parent;
    }
    void string(std::string_view s) { before_ = append(kind::string, store_.copy(s), 0); }
    void number(kind k, std::uint64_t bits) { before_ = append(k, {}, bits); }

    /// Of kinds, keys, text, numbers and structure, depth first.
    checksum sum() {
        checksum sum;
        std::size_t depth = 0;
        for (link l = root_; l != none; l = next(l, depth)) {
            const node<Store>& n = nodes_[l];
            sum.number(depth << 8 | static_cast<std::uint64_t>(n.what));
            sum.text(n.key);
            sum.text(n.text);
            sum.number(n.number);
        }
        return sum;
    }

private:
    /// Behind the sibling before it, or as the first child of its parent.
    link append(kind k, text&& t, std::uint64_t bits) {
        const link here = nodes_.add(k, std::exchange(key_, {}), std::move(t), bits, parent_);
        if (before_ != none) nodes_[before_].next_sibling = here;
        else if (parent_ != none) nodes_[parent_].first_child = here;
        else root_ = here;
        return here;
    }

    /// The node after l, depth first, and none at the end. depth goes along.
    link next(link l, std::size_t& depth) {
        if (nodes_[l].first_child != none) return ++depth, nodes_[l].first_child;
        for (; nodes_[l].next_sibling == none; --depth) {
            l = nodes_[l].parent;
            if (l == none) return none;
        }
        return nodes_[l].next_sibling;
    }

    Store& store_;
    pool<Store, node<Store>, typename Store::template many<node<Store>>> nodes_;
    text key_;
    link root_ = none;
    link parent_ = none;
    link before_ = none;
};

// ---- what is timed

/// A document and the store that it lies in.
template <class Store> class place {
public:
    void build(const std::vector<file>& files) {
        document_.emplace(store_);
        parse_all(files, *document_);
    }
    /// The store is for the next document.
    void drop() {
        document_.reset();
        store_.drop();
    }
    checksum sum() { return document_->sum(); }

private:
    Store store_;
    std::optional<document<Store>> document_;
};

constexpr const char* parser_alone = "(the parser alone)";

void parse_alone(benchmark::State& state, const build_task& work) {
    std::size_t nodes = 0;
    for (auto _ : state) {
        const stopwatch time;
        counter sink;
        parse_all(work.files, sink);
        nodes = sink.nodes();
        state.SetIterationTime(time.seconds());
    }
    check(state, parser_alone, nodes, work.nodes);
}

/// Gives the memory back too, which otherwise waits for the next document.
void drop_with_arena(benchmark::State& state, const build_task& work) {
    for (auto _ : state) {
        std::optional<place<seg_store>> p(std::in_place);
        p->build(work.files);
        const stopwatch time;
        p.reset();
        state.SetIterationTime(time.seconds());
    }
}

// ---- the table

/// Reads everything, and finds out what has to come out.
build_task prepare(const std::vector<std::string>& inputs) {
    build_task work;
    work.files = read_inputs(inputs, ".json", {"/usr/share/iso-codes/json", "iso-codes"});
    counter counted;
    parse_all(work.files, counted);
    work.nodes = counted.nodes();
    if (work.nodes >= std::numeric_limits<std::uint32_t>::max())
        fail("These are more nodes than 32-bit indices can tell apart.");
    place<deque_store> p;
    p.build(work.files);
    work.sum = p.sum();
    return work;
}

} // namespace

std::vector<question> ask_document(const options& chosen) {
    static const build_task work = prepare(chosen.inputs);
    building documents(work, "ns/node", chosen.smoke ? 1 : 3e5);
    for_each_store([&documents]<class Store>() { documents.add<place<Store>>(Store::name); });
    documents.drop.rows.push_back(
        {std::string(seg_store::name) + ", the arena unmapped", [](benchmark::State& s) { drop_with_arena(s, work); }});
    documents.add_what_is_alike({parser_alone, [](benchmark::State& s) { parse_alone(s, work); }});
    documents.used.label = "build in used memory";
    documents.fresh.label = "build in fresh memory";
    documents.judge_building(
        {seg_store::name,
         "best container that keeps pointers valid, without parsing",
         {deque_store::name, monotonic_store::name, boost_deque_store::name, stable_vector_store::name},
         0.75,
         parser_alone});
    return {{.title = "a JSON document: build it and drop it",
             .text = std::to_string(work.files.size()) + " files with " + with_commas(work.bytes()) +
                     " bytes are parsed into a tree of " + with_commas(work.nodes) +
                     " nodes that point at each other. The text lies in the arena or the buffer where there is one, in "
                     "std::string otherwise. used memory: a document was built and dropped there before.",
             .columns = {documents.used, documents.fresh, documents.drop, documents.peak},
             .decides = 0}};
}

} // namespace bench
