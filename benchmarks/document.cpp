// What does a document of nodes cost: to build while parsing, to walk, to look keys up in, to drop?
//
// The documents are real ones, by default what Debian's iso-codes package installs. The nodes live in the contestant
// and point at each other directly, because they never move; in a std::vector they do, so there they are numbered. The
// text lies in the arena if the contestant has one, in std::string otherwise. Boost.JSON parses and calls a handler.
#include "process.hpp"
#include "report.hpp"

#include <boost/container/deque.hpp>
#include <boost/container/stable_vector.hpp>
#include <boost/json/basic_parser_impl.hpp>
#if __has_include(<boost/container/segtor.hpp>)
#include <boost/container/segtor.hpp>
#define SEG_BENCHMARK_HAS_SEGTOR 1
#endif

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <limits>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

import seg.arena;
import seg.list;

namespace {

constexpr const char* default_folder = "/usr/share/iso-codes/json";

/// The parser calls itself for each level of nesting, so input must not decide how often.
constexpr std::size_t deepest = 4096;

enum class kind : std::uint8_t { null, boolean, integer, natural, real, string, array, object };

// ---- checksum: kinds, keys, text, numbers and structure, in the order of the input

class checksum {
public:
    void number(std::uint64_t n) {
        value_ = (value_ ^ n) * 0x9E3779B97F4A7C15;
        value_ ^= value_ >> 29;
    }
    void text(std::string_view s) {
        number(s.size());
        for (; s.size() >= 8; s.remove_prefix(8)) {
            std::uint64_t word;
            std::memcpy(&word, s.data(), 8);
            number(word);
        }
        std::uint64_t rest = 0;
        for (const char c : s) rest = rest << 8 | static_cast<unsigned char>(c);
        number(rest);
    }
    void node(std::size_t depth, kind k, std::string_view key) {
        number(depth << 8 | static_cast<std::uint64_t>(k));
        text(key);
    }
    std::uint64_t value() const { return value_; }

private:
    std::uint64_t value_ = 0;
};

// ---- input

struct file {
    std::string name;
    std::string text;
};

[[noreturn]] void fail(const std::string& sentence) {
    std::cerr << sentence << "\n";
    std::exit(1);
}

file read(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    file read{path.string(), {std::istreambuf_iterator<char>(in), {}}};
    if (!in) fail(path.string() + " cannot be read.");
    return read;
}

/// A file, or every *.json in a folder, in the order of their names.
void read_input(const std::string& name, std::vector<file>& files) {
    const std::filesystem::path path(name);
    std::error_code failure;
    if (!std::filesystem::exists(path, failure)) fail(name + " does not exist.");
    if (!std::filesystem::is_directory(path, failure)) return files.push_back(read(path));
    std::vector<std::filesystem::path> found;
    for (std::filesystem::directory_iterator it(path, failure), end; !failure && it != end; it.increment(failure))
        if (it->path().extension() == ".json") found.push_back(it->path());
    if (failure) fail(name + " cannot be read: " + failure.message() + ".");
    if (found.empty()) fail("There is no .json file in " + name + ".");
    std::sort(found.begin(), found.end());
    for (const auto& each : found) files.push_back(read(each));
}

std::vector<file> read_inputs(const std::vector<std::string>& names) {
    std::vector<file> files;
    if (names.empty()) {
        if (!std::filesystem::exists(default_folder))
            fail(std::string(default_folder) +
                 " does not exist: install Debian's iso-codes package, or name files or folders of JSON.");
        read_input(default_folder, files);
    }
    for (const std::string& name : names) read_input(name, files);
    return files;
}

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
    if (error) fail(place_in(f, end) + ": " + error.message());
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

