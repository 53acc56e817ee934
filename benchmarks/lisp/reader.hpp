// Reads Scheme: text becomes tokens, tokens become nodes that point at each other.
//
// It takes what Guile's own files are written in: lists in round and square brackets, dotted and nested to any depth,
// vectors and byte vectors, strings with escapes, characters, numbers, keywords, quotes of both kinds, and comments of
// all four. A number that is no 64-bit integer stays as it is written.
//
// All of the interpreter is written for any store of stores.hpp. To copy it for one, take seg_store: a link is a
// pointer, many<T> a seg::arena_list<T>, objects<T> memory of the arena itself; syntax[l] is *l, and none is nullptr.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <stdexcept>
#include <system_error>

#include "../inputs.hpp"
#include "../stores.hpp"

namespace lisp {

using bench::link;
using bench::none;
using bench::place_in;
using bench::pool;

/// What is wrong with a program, and where: bytes from the beginning of its text.
struct error : std::runtime_error {
    error(std::size_t at, const std::string& reason) : std::runtime_error(reason), offset(at) {}
    std::size_t offset;
};

// ---- tokens

enum class token : std::uint8_t {
    end,
    open,
    close,
    open_vector, // its text is what stands between # and (
    dot,
    prefix, // its text is the name that it is short for, as quote
    ignore, // #; in front of a datum
    name,
    keyword,
    special, // #!eof and its like
    string,
    character,
    boolean,
    integer,
    number, // any other
};

/// Takes a text apart. Knows nothing of how tokens belong together.
class lexer {
public:
    explicit lexer(std::string_view source) : source_(source) {}

    /// Goes to the next token, and says what it is.
    token next() {
        skip();
        if (at_ == source_.size()) return token::end;
        const char c = source_[at_++];
        switch (c) {
        case '(':
        case '[': return token::open;
        case ')':
        case ']': return token::close;
        case '\'': return prefix("quote");
        case '`': return prefix("quasiquote");
        case ',': return taken('@') ? prefix("unquote-splicing") : prefix("unquote");
        case '"': return string();
        case '#': return hash();
        default: return name_or_number();
        }
    }

    /// Where the token begins.
    std::size_t begin() const { return begin_; }
    /// The bracket that opens or closes, as it is written.
    char bracket() const { return source_[at_ - 1]; }
    /// The token's text, without what says which kind it is. Good until the next token.
    std::string_view text() const { return text_; }
    std::int64_t integer() const { return integer_; }

private:
    enum character_class : std::uint8_t { space = 1, delimiter = 2 };
    static constexpr auto classes = [] {
        std::array<std::uint8_t, 256> of{};
        for (const char c : {' ', '\t', '\n', '\v', '\f', '\r'}) of[static_cast<unsigned char>(c)] = space | delimiter;
        for (const char c : {'(', ')', '[', ']', '"', ';'}) of[static_cast<unsigned char>(c)] = delimiter;
        return of;
    }();
    static bool is_space(char c) { return (classes[static_cast<unsigned char>(c)] & space) != 0; }
    static bool ends_token(char c) { return (classes[static_cast<unsigned char>(c)] & delimiter) != 0; }
    static bool is_digit(char c) { return c >= '0' && c <= '9'; }

    bool taken(char c) {
        if (at_ == source_.size() || source_[at_] != c) return false;
        ++at_;
        return true;
    }
    token prefix(std::string_view name) {
        text_ = name;
        return token::prefix;
    }
    std::string_view rest() const { return source_.substr(at_); }
    /// What is written up to the next delimiter.
    std::string_view word() {
        const std::size_t begin = at_;
        while (at_ != source_.size() && !ends_token(source_[at_])) ++at_;
        return source_.substr(begin, at_ - begin);
    }
    /// Goes behind the end of something that began at begin_.
    void skip_to(std::string_view end, const char* what) {
        const std::size_t found = source_.find(end, at_);
        if (found == source_.npos) throw error(begin_, std::string(what) + " does not end");
        at_ = found + end.size();
    }

