// Turns syntax into bytecode for the machine.
//
// The language is a small part of Scheme, with arrays: define, lambda, let, let*, set!, if, cond, and, or, when,
// unless, begin, while, quote; integers of 64 bits, strings of bytes, booleans, names, pairs, arrays, functions. (array
// hint) makes an empty array with memory for so many elements; a hint of 0, or none, stands for "nobody knows". What
// differs from Scheme:
//
// - A function copies the variables of the functions around it that it uses. Such a variable cannot be set!, on either side.
// - A definition in a body is a local variable, known from there on and to the function that it may define.
// - Arithmetic takes two values or more, a comparison two. A function has a fixed number of arguments.
// - set!, while and a branch that is missing give (), which is true. array-push!, array-set!, set-car! and set-cdr! give
//   what they change; display gives what it shows.
//
// Everything is an expression and leaves one value on the stack. A local variable is a place on the stack, counted from
// the first argument; the compiler knows at every instruction how many values lie there.
#pragma once

#include <iterator>

#include "reader.hpp"

namespace lisp {

// ---- values

enum class type : std::uint8_t { undefined, nil, boolean, integer, string, symbol, pair, array, function, closure };

inline const char* described(type t) {
    constexpr const char* names[] = {"nothing", "the empty list", "a boolean", "an integer", "a string",
                                     "a name",  "a pair",         "an array",  "a function", "a function"};
    return names[static_cast<std::size_t>(t)];
}

template <class Store> struct pair;

/// What a variable or an element holds. An array is a list of values of its own.
template <class Store> struct value {
    using text = typename Store::text;
    using array_type = typename Store::template array<value>;

    value() = default;
    value(type t, std::int64_t n) : integer(n), what(t) {}
    static value of_string(link<Store, text> l) { return with(type::string, &value::string, l); }
    static value of_symbol(link<Store, name<Store>> l) { return with(type::symbol, &value::symbol, l); }
    static value of_pair(link<Store, pair<Store>> l) { return with(type::pair, &value::pair, l); }
    static value of_array(link<Store, array_type> l) { return with(type::array, &value::array, l); }

    bool is_true() const { return what != type::boolean || integer != 0; }

    union {
        std::int64_t integer = 0; // boolean, integer; a function's number
        link<Store, text> string;
        link<Store, name<Store>> symbol;
        link<Store, lisp::pair<Store>> pair;
        link<Store, array_type> array; // of a closure: the function, and what it has copied
    };
    type what = type::undefined;

private:
    template <class Link> static value with(type t, Link value::* member, Link l) {
        value v;
        v.what = t;
        v.*member = l;
        return v;
    }
};

template <class Store> struct pair {
    value<Store> first;
    value<Store> second;
};

/// Where values live that are more than a number.
template <class Store> class heap {
public:
    using value = lisp::value<Store>;
    using text = typename Store::text;
    using array_type = typename value::array_type;

    explicit heap(Store& store) : store_(store), strings_(store), pairs_(store), arrays_(store) {}

    value add_string(text&& t) { return value::of_string(strings_.add(std::move(t))); }
    value add_pair(const value& a, const value& b) { return value::of_pair(pairs_.add(lisp::pair<Store>{a, b})); }
    /// An empty array with memory for so many elements.
    value add_array(std::size_t hint) {
        const value made = value::of_array(arrays_.add(store_.template make<array_type>()));
        if constexpr (requires(array_type& a) { a.reserve(hint); })
            if (hint != 0) arrays_[made.array].reserve(hint);
        return made;
    }

    text& string(const value& v) { return strings_[v.string]; }
    lisp::pair<Store>& pair(const value& v) { return pairs_[v.pair]; }
    array_type& array(const value& v) { return arrays_[v.array]; }
    Store& store() { return store_; }

private:
    template <class T> using objects = pool<Store, T, typename Store::template objects<T>>;

    Store& store_;
    objects<text> strings_;
    objects<lisp::pair<Store>> pairs_;
    objects<array_type> arrays_;
};

// ---- bytecode

// clang-format off
enum class op : std::uint8_t {
    // push a value: ... -> ... v
    constant, // number of the constant
    integer,  // the integer
    boolean,  // 0 or 1
    nil,
    local,    // place
    captured, // place
    self,     // the function that runs
    global,   // number
    // take the uppermost one away or put it elsewhere
    pop,
    slide, // slide n: ... x1 to xn v -> ... v
    set_local,
    set_global,
    // go on elsewhere: number of the instruction
    jump,
    jump_if_false,
    jump_if_true,
    jump_if_false_else_pop,
    jump_if_true_else_pop,
    // functions
    closure,   // closure n: ... f x1 to xn -> ... a closure of f, which has copied these
    call,      // call n: ... f x1 to xn -> ... what f returns
    tail_call, // the same in place of what the function that runs returns
    leave,
    stop,
    // built in: their arguments are the uppermost values
    add, subtract, multiply, quotient, remainder,
    equal, less, greater, at_most, at_least,
    same, negate,
    cons, first, rest, set_first, set_rest, is_nil, is_pair,
    array, array_push, array_pop, array_at, array_set, array_size,
    join, string_size, to_string,
    display, newline,
};
// clang-format on

struct instruction {
    op what;
    std::int32_t operand;
};

/// The most values that one function may have on the stack, its arguments included. The machine looks once a call
/// whether there is room for them.
inline constexpr std::size_t most_values = 1 << 12;

struct function {
    std::size_t entry; // its first instruction
    std::size_t arguments;
};

/// What the machine runs.
template <class Store> struct program {
    explicit program(Store& store)
        : values(store),
          constants(store.template make<array>()),
          functions(store.template make<typename Store::template array<function>>()),
          code(store.template make<typename Store::template code<instruction>>()),
          places(store.template make<typename Store::template code<std::uint32_t>>()) {}

    using array = typename value<Store>::array_type;

    heap<Store> values;
    array constants;
    typename Store::template array<function> functions;
    typename Store::template code<instruction> code;
    typename Store::template code<std::uint32_t> places; // of each instruction: its offset in the text
    std::size_t globals = 0;
};

// ---- forms and functions that the language has

// clang-format off
enum class form : std::uint8_t { operation, define, lambda, let, let_star, set, if_, cond, and_, or_, when, unless, begin,
                                 while_, quote, else_ };
// clang-format on

/// A name that the compiler knows. Of an operation also its instruction, and how many arguments that takes.
struct built_in {
    const char* text;
    form what;
    op instruction = op::stop;
    std::size_t arguments = 0;
};

inline constexpr built_in built_ins[] = {
    {"define", form::define},
    {"lambda", form::lambda},
    {"let", form::let},
    {"let*", form::let_star},
    {"set!", form::set},
    {"if", form::if_},
    {"cond", form::cond},
    {"else", form::else_},
    {"and", form::and_},
    {"or", form::or_},
    {"when", form::when},
    {"unless", form::unless},
    {"begin", form::begin},
    {"while", form::while_},
    {"quote", form::quote},
    {"+", form::operation, op::add, 2},
    {"-", form::operation, op::subtract, 2},
    {"*", form::operation, op::multiply, 2},
    {"quotient", form::operation, op::quotient, 2},
    {"remainder", form::operation, op::remainder, 2},
    {"=", form::operation, op::equal, 2},
    {"<", form::operation, op::less, 2},
    {">", form::operation, op::greater, 2},
    {"<=", form::operation, op::at_most, 2},
    {">=", form::operation, op::at_least, 2},
    {"eq?", form::operation, op::same, 2},
    {"not", form::operation, op::negate, 1},
    {"cons", form::operation, op::cons, 2},
    {"car", form::operation, op::first, 1},
    {"cdr", form::operation, op::rest, 1},
    {"set-car!", form::operation, op::set_first, 2},
    {"set-cdr!", form::operation, op::set_rest, 2},
    {"null?", form::operation, op::is_nil, 1},
    {"pair?", form::operation, op::is_pair, 1},
    {"array", form::operation, op::array, 1},
    {"array-push!", form::operation, op::array_push, 2},
    {"array-pop!", form::operation, op::array_pop, 1},
    {"array-ref", form::operation, op::array_at, 2},
    {"array-set!", form::operation, op::array_set, 3},
    {"array-length", form::operation, op::array_size, 1},
    {"string-append", form::operation, op::join, 2},
    {"string-length", form::operation, op::string_size, 1},
    {"number->string", form::operation, op::to_string, 1},
    {"display", form::operation, op::display, 1},
    {"newline", form::operation, op::newline, 0},
};

// ---- the compiler

template <class Store> class compiler {
    using syntax_type = syntax<Store>;
    using node_link = typename syntax_type::node_link;
    using name_link = typename syntax_type::name_link;

public:
    compiler(syntax_type& s, program<Store>& p) : syntax_(s), program_(p) {
        for (std::uint32_t i = 0; i != std::size(built_ins); ++i)
            syntax_.named(syntax_.intern(built_ins[i].text)).built_in = i + 1;
    }

    /// Appends everything in the list to the program: it runs after what was compiled before. Throws error; then
    /// neither the program nor this compiler can be used again.
    void compile(node_link list) {
        scope top;
        innermost_ = &top;
        if (program_.code.size() != 0) { // the stop behind what was compiled before
            program_.code.pop_back();
            program_.places.pop_back();
        }
        for (parts all(*this, list); all.more();) top_level(all.take());
        emit(op::stop, 0, list);
        for (const global& each : globals_)
            if (!each.is_defined) throw error(each.first_use, "nothing is called " + text_of(each.name));
        program_.globals = globals_.size();
    }

private:
    struct global {
        name_link name;
        std::size_t first_use;
        bool is_defined;
    };

    /// A local variable, or a captured one: where the function that runs finds its value.
    struct variable {
        name_link name;
        std::size_t place;
        bool is_set = false;
        bool is_captured = false; // by another function
    };

    /// A function that is being compiled.
    struct scope {
        scope* outer = nullptr;
        name_link own_name = none<name_link>();
        std::vector<variable> locals = {};
        std::vector<variable> captures = {}; // copies of what the functions around it have
        std::size_t depth = 0;               // values on the stack from its first argument on
    };

    /// Goes through the children of a list. A copy goes on by itself.
    class parts {
    public:
        parts(compiler& c, node_link list) : compiler_(c), list_(list), next_(c.syntax_[list].first_child) {
            if (c.syntax_[list].what != kind::list) c.fail(list, "here has to be a list");
        }
        bool more() const { return next_ != none<node_link>(); }
        node_link take() {
            if (!more()) compiler_.fail(list_, "this is not complete");
            return std::exchange(next_, compiler_.syntax_[next_].next_sibling);
        }
        void end() const {
            if (more()) compiler_.fail(next_, "this is one too many");
        }

    private:
        compiler& compiler_;
        node_link list_;
        node_link next_;
    };

    /// The C++ functions call each other as deeply as forms are nested: one of these lives in each that does.
    class nesting {
    public:
        nesting(compiler& c, node_link at) : compiler_(c) {
            if (c.nested_ == deepest) c.fail(at, "this is nested too deeply");
            ++c.nested_;
        }
        nesting(const nesting&) = delete;
        ~nesting() { --compiler_.nested_; }

    private:
        static constexpr std::size_t deepest = 1000;

        compiler& compiler_;
    };

    [[noreturn]] void fail(node_link at, const std::string& reason) { throw error(syntax_[at].offset, reason); }
    std::string text_of(name_link n) { return std::string(syntax_.named(n).text); }
    std::size_t& depth() { return innermost_->depth; }

    std::size_t emit(op what, std::size_t operand, node_link at) {
        if (operand > std::numeric_limits<std::int32_t>::max()) fail(at, "the program is too large");
        return emit_signed(what, static_cast<std::int32_t>(operand), at);
    }
    std::size_t emit_signed(op what, std::int32_t operand, node_link at) {
        if (depth() > most_values) fail(at, "these are too many values at once");
        program_.code.push_back({what, operand});
        program_.places.push_back(syntax_[at].offset);
        return program_.code.size() - 1;
    }
    /// Lets a jump lead to what is emitted next.
    void land(std::size_t jump) {
        if (program_.code.size() > std::numeric_limits<std::int32_t>::max()) throw error(0, "the program is too large");
        program_.code[jump].operand = static_cast<std::int32_t>(program_.code.size());
    }
    std::size_t add_constant(const value<Store>& v) {
        program_.constants.push_back(v);
        return program_.constants.size() - 1;
    }

    // ---- names

    name_link name_at(node_link n) {
        if (syntax_[n].what != kind::name) fail(n, "here has to be a name");
        return syntax_[n].named;
    }
    /// One that may be given to a variable.
    name_link new_name_at(node_link n) {
        const name_link found = name_at(n);
        if (syntax_.named(found).built_in != 0) fail(n, text_of(found) + " is built in");
        return found;
    }
    /// What the compiler knows by that name; null if it is no such name.
    const built_in* known(node_link n) {
        if (syntax_[n].what != kind::name) return nullptr;
        const std::uint32_t number = syntax_.named(syntax_[n].named).built_in;
        return number == 0 ? nullptr : &built_ins[number - 1];
    }
    bool is(form what, node_link n) {
        const built_in* const found = known(n);
        return found != nullptr && found->what == what;
    }
    /// Whether it is a list that begins with the name of that form.
    bool begins_with(form what, node_link n) {
        if (syntax_[n].what != kind::list) return false;
        const node_link head = syntax_[n].first_child;
        return head != none<node_link>() && is(what, head);
    }

    static variable* find(std::vector<variable>& among, name_link n) {
        for (std::size_t i = among.size(); i != 0; --i)
            if (among[i - 1].name == n) return &among[i - 1];
        return nullptr;
    }
    /// The copy that s has of a variable of the functions around it; null if there is no such variable.
    variable* find_captured(scope& s, name_link n, node_link at) {
        if (variable* const found = find(s.captures, n)) return found;
        if (s.outer == nullptr) return nullptr;
        variable* const original = find(s.outer->locals, n);
        if (original == nullptr && s.outer->own_name != n && find_captured(*s.outer, n, at) == nullptr) return nullptr;
        if (original != nullptr) {
            if (original->is_set) fail(at, text_of(n) + " is set!, and so cannot be copied into a function");
            original->is_captured = true;
        }
        s.captures.push_back({n, s.captures.size()});
        return &s.captures.back();
    }
    std::size_t number_of_global(name_link n, node_link at) {
        auto& number = syntax_.named(n).global; // may be of another program's compiler
        if (number >= globals_.size() || globals_[number].name != n) {
            number = static_cast<std::uint32_t>(globals_.size());
            globals_.push_back({n, syntax_[at].offset, false});
        }
        return number;
    }

    void push_variable(name_link n, node_link at) {
        ++depth();
        scope& s = *innermost_;
        // Of two with the same name the younger one is meant.
        if (const variable* const found = find(s.locals, n)) return void(emit(op::local, found->place, at));
        if (s.own_name == n) return void(emit(op::self, 0, at));
        if (const variable* const found = find_captured(s, n, at)) return void(emit(op::captured, found->place, at));
        if (syntax_.named(n).built_in != 0) fail(at, text_of(n) + " is built in, and no value");
        emit(op::global, number_of_global(n, at), at);
    }
    /// Pops the value into the variable.
    void set_variable(name_link n, node_link at) {
        scope& s = *innermost_;
        if (variable* const found = find(s.locals, n)) {
            if (found->is_captured) fail(at, text_of(n) + " has been copied into a function, and so cannot be set!");
            found->is_set = true;
            emit(op::set_local, found->place, at);
        } else if (s.own_name == n || find_captured(s, n, at) != nullptr) {
            fail(at, text_of(n) + " is a copy, and so cannot be set!");
        } else {
            emit(op::set_global, number_of_global(n, at), at);
        }
        --depth();
    }

    // ---- definitions

    /// Something in no function: a definition, several in a begin, or an expression, whose value nobody takes.
    void top_level(node_link n) {
        const nesting guard(*this, n);
        if (begins_with(form::begin, n)) {
            parts all(*this, n);
            for (all.take(); all.more();) top_level(all.take());
            return;
        }
        if (begins_with(form::define, n)) {
            const definition d = definition_at(n);
            const std::size_t number = number_of_global(d.name, n);
            // The function finds itself by its global, which may be set!.
            push_defined(d, n, none<name_link>());
            globals_[number].is_defined = true;
            emit(op::set_global, number, n);
        } else {
            expression(n, false);
            emit(op::pop, 0, n);
        }
        --depth();
    }

    /// (define name value) or (define (name argument...) form...)
    struct definition {
        name_link name;
        node_link target;
        parts rest;
    };
    definition definition_at(node_link n) {
        parts all(*this, n);
        all.take();
        const node_link target = all.take();
        const bool is_function = syntax_[target].what == kind::list;
        return {new_name_at(is_function ? parts(*this, target).take() : target), target, all};
    }
    /// own_name: what the function calls itself, if it is one
    void push_defined(definition d, node_link n, name_link own_name) {
        if (syntax_[d.target].what == kind::list) {
            parts arguments(*this, d.target);
            arguments.take();
            return function_value(own_name, arguments, d.rest, n);
        }
        const node_link given = d.rest.take();
        d.rest.end();
        if (!begins_with(form::lambda, given)) return expression(given, false);
        parts all(*this, given);
        all.take();
        const node_link arguments = all.take();
        function_value(own_name, parts(*this, arguments), all, given);
    }

    /// Several forms, of which the last one's value counts. A definition makes a local variable.
    void body(node_link n, parts all, bool tail) {
        const std::size_t before = innermost_->locals.size();
        for (;;) {
            const node_link each = all.take();
            if (begins_with(form::define, each)) {
                const definition d = definition_at(each);
                push_defined(d, each, d.name);
                innermost_->locals.push_back({d.name, depth() - 1});
                if (!all.more()) fail(each, "a definition is not the last in a body");
                continue;
            }
            expression(each, tail && !all.more());
            if (!all.more()) break;
            emit(op::pop, 0, each);
            --depth();
        }
        leave_locals(before, n);
    }
    /// Takes the youngest local variables away from below the uppermost value.
    void leave_locals(std::size_t remaining, node_link n) {
        const std::size_t count = innermost_->locals.size() - remaining;
        if (count == 0) return;
        emit(op::slide, count, n);
        depth() -= count;
        innermost_->locals.resize(remaining);
    }

    // ---- functions

    void function_value(name_link own_name, parts arguments, parts forms, node_link n) {
        scope s{.outer = innermost_, .own_name = own_name};
        while (arguments.more()) add_argument(s, arguments.take());
        function_value(s, forms, n);
    }
    void add_argument(scope& s, node_link at) {
        const name_link n = new_name_at(at);
        if (s.depth == most_values) fail(at, "these are too many values at once");
        if (find(s.locals, n) != nullptr) fail(at, text_of(n) + " is an argument already");
        s.locals.push_back({n, s.depth++});
    }
    /// s has its arguments.
    void function_value(scope& s, parts forms, node_link n) {
        const nesting guard(*this, n);
        const std::size_t over = emit(op::jump, 0, n);
        program_.functions.push_back({program_.code.size(), s.depth});
        const auto number = static_cast<std::int64_t>(program_.functions.size() - 1);
        innermost_ = &s;
        body(n, forms, true);
        emit(op::leave, 0, n);
        innermost_ = s.outer;
        land(over);

        emit(op::constant, add_constant({type::function, number}), n);
        ++depth();
        for (const variable& each : s.captures) push_variable(each.name, n);
        if (s.captures.empty()) return;
        emit(op::closure, s.captures.size(), n);
        depth() -= s.captures.size();
    }

    // ---- expressions: each leaves one value on the stack. tail: the function's value is this one's

    void expression(node_link n, bool tail) {
        const nesting guard(*this, n);
        switch (syntax_[n].what) {
        case kind::name: return push_variable(syntax_[n].named, n);
        case kind::list: return call_or_form(n, tail);
        default: literal(n);
        }
    }

    void literal(node_link at) {
        ++depth();
        const node<Store>& n = syntax_[at];
        if (n.what == kind::boolean) emit(op::boolean, static_cast<std::size_t>(n.integer), at);
        else if (n.what == kind::integer && n.integer == static_cast<std::int32_t>(n.integer))
            emit_signed(op::integer, static_cast<std::int32_t>(n.integer), at);
        else emit(op::constant, add_constant(quoted(at)), at);
    }
    void push_nil(node_link at) {
        emit(op::nil, 0, at);
        ++depth();
    }
    /// The value of what is written.
    value<Store> quoted(node_link at) {
        const nesting guard(*this, at);
        const node<Store>& n = syntax_[at];
        switch (n.what) {
        case kind::boolean: return {type::boolean, n.integer};
        case kind::integer: return {type::integer, n.integer};
        case kind::name: return value<Store>::of_symbol(n.named);
        case kind::string: return program_.values.add_string(program_.values.store().copy(syntax_.spelled(n)));
        case kind::list: return quoted_list(n.first_child);
        default: fail(at, "the language has no such values");
        }
    }
    value<Store> quoted_list(node_link first) {
        value<Store> list(type::nil, 0), last;
        for (node_link each = first; each != none<node_link>(); each = syntax_[each].next_sibling) {
            const value<Store> added = program_.values.add_pair(quoted(each), {type::nil, 0});
            if (last.what == type::pair) program_.values.pair(last).second = added;
            else list = added;
            last = added;
        }
        return list;
    }

    void call_or_form(node_link n, bool tail) {
        parts all(*this, n);
        if (!all.more()) return push_nil(n);
        const node_link head = all.take();
        if (const built_in* const found = known(head)) return built_in_form(*found, n, all, tail);
        expression(head, false);
        std::size_t count = 0;
        for (; all.more(); ++count) expression(all.take(), false);
        call(count, n, tail);
    }
    /// The function and so many arguments lie on the stack.
    void call(std::size_t arguments, node_link n, bool tail) {
        emit(tail ? op::tail_call : op::call, arguments, n);
        depth() -= arguments;
    }

    void built_in_form(const built_in& b, node_link n, parts all, bool tail) {
        switch (b.what) {
        case form::operation: return operation(b, n, all);
        case form::define: fail(n, "a definition stands in a body only");
        case form::lambda: {
            const node_link arguments = all.take();
            return function_value(none<name_link>(), parts(*this, arguments), all, n);
        }
        case form::let: return let(n, all, tail);
        case form::let_star: return let_bound(bound::in_turn, n, all.take(), all, tail);
        case form::set: return set(n, all);
        case form::if_: return if_else(n, all, tail);
        case form::cond: return cond(n, all, tail);
        case form::and_: return until(op::jump_if_false_else_pop, n, all, tail);
        case form::or_: return until(op::jump_if_true_else_pop, n, all, tail);
        case form::when: return body_unless(op::jump_if_false, n, all, tail);
        case form::unless: return body_unless(op::jump_if_true, n, all, tail);
        case form::begin: return body(n, all, tail);
        case form::while_: return loop(n, all);
        case form::quote:
            ++depth();
            emit(op::constant, add_constant(quoted(all.take())), n);
            return all.end();
        case form::else_: fail(n, "else stands in the last clause of cond only");
        }
    }

    void operation(const built_in& b, node_link n, parts all) {
        std::size_t count = 0;
        const bool folds = b.instruction == op::add || b.instruction == op::subtract || b.instruction == op::multiply;
        while (all.more()) {
            const node_link argument = all.take();
            if (count == b.arguments) fail(argument, "this is one too many");
            expression(argument, false);
            if (++count != 2 || !folds || !all.more()) continue;
            emit(b.instruction, 0, n); // (+ a b c) is (+ (+ a b) c)
            --depth(), --count;
        }
        if (b.instruction == op::array && count == 0) {
            emit(op::integer, 0, n);
            ++depth(), ++count;
        }
        if (count != b.arguments)
            fail(n, std::string(b.text) + (folds ? " takes at least " : " takes ") + std::to_string(b.arguments) +
                        (b.arguments == 1 ? " value" : " values"));
        emit(b.instruction, 0, n);
        depth() = depth() - count + 1;
    }

    /// When the variables of a let are known: behind all of them, or each to those that follow.
    enum class bound { together, in_turn };

    /// (let ((name value)...) form...), or (let name ((argument value)...) form...), a function that is called at once.
    void let(node_link n, parts all, bool tail) {
        const node_link first = all.take();
        if (syntax_[first].what != kind::name) return let_bound(bound::together, n, first, all, tail);

        scope s{.outer = innermost_, .own_name = new_name_at(first)};
        std::vector<node_link> given;
        const node_link bindings = all.take();
        for (parts each(*this, bindings); each.more();) {
            parts binding(*this, each.take());
            add_argument(s, binding.take());
            given.push_back(binding.take());
            binding.end();
        }
        function_value(s, all, n);
        for (const node_link each : given) expression(each, false);
        call(given.size(), n, tail);
    }
    void let_bound(bound when, node_link n, node_link bindings, parts forms, bool tail) {
        const std::size_t before = innermost_->locals.size();
        std::vector<variable> together;
        for (parts each(*this, bindings); each.more();) {
            parts binding(*this, each.take());
            const node_link called = binding.take();
            const name_link name = new_name_at(called);
            if (find(together, name) != nullptr) fail(called, text_of(name) + " is bound already");
            expression(binding.take(), false);
            binding.end();
            (when == bound::in_turn ? innermost_->locals : together).push_back({name, depth() - 1});
        }
        innermost_->locals.insert(innermost_->locals.end(), together.begin(), together.end());
        body(n, forms, tail);
        leave_locals(before, n);
    }

    void set(node_link n, parts all) {
        const node_link target = all.take();
        const name_link called = new_name_at(target);
        expression(all.take(), false);
        all.end();
        set_variable(called, target);
        push_nil(n);
    }

    void if_else(node_link n, parts all, bool tail) {
        expression(all.take(), false);
        const std::size_t to_else = emit(op::jump_if_false, 0, n);
        --depth();
        expression(all.take(), tail);
        const std::size_t to_end = emit(op::jump, 0, n);
        --depth();
        land(to_else);
        if (all.more()) expression(all.take(), tail);
        else push_nil(n);
        all.end();
        land(to_end);
    }

    void cond(node_link n, parts all, bool tail) {
        std::vector<std::size_t> to_end;
        while (all.more()) {
            const node_link clause = all.take();
            parts forms(*this, clause);
            const node_link test = forms.take();
            if (is(form::else_, test)) {
                all.end();
                body(clause, forms, tail);
                return land_all(to_end);
            }
            expression(test, false);
            const std::size_t to_next = emit(op::jump_if_false, 0, clause);
            --depth();
            body(clause, forms, tail);
            to_end.push_back(emit(op::jump, 0, clause));
            --depth();
            land(to_next);
        }
        push_nil(n);
        land_all(to_end);
    }
    void land_all(const std::vector<std::size_t>& jumps) {
        for (const std::size_t each : jumps) land(each);
    }

    /// and, or: each form in turn, until one lets jump go.
    void until(op jump, node_link n, parts all, bool tail) {
        if (!all.more()) {
            ++depth();
            emit(op::boolean, jump == op::jump_if_false_else_pop, n);
            return;
        }
        std::vector<std::size_t> to_end;
        for (;;) {
            const node_link each = all.take();
            expression(each, tail && !all.more());
            if (!all.more()) break;
            to_end.push_back(emit(jump, 0, each));
            --depth();
        }
        land_all(to_end);
    }

    /// when, unless: the body, unless jump goes.
    void body_unless(op jump, node_link n, parts all, bool tail) {
        expression(all.take(), false);
        const std::size_t to_else = emit(jump, 0, n);
        --depth();
        body(n, all, tail);
        const std::size_t to_end = emit(op::jump, 0, n);
        --depth();
        land(to_else);
        push_nil(n);
        land(to_end);
    }

    void loop(node_link n, parts all) {
        const std::size_t begin = program_.code.size();
        expression(all.take(), false);
        const std::size_t to_end = emit(op::jump_if_false, 0, n);
        --depth();
        if (all.more()) {
            body(n, all, false);
            emit(op::pop, 0, n);
            --depth();
        }
        emit(op::jump, begin, n);
        land(to_end);
        push_nil(n);
    }

    syntax_type& syntax_;
    program<Store>& program_;
    std::vector<global> globals_;
    scope* innermost_ = nullptr;
    std::size_t nested_ = 0;
};

} // namespace lisp