    std::uint64_t sum() const { return sum_.value(); }

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

/// A value, and where it is in the document. Direct: nodes point at each other; otherwise they know their numbers.
template <class String, bool Direct> struct node {
    using link = std::conditional_t<Direct, node*, std::uint32_t>;
    static constexpr link none = [] {
        if constexpr (Direct) return nullptr;
        else return std::numeric_limits<std::uint32_t>::max();
    }();

    node(kind k, String&& key_, String&& text_, std::uint64_t number_, link parent_) noexcept
        : key(std::move(key_)), text(std::move(text_)), number(number_), parent(parent_), what(k) {}

    String key;  // of a member, empty for anything else
    String text; // of a string
    std::uint64_t number; // the bits of anything else
    link parent;
    link first_child = none;
    link next_sibling = none;
    kind what;
};

template <class Contestant> class document {
public:
    using memory = typename Contestant::memory;
    using string = typename memory::string;
    using node_type = node<string, Contestant::direct>;
    using link = typename node_type::link;
    using nodes = typename Contestant::template nodes<node_type>;
    static constexpr link none = node_type::none;

    explicit document(memory& m) : memory_(m), nodes_(m.template make<nodes>()) {}

    /// Appends a node behind the sibling before it, or as the first child of its parent.
    link append(kind k, string&& key, string&& text, std::uint64_t number, link parent, link before) {
        link here;
        if constexpr (Contestant::direct) {
            here = &nodes_.emplace_back(k, std::move(key), std::move(text), number, parent);
        } else {
            here = static_cast<link>(nodes_.size());
            nodes_.emplace_back(k, std::move(key), std::move(text), number, parent);
        }
        if (before != none) (*this)[before].next_sibling = here;
        else if (parent != none) (*this)[parent].first_child = here;
        else root_ = here;
        return here;
    }

    string keep(std::string_view s) { return memory_.keep(s); }

    node_type& operator[](link l) { return at(*this, l); }
    const node_type& operator[](link l) const { return at(*this, l); }

    link root() const { return root_; }

    /// The node after l, depth first, and none at the end. depth goes along.
    link next(link l, std::size_t& depth) const {
        const node_type* at = &(*this)[l];
        if (at->first_child != none) return ++depth, at->first_child;
        while (at->next_sibling == none) {
            if (at->parent == none) return none;
            --depth;
            at = &(*this)[at->parent];
        }
        return at->next_sibling;
    }

    std::uint64_t sum() const {
        checksum sum;
        std::size_t depth = 0;
        for (link l = root(); l != none; l = next(l, depth)) {
            const node_type& n = (*this)[l];
            sum.node(depth, n.what, n.key);
            if (n.what == kind::string) sum.text(n.text);
            else if (n.what < kind::string) sum.number(n.number);
        }
        return sum.value();
    }

    /// The member of an object with that key, or none.
    link find(link object, std::string_view key) const {
        link l = (*this)[object].first_child;
        while (l != none && (*this)[l].key != key) l = (*this)[l].next_sibling;
        return l;
    }

private:
    template <class Self> static auto& at(Self& self, link l) {
        if constexpr (Contestant::direct) return *l;
        else return self.nodes_[l];
    }

    memory& memory_;
    nodes nodes_;
    link root_ = none;
};

/// Puts what is parsed into a document.
template <class Contestant> class builder {
    using document_type = document<Contestant>;
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
    link append(kind k, typename document_type::string&& text, std::uint64_t bits) {
        return document_.append(k, std::exchange(key_, {}), std::move(text), bits, parent_, before_);
    }

    document_type& document_;
    typename document_type::string key_;
    link parent_ = document_type::none;
    link before_ = document_type::none;
};

// ---- contestants: a name, a container of nodes, and the memory that nodes and text live in

/// malloc's memory; text in std::string.
struct heap {
    using string = std::string;
    static string keep(std::string_view s) { return string(s); }
    template <class Container> Container make() { return Container(); }
    void reset() {}
};

/// Copies text into a resource that drops everything at once.
template <class Resource> std::string_view keep_in(Resource& resource, std::string_view s) {
    if (s.empty()) return {};
    char* const copy = static_cast<char*>(resource.allocate(s.size(), 1));
    std::memcpy(copy, s.data(), s.size());
    return {copy, s.size()};
}

struct monotonic {
    using string = std::string_view;
    string keep(std::string_view s) { return keep_in(resource, s); }
    template <class Container> Container make() { return Container(&resource); }
    void reset() { resource.release(); }
    std::pmr::monotonic_buffer_resource resource;
};

struct arena {
    using string = std::string_view;
    string keep(std::string_view s) { return keep_in(resource, s); }
    template <class Container> Container make() { return Container(resource); }
    void reset() { resource.reset(); }
    seg::arena resource;
};

struct std_deque {
    static constexpr const char* name = "std::deque";
    static constexpr bool direct = true;
    using memory = heap;
    template <class T> using nodes = std::deque<T>;
};
struct std_deque_monotonic {
    static constexpr const char* name = "std::pmr::deque, monotonic buffer";
    static constexpr bool direct = true;
    using memory = monotonic;
    template <class T> using nodes = std::pmr::deque<T>;
};
struct std_vector {
    static constexpr const char* name = "std::vector, indices";
    static constexpr bool direct = false;
    using memory = heap;
    template <class T> using nodes = std::vector<T>;
};
struct boost_deque {
    static constexpr const char* name = "boost deque";
    static constexpr bool direct = true;
    using memory = heap;
    template <class T> using nodes = boost::container::deque<T>;
};
struct boost_stable_vector {
    static constexpr const char* name = "boost stable_vector";
    static constexpr bool direct = true;
    using memory = heap;
    template <class T> using nodes = boost::container::stable_vector<T>;
};
#ifdef SEG_BENCHMARK_HAS_SEGTOR
struct boost_segtor {
    static constexpr const char* name = "boost segtor";
    static constexpr bool direct = true;
    using memory = heap;
    template <class T> using nodes = boost::container::segtor<T>;
};
#endif
struct seg_list {
    static constexpr const char* name = "seg::list";
    static constexpr bool direct = true;
    using memory = heap;
    template <class T> using nodes = seg::list<T>;
};
struct seg_arena_list {
    static constexpr const char* name = "seg::arena_list";
    static constexpr bool direct = true;
    using memory = arena;
    template <class T> using nodes = seg::arena_list<T>;
};

// ---- what is timed

/// Key to look up in the object with that number, counted in the order of the input.
struct query {
    std::size_t object;
    std::string key;
};

/// What every contestant works on, and what has to come out.
struct task {
    std::vector<file> files;
    std::size_t nodes = 0;
    std::size_t bytes = 0;
    std::size_t objects = 0;
    std::uint64_t seen = 0;
    std::uint64_t sum = 0;
    std::vector<query> queries;
    std::uint64_t found = 0;
};

/// A document and the memory that it lives in.
template <class Contestant> class place {
public:
    void build(const std::vector<file>& files) {
        document_.emplace(memory_);
        builder<Contestant> sink(*document_);
        parse_all(files, sink);
    }
    /// The memory is for the next document.
    void drop() {
        document_.reset();
        memory_.reset();
    }
    const document<Contestant>& get() const { return *document_; }

private:
    typename Contestant::memory memory_;
    std::optional<document<Contestant>> document_;
};

template <class Contestant> auto objects_of(const document<Contestant>& d) {
    std::vector<typename document<Contestant>::link> objects;
    std::size_t depth = 0;
    for (auto l = d.root(); l != d.none; l = d.next(l, depth))
        if (d[l].what == kind::object) objects.push_back(l);
    return objects;
}

/// A query with the objects looked up.
template <class Link> struct request {
    Link object;
    std::string_view key;
};

template <class Contestant> auto requests_for(const document<Contestant>& d, const std::vector<query>& queries) {
    const auto objects = objects_of(d);
    std::vector<request<typename document<Contestant>::link>> requests;
    for (const query& q : queries) requests.push_back({objects[q.object], q.key});
    return requests;
}

template <class Contestant, class Requests>
std::uint64_t look_up(const document<Contestant>& d, const Requests& requests) {
    std::uint64_t sum = 0;
    for (const auto& r : requests) {
        const auto found = d.find(r.object, r.key);
        if (found != d.none) sum = sum * 31 + d[found].text.size() + d[found].number + 1;
    }
    return sum;
}

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

template <class Contestant> void build_warm(benchmark::State& state, const task& work) {
    place<Contestant> p;
    p.build(work.files); // now the memory has been used
    std::uint64_t sum = 0;
    for (auto _ : state) {
        p.drop();
        const bench::stopwatch time;
        p.build(work.files);
        state.SetIterationTime(time.seconds());
        sum = p.get().sum();
    }
    bench::check(state, Contestant::name, sum, work.sum);
}

template <class Contestant> void build_cold(benchmark::State& state, const task& work) {
    std::uint64_t sum = 0;
    for (auto _ : state) {
        bench::return_free_memory();
        place<Contestant> p;
        const bench::stopwatch time;
        p.build(work.files);
        state.SetIterationTime(time.seconds());
        sum = p.get().sum();
    }
    bench::check(state, Contestant::name, sum, work.sum);
}

template <class Contestant> void walk(benchmark::State& state, const task& work) {
    place<Contestant> p;
    p.build(work.files);
    std::uint64_t sum = 0;
    for (auto _ : state) {
        const auto* passed = &p.get();
        bench::hide(passed);
        sum = passed->sum();
        bench::observe(sum);
    }
    bench::check(state, Contestant::name, sum, work.sum);
}

template <class Contestant> void look_up_keys(benchmark::State& state, const task& work) {
    place<Contestant> p;
    p.build(work.files);
    const auto requests = requests_for(p.get(), work.queries);
    std::uint64_t found = 0;
    for (auto _ : state) {
        const auto* passed = &p.get();
        bench::hide(passed);
        found = look_up(*passed, requests);
        bench::observe(found);
    }
    bench::check(state, Contestant::name, found, work.found);
}

template <class Contestant> void drop(benchmark::State& state, const task& work) {
    place<Contestant> p;
    for (auto _ : state) {
        p.build(work.files);
        const bench::stopwatch time;
        p.drop();
        state.SetIterationTime(time.seconds());
    }
}

/// All of it, in memory that was used before.
template <class Contestant> void live(benchmark::State& state, const task& work) {
    place<Contestant> p;
    p.build(work.files);
    p.drop();
    std::uint64_t sum = 0;
    for (auto _ : state) {
        p.build(work.files);
        sum = p.get().sum();
        bench::observe(sum);
        p.drop();
    }
    bench::check(state, Contestant::name, sum, work.sum);
}

/// Gives the memory back too, which only an arena decides by itself.
template <class Contestant> void drop_with_memory(benchmark::State& state, const task& work) {
    for (auto _ : state) {
        std::optional<place<Contestant>> p(std::in_place);
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
    work.files = read_inputs(inputs);
    for (const file& f : work.files) work.bytes += f.text.size();

    counter counted;
    parse_all(work.files, counted);
    work.nodes = counted.nodes();
    work.seen = counted.seen();
    if (work.nodes >= node<std::string, false>::none) fail("These are more nodes than 32-bit indices can tell apart.");

    listener heard;
    parse_all(work.files, heard);
    work.sum = heard.sum();
    return work;
}

/// One key of each object that has members, in random order. What is found is computed from the first contestant and
/// has to be what the others find.
void choose_queries(task& work) {
    place<std_deque> p;
    p.build(work.files);
    const auto& d = p.get();
    const auto objects = objects_of(d);
    work.objects = objects.size();
    std::uint64_t state = 1;
    const auto random_below = [&state](std::size_t n) {
        state = state * 6364136223846793005 + 1442695040888963407;
        return static_cast<std::size_t>((state >> 32) % n);
    };
    for (std::size_t i = 0; i != objects.size(); ++i) {
        std::vector<const std::string*> keys;
        for (auto l = d[objects[i]].first_child; l != d.none; l = d[l].next_sibling) keys.push_back(&d[l].key);
        if (!keys.empty()) work.queries.push_back({i, *keys[random_below(keys.size())]});
    }
    for (std::size_t n = work.queries.size(); n > 1; --n) std::swap(work.queries[n - 1], work.queries[random_below(n)]);
    work.found = look_up(d, requests_for(d, work.queries));
}

class tables {
public:
    tables(const task& work, bool smoke) : work_(work) {
        const auto nodes = static_cast<double>(work.nodes);
        const auto lookups = static_cast<double>(work.queries.size());
        const double total = smoke ? 1 : 3e5;
        const std::int64_t documents = bench::rounds(total, nodes);
        live_ = {.title = "parse, walk and drop", .unit = "ns/node", .elements = nodes, .iterations = documents};
        warm_ = by_hand("parse and build, used memory", nodes, documents);
        cold_ = by_hand("parse and build, fresh memory", nodes, documents);
        walk_ = {.title = "walk",
                 .unit = "ns/node",
                 .elements = nodes,
                 .iterations = bench::rounds(3 * total, nodes)};
        look_up_ = {.title = "look keys up",
                    .unit = "ns/lookup",
                    .elements = lookups,
                    .iterations = bench::rounds(total, lookups)};
        drop_ = by_hand("drop", nodes, documents);
        // There is none for all of it together: parsing and walking, which all do alike, are 0.79 of the best other's
        // time.
        const bench::target build{"real JSON: build a document, without parsing",
                                  seg_arena_list::name,
                                  "best contestant that keeps pointers valid",
                                  {std_deque::name, std_deque_monotonic::name, "boost deque", "boost stable_vector",
                                   "boost segtor"},
                                  0.75,
                                  parser_alone};
        warm_.targets = {build};
        cold_.targets = {build};
    }

    template <class Contestant> void add() {
        const task& work = work_;
        const double peak = bench::peak_memory_of([&work] { (new place<Contestant>)->build(work.files); });
        const std::string name = Contestant::name;
        live_.rows.push_back({name, [&work](benchmark::State& s) { live<Contestant>(s, work); }, {}, peak});
        warm_.rows.push_back({name, [&work](benchmark::State& s) { build_warm<Contestant>(s, work); }, {}, peak});
        cold_.rows.push_back({name, [&work](benchmark::State& s) { build_cold<Contestant>(s, work); }, {}, peak});
        walk_.rows.push_back({name, [&work](benchmark::State& s) { walk<Contestant>(s, work); }, {}, peak});
        look_up_.rows.push_back({name, [&work](benchmark::State& s) { look_up_keys<Contestant>(s, work); }, {}, peak});
        if constexpr (std::is_same_v<typename Contestant::memory, arena>) {
            drop_.rows.push_back(
                {name + ", arena reset", [&work](benchmark::State& s) { drop<Contestant>(s, work); }, {}, peak});
            drop_.rows.push_back({name + ", arena destroyed",
                                  [&work](benchmark::State& s) { drop_with_memory<Contestant>(s, work); }, {}, peak});
        } else {
            drop_.rows.push_back({name, [&work](benchmark::State& s) { drop<Contestant>(s, work); }, {}, peak});
        }
    }

    void add_parser() {
        const task& work = work_;
        const bench::row alone{parser_alone, [&work](benchmark::State& s) { parse_alone(s, work); }};
        warm_.rows.push_back(alone);
        cold_.rows.push_back(alone);
    }

    std::vector<bench::group> groups() && {
        std::vector<bench::group> all{std::move(live_), std::move(warm_), std::move(cold_), std::move(walk_)};
        if (!work_.queries.empty()) all.push_back(std::move(look_up_));
        all.push_back(std::move(drop_));
        return all;
    }

private:
    static bench::group by_hand(const char* title, double nodes, std::int64_t documents) {
        return {.title = title, .unit = "ns/node", .elements = nodes, .iterations = documents, .timed_by_hand = true};
    }

    const task& work_;
    bench::group live_;
    bench::group warm_;
    bench::group cold_;
    bench::group walk_;
    bench::group look_up_;
    bench::group drop_;
};

std::string described(const task& work) {
    std::array<char, 17> sum{};
    std::snprintf(sum.data(), sum.size(), "%016llx", static_cast<unsigned long long>(work.sum));
    return std::to_string(work.files.size()) + " files, " + std::to_string(work.bytes) + " bytes: " +
           std::to_string(work.nodes) + " nodes, of which " + std::to_string(work.objects) +
           " objects; checksum of every contestant " + sum.data() + ".";
}

} // namespace

int main(int argc, char** argv) {
    const bench::options chosen = bench::initialize(argc, argv, 9, true);
    task work = prepare(chosen.inputs);
    choose_queries(work);

    tables made(work, chosen.smoke);
    made.add<std_deque>();
    made.add<std_deque_monotonic>();
    made.add<std_vector>();
    made.add<boost_deque>();
    made.add<boost_stable_vector>();
#ifdef SEG_BENCHMARK_HAS_SEGTOR
    made.add<boost_segtor>();
#endif
    made.add<seg_list>();
    made.add<seg_arena_list>();
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