    /// Goes over space and comments.
    void skip() {
        for (;;) {
            while (at_ != source_.size() && is_space(source_[at_])) ++at_;
            begin_ = at_;
            if (at_ == source_.size()) return;
            if (source_[at_] == ';') at_ = std::min(source_.find('\n', at_), source_.size());
            else if (source_[at_] != '#') return;
            else if (rest().starts_with("#|")) skip_nested_comment();
            else if (!rest().starts_with("#!") || !skip_directive()) return;
        }
    }
    void skip_nested_comment() {
        std::size_t depth = 1;
        for (at_ += 2; depth != 0;) {
            const std::size_t found = source_.find_first_of("#|", at_);
            if (found == source_.npos || found + 1 == source_.size()) throw error(begin_, "the comment does not end");
            const std::string_view two = source_.substr(found, 2);
            at_ = found + 2;
            if (two == "#|") ++depth;
            else if (two == "|#") --depth;
            else --at_;
        }
    }
    /// #!r6rs and its like are of no concern here, #! something !# is a comment. What stands for an object is a token.
    bool skip_directive() {
        at_ += 2;
        const std::string_view w = word();
        for (const char* const object : {"eof", "default", "optional", "rest", "key", "unspecified"})
            if (w == object) return at_ = begin_, false;
        for (const char* const directive :
             {"r6rs", "fold-case", "no-fold-case", "curly-infix", "curly-infix-and-bracket-lists"})
            if (w == directive) return true;
        at_ = begin_ + 2;
        skip_to("!#", "the comment");
        return true;
    }

    token hash() {
        if (taken(';')) return token::ignore;
        if (taken('\\')) return character();
        if (taken('\'')) return prefix("syntax");
        if (taken('`')) return prefix("quasisyntax");
        if (taken(',')) return taken('@') ? prefix("unsyntax-splicing") : prefix("unsyntax");
        if (taken('{')) {
            const std::size_t begin = at_;
            skip_to("}#", "the name");
            text_ = source_.substr(begin, at_ - 2 - begin);
            return token::name;
        }
        if (taken(':')) {
            text_ = word();
            return token::keyword;
        }
        if (taken('!')) {
            text_ = word();
            return token::special;
        }
        text_ = word();
        if (text_ == "t" || text_ == "true") return integer_ = 1, token::boolean;
        if (text_ == "f" || text_ == "false" || text_ == "nil") return integer_ = 0, token::boolean;
        if (taken('(')) return token::open_vector;
        if (!text_.empty() && std::string_view("xXbBoOdDeEiI*").find(text_[0]) != std::string_view::npos) {
            text_ = source_.substr(begin_, at_ - begin_);
            return token::number;
        }
        throw error(begin_, "# is followed by nothing that is known");
    }

    /// One character whichever it is, and what follows of its name.
    token character() {
        if (at_ == source_.size()) throw error(begin_, "#\\ is followed by no character");
        const std::size_t begin = at_++;
        while (at_ != source_.size() && !ends_token(source_[at_])) ++at_;
        text_ = source_.substr(begin, at_ - begin);
        return token::character;
    }

    token string() {
        const std::size_t begin = at_;
        while (at_ != source_.size() && source_[at_] != '"' && source_[at_] != '\\') ++at_;
        if (taken('"')) {
            text_ = source_.substr(begin, at_ - 1 - begin);
            return token::string;
        }
        unescaped_ = source_.substr(begin, at_ - begin);
        for (;;) {
            if (at_ == source_.size()) throw error(begin_, "the string does not end");
            const char c = source_[at_++];
            if (c == '"') break;
            if (c != '\\') unescaped_ += c;
            else escape();
        }
        text_ = unescaped_;
        return token::string;
    }
    void escape() {
        const std::size_t begin = at_ - 1;
        if (at_ == source_.size()) throw error(begin_, "the string does not end");
        const char c = source_[at_++];
        switch (c) {
        case 'a': unescaped_ += '\a'; break;
        case 'b': unescaped_ += '\b'; break;
        case 'f': unescaped_ += '\f'; break;
        case 'n': unescaped_ += '\n'; break;
        case 'r': unescaped_ += '\r'; break;
        case 't': unescaped_ += '\t'; break;
        case 'v': unescaped_ += '\v'; break;
        case '0': unescaped_ += '\0'; break;
        case 'x': code_point(begin, 2); break;
        case 'u': code_point(begin, 4); break;
        case 'U': code_point(begin, 6); break;
        case '\n': // a line that goes on
            while (at_ != source_.size() && (source_[at_] == ' ' || source_[at_] == '\t')) ++at_;
            break;
        default: // \\ \" \| and what a careless writer escapes
            unescaped_ += c;
        }
    }
    /// That many hexadecimal digits, or any number of them and a semicolon.
    void code_point(std::size_t begin, std::size_t digits) {
        std::uint32_t code = 0;
        const char* const first = source_.data() + at_;
        const char* const last = source_.data() + source_.size();
        if (const auto any = std::from_chars(first, last, code, 16); any.ptr != last && *any.ptr == ';') {
            if (any.ec != std::errc()) throw error(begin, "there is no such character");
            at_ += static_cast<std::size_t>(any.ptr - first) + 1;
        } else {
            const char* const end = first + std::min(digits, static_cast<std::size_t>(last - first));
            if (const auto some = std::from_chars(first, end, code, 16);
                some.ec != std::errc() || static_cast<std::size_t>(some.ptr - first) != digits)
                throw error(begin, "the escape lacks a digit");
            at_ += digits;
        }
        if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) throw error(begin, "there is no such character");
        if (code < 0x80) return void(unescaped_ += static_cast<char>(code));
        const auto tail = [&](int shift) { unescaped_ += static_cast<char>(0x80 | (code >> shift & 0x3F)); };
        if (code < 0x800) return unescaped_ += static_cast<char>(0xC0 | code >> 6), tail(0);
        if (code < 0x10000) return unescaped_ += static_cast<char>(0xE0 | code >> 12), tail(6), tail(0);
        unescaped_ += static_cast<char>(0xF0 | code >> 18), tail(12), tail(6), tail(0);
    }

    token name_or_number() {
        --at_;
        text_ = word();
        if (text_ == ".") return token::dot;
        const bool is_signed = text_[0] == '+' || text_[0] == '-';
        const std::string_view digits = text_.substr(is_signed);
        if (digits.empty() || !(is_digit(digits[0]) || (digits[0] == '.' && digits.size() > 1))) return token::name;
        const char* const last = text_.data() + text_.size();
        const char* const first = text_.data() + (text_[0] == '+');
        if (const auto [end, failed] = std::from_chars(first, last, integer_); end == last && failed == std::errc())
            return token::integer;
        return is_number(digits) ? token::number : token::name;
    }
    /// Whether it is an integer of any length, a fraction or a decimal number.
    static bool is_number(std::string_view s) {
        const auto without_digits = [&s] {
            const std::size_t size = s.size();
            while (!s.empty() && is_digit(s[0])) s.remove_prefix(1);
            return s.size() != size;
        };
        bool some = without_digits();
        if (some && s.starts_with('/')) return s.remove_prefix(1), without_digits() && s.empty();
        if (s.starts_with('.')) s.remove_prefix(1), some = without_digits() || some;
        if (some && (s.starts_with('e') || s.starts_with('E'))) {
            s.remove_prefix(1);
            if (s.starts_with('+') || s.starts_with('-')) s.remove_prefix(1);
            some = without_digits();
        }
        return some && s.empty();
    }

    std::string_view source_;
    std::size_t at_ = 0;
    std::size_t begin_ = 0;
    std::string_view text_;
    std::int64_t integer_ = 0;
    std::string unescaped_;
};

// ---- syntax

enum class kind : std::uint8_t {
    list,
    improper, // its last child stands behind a dot
    vector,   // with a name if something stands between # and (
    name,
    keyword,
    special,
    string,
    character,
    boolean,
    integer,
    number,
};

/// A name, of which there is one for each text. The compiler notes here what it means.
template <class Store> struct name {
    explicit name(typename Store::text&& t) : text(std::move(t)) {}
    typename Store::text text;
    std::uint32_t built_in = 0; ///< 0: nothing
    std::uint32_t global = std::numeric_limits<std::uint32_t>::max();
};

template <class Store> struct node {
    using text = typename Store::text;

    node(kind k, std::size_t at) : offset(static_cast<std::uint32_t>(at)), what(k) {}

    link<Store, node> first_child = none<link<Store, node>>();
    link<Store, node> next_sibling = none<link<Store, node>>();
    union {
        std::int64_t integer = 0;       // boolean, integer
        link<Store, name<Store>> named; // name, keyword, special, vector
        link<Store, text> spelled;      // string, character, number
    };
    std::uint32_t offset;
    kind what;
};

/// What was read: nodes, names, and the text of both.
template <class Store> class syntax {
public:
    using node_link = link<Store, node<Store>>;
    using name_link = link<Store, name<Store>>;
    using text = typename Store::text;

    explicit syntax(Store& store) : store_(store), nodes_(store), names_(store), texts_(store), table_(1024) {}

    node<Store>& operator[](node_link l) { return nodes_[l]; }
    name<Store>& named(name_link l) { return names_[l]; }
    const text& spelled(const node<Store>& n) { return texts_[n.spelled]; }

    node_link add(kind k, std::size_t offset) {
        ++node_count_;
        return nodes_.add(k, offset);
    }
    link<Store, text> add_text(std::string_view s) { return texts_.add(store_.copy(s)); }

    /// The name with that text; the same each time.
    name_link intern(std::string_view s) {
        const std::size_t hash = std::hash<std::string_view>()(s);
        for (std::size_t i = hash;; ++i) {
            slot& found = table_[i & (table_.size() - 1)];
            if (found.there == none<name_link>()) {
                const name_link there = found.there = names_.add(store_.copy(s));
                found.hash = hash;
                if (++size_ * 2 > table_.size()) grow();
                return there;
            }
            if (found.hash == hash && names_[found.there].text == s) return found.there;
        }
    }
    std::size_t names() const { return size_; }
    std::size_t nodes() const { return node_count_; }

private:
    struct slot {
        std::size_t hash = 0;
        name_link there = none<name_link>();
    };

    void grow() {
        std::vector<slot> larger(table_.size() * 2);
        for (const slot& each : table_) {
            if (each.there == none<name_link>()) continue;
            std::size_t i = each.hash;
            while (larger[i & (larger.size() - 1)].there != none<name_link>()) ++i;
            larger[i & (larger.size() - 1)] = each;
        }
        table_.swap(larger);
    }

    template <class T> using many = pool<Store, T, typename Store::template many<T>>;

    Store& store_;
    many<node<Store>> nodes_;
    many<name<Store>> names_;
    many<text> texts_;
    std::vector<slot> table_; // open addressing; a power of two, at most half full
    std::size_t size_ = 0;
    std::size_t node_count_ = 0;
};

/// Turns the tokens of one text into nodes. Nothing here calls itself, so nesting has no limit but memory.
template <class Store> class reader {
    using syntax_type = syntax<Store>;
    using node_link = typename syntax_type::node_link;

public:
    explicit reader(syntax_type& s) : syntax_(s) {}

    /// A list of everything in source. Throws error.
    node_link read(std::string_view source) {
        if (source.size() > std::numeric_limits<std::uint32_t>::max()) throw error(0, "the text is larger than 4 GiB");
        lexer tokens(source);
        open_.clear();
        open(kind::list, 0, {});
        for (;;) {
            const token t = tokens.next();
            const std::size_t at = tokens.begin();
            switch (t) {
            case token::end: return finish();
            case token::open: open(kind::list, at, tokens.bracket() == '(' ? ')' : ']'); break;
            case token::open_vector:
                open(kind::vector, at, ')');
                syntax_[open_.back().node].named = syntax_.intern(tokens.text());
                break;
            case token::prefix:
                open(kind::list, at, for_one);
                append(named(kind::name, at, tokens.text()));
                break;
            case token::ignore: open(kind::list, at, for_none); break;
            case token::close: close(at, tokens.bracket()); break;
            case token::dot: dot(at); break;
            case token::name: add(named(kind::name, at, tokens.text())); break;
            case token::keyword: add(named(kind::keyword, at, tokens.text())); break;
            case token::special: add(named(kind::special, at, tokens.text())); break;
            case token::string: add(spelled(kind::string, at, tokens.text())); break;
            case token::character: add(spelled(kind::character, at, tokens.text())); break;
            case token::number: add(spelled(kind::number, at, tokens.text())); break;
            case token::boolean: add(integer(kind::boolean, at, tokens.integer())); break;
            case token::integer: add(integer(kind::integer, at, tokens.integer())); break;
            }
        }
    }

private:
    /// In place of the bracket that closes a list. for_one: a prefix, closed by the next datum. for_none: #;, closed by
    /// it too, and both are dropped.
    static constexpr char for_one = 1, for_none = 2;

    /// What a list has of a dot and what belongs behind it.
    enum class tail : std::uint8_t { none, missing, there };

    /// A list that has not ended yet.
    struct unfinished {
        node_link node;
        node_link last;
        std::size_t offset;
        char closing;
        tail behind_dot;
    };

    void open(kind k, std::size_t at, char closing) {
        open_.push_back({syntax_.add(k, at), none<node_link>(), at, closing, tail::none});
    }
    node_link named(kind k, std::size_t at, std::string_view s) {
        const node_link made = syntax_.add(k, at);
        syntax_[made].named = syntax_.intern(s);
        return made;
    }
    node_link spelled(kind k, std::size_t at, std::string_view s) {
        const node_link made = syntax_.add(k, at);
        syntax_[made].spelled = syntax_.add_text(s);
        return made;
    }
    node_link integer(kind k, std::size_t at, std::int64_t n) {
        const node_link made = syntax_.add(k, at);
        syntax_[made].integer = n;
        return made;
    }

    /// Makes it the last child of the innermost list.
    void append(node_link made) {
        unfinished& list = open_.back();
        if (list.behind_dot == tail::there) throw error(syntax_[made].offset, "only one may stand behind the dot");
        if (list.behind_dot == tail::missing) list.behind_dot = tail::there;
        if (list.last == none<node_link>()) syntax_[list.node].first_child = made;
        else syntax_[list.last].next_sibling = made;
        list.last = made;
    }
    /// A whole datum, which may be the one that a prefix waits for.
    void add(node_link made) {
        while (open_.back().closing == for_one) {
            append(made);
            made = open_.back().node;
            open_.pop_back();
        }
        if (open_.back().closing == for_none) open_.pop_back();
        else append(made);
    }
    void dot(std::size_t at) {
        unfinished& list = open_.back();
        const bool in_list = list.closing > for_none && syntax_[list.node].what == kind::list;
        if (!in_list || list.last == none<node_link>() || list.behind_dot != tail::none)
            throw error(at, "a dot may not stand here");
        list.behind_dot = tail::missing;
    }
    void close(std::size_t at, char bracket) {
        const unfinished list = open_.back();
        if (open_.size() == 1) throw error(at, "there is nothing to close");
        if (list.closing <= for_none) throw error(list.offset, "nothing follows that belongs to this");
        if (list.closing != bracket)
            throw error(at, std::string("it was opened with the other bracket than ") + bracket);
        if (list.behind_dot == tail::missing) throw error(at, "nothing stands behind the dot");
        if (list.behind_dot == tail::there) syntax_[list.node].what = kind::improper;
        open_.pop_back();
        add(list.node);
    }
    node_link finish() {
        const unfinished& list = open_.back();
        if (open_.size() != 1)
            throw error(list.offset,
                        list.closing <= for_none ? "nothing follows that belongs to this" : "this is not closed");
        return list.node;
    }

    syntax_type& syntax_;
    std::vector<unfinished> open_;
};

} // namespace lisp
