// Runs bytecode: a stack of values, on which the functions that have been called lie one above the other.
//
//     ... | function | argument, ... | local variable, ... | what is being computed ...
//                      ^ base
//
// Nothing is collected: what a program makes stays until its store is dropped.
#pragma once

#include <functional>
#include <memory>

#include "compiler.hpp"

namespace lisp {

template <class Store> class machine {
    using value = lisp::value<Store>;
    using array_type = typename value::array_type;

public:
    /// output: what display and newline append to. p has to be compiled completely: its globals are made here.
    machine(program<Store>& p, syntax<Store>& s, std::string& output)
        : program_(p),
          syntax_(s),
          heap_(p.values),
          output_(output),
          globals_(p.globals),
          stack_(new value[stack_size]),
          calls_(new called[most_calls]) {}

    /// From the first instruction to the end. Returns how many instructions that were, if they are counted. Throws
    /// error.
    template <bool Counted = false> std::uint64_t run();

private:
    static constexpr std::size_t stack_size = 1 << 16;
    static constexpr std::size_t most_calls = 1 << 14;
    /// What a hint may ask for at once; an array may grow beyond it.
    static constexpr std::int64_t largest_hint = std::int64_t{1} << 24;
    static constexpr std::size_t longest_string = std::size_t{1} << 26;
    /// A program that goes on writing is not right.
    static constexpr std::size_t most_output = std::size_t{64} << 20;

    /// Where to go on when a function ends.
    struct called {
        std::size_t next;
        value* base;
    };

    /// What an instruction throws. run() says where.
    struct failure {
        std::string reason;
    };
    [[noreturn, gnu::cold, gnu::noinline]] static void fail(std::string reason) { throw failure{std::move(reason)}; }
    [[noreturn, gnu::cold, gnu::noinline]] static void fail(const char* wanted, const value& v) {
        throw failure{std::string("this has to be ") + wanted + ", and is " + described(v.what)};
    }
    static std::int64_t integer(const value& v) {
        if (v.what != type::integer) fail("an integer", v);
        return v.integer;
    }
    lisp::pair<Store>& pair(const value& v) {
        if (v.what != type::pair) fail("a pair", v);
        return heap_.pair(v);
    }
    array_type& array(const value& v) {
        if (v.what != type::array) fail("an array", v);
        return heap_.array(v);
    }
    typename Store::text& string(const value& v) {
        if (v.what != type::string) fail("a string", v);
        return heap_.string(v);
    }
    value& element(const value& a, const value& index) {
        array_type& elements = array(a);
        const std::int64_t i = integer(index);
        if (i < 0 || static_cast<std::uint64_t>(i) >= elements.size())
            fail("there is no element " + std::to_string(i) + " among " + std::to_string(elements.size()));
        return elements[static_cast<std::size_t>(i)];
    }
    static bool same(const value& a, const value& b) {
        if (a.what != b.what) return false;
        switch (a.what) {
        case type::string: return a.string == b.string;
        case type::symbol: return a.symbol == b.symbol;
        case type::pair: return a.pair == b.pair;
        case type::array:
        case type::closure: return a.array == b.array;
        default: return a.integer == b.integer;
        }
    }

    template <bool Counted> std::uint64_t execute(std::size_t& next);
    /// Where the function in callee begins; so many arguments lie above it.
    std::size_t entry_of(const value& callee, std::size_t arguments);
    value closure_of(value* function, std::size_t copied);
    void display(const value& v, int depth = 0);
    void write(std::string_view s) {
        output_ += s;
        if (output_.size() > most_output) fail("the program writes too much");
    }

    program<Store>& program_;
    syntax<Store>& syntax_;
    heap<Store>& heap_;
    std::string& output_;
    std::vector<value> globals_;
    std::unique_ptr<value[]> stack_;
    std::unique_ptr<called[]> calls_;
};

template <class Store> template <bool Counted> std::uint64_t machine<Store>::run() {
    std::size_t next = 0;
    try {
        return execute<Counted>(next);
    } catch (const failure& f) {
        throw error(program_.places[next - 1], f.reason);
    } catch (const std::bad_alloc&) {
        throw error(program_.places[next - 1], "there is no memory left");
    } catch (const std::length_error&) { // of a container that knows its limit
        throw error(program_.places[next - 1], "there is no memory left");
    }
}

template <class Store> std::size_t machine<Store>::entry_of(const value& callee, std::size_t arguments) {
    std::int64_t number = callee.integer;
    if (callee.what == type::closure) number = heap_.array(callee)[0].integer;
    else if (callee.what != type::function) fail("a function", callee);
    const function& f = program_.functions[static_cast<std::size_t>(number)];
    if (f.arguments != arguments)
        fail("the function takes " + std::to_string(f.arguments) + " arguments, and is given " +
             std::to_string(arguments));
    return f.entry;
}

/// An array of the function and what it copies, which lies above it.
template <class Store> auto machine<Store>::closure_of(value* function, std::size_t copied) -> value {
    value made = heap_.add_array(copied + 1);
    array_type& values = heap_.array(made);
    for (std::size_t i = 0; i != copied + 1; ++i) values.push_back(function[i]);
    made.what = type::closure;
    return made;
}

template <class Store> template <bool Counted> std::uint64_t machine<Store>::execute(std::size_t& next) {
    // A pointer where bytecode is one piece, otherwise the container.
    const auto& code = [this]() -> decltype(auto) {
        if constexpr (requires { program_.code.data(); }) return program_.code.data();
        else return (program_.code);
    }();
    std::uint64_t count = 0;
    value* base = stack_.get() + 1; // below it lies the function, which the program itself has none of
    value* top = base;              // behind the uppermost value
    called* call = calls_.get();

    // Instructions of two integers.
    const auto compute = [&top](auto operation) {
        const std::int64_t a = integer(top[-2]), b = integer(top[-1]);
        std::int64_t result;
        if (operation(a, b, &result)) fail("the number is too large");
        top[-2].integer = result;
        --top;
    };
    const auto divide = [&top](auto operation, auto by_minus_one) {
        const std::int64_t a = integer(top[-2]), b = integer(top[-1]);
        if (b == 0) fail("division by zero");
        // The smallest number divided by -1 is none.
        top[-2].integer = b == -1 ? by_minus_one(a) : operation(a, b);
        --top;
    };
    const auto compare = [&top](auto operation) {
        const std::int64_t a = integer(top[-2]), b = integer(top[-1]);
        top[-2] = {type::boolean, operation(a, b)};
        --top;
    };

    for (;;) {
        const instruction i = code[next++];
        const auto operand = static_cast<std::size_t>(i.operand);
        if constexpr (Counted) ++count;
        switch (i.what) {
        case op::constant: *top++ = program_.constants[operand]; break;
        case op::integer: *top++ = {type::integer, i.operand}; break;
        case op::boolean: *top++ = {type::boolean, i.operand}; break;
        case op::nil: *top++ = {type::nil, 0}; break;
        case op::local: *top++ = base[operand]; break;
        case op::captured: *top++ = heap_.array(base[-1])[operand + 1]; break;
        case op::self: *top++ = base[-1]; break;
        case op::global:
            if (globals_[operand].what == type::undefined) fail("this has no value yet");
            *top++ = globals_[operand];
            break;

        case op::pop: --top; break;
        case op::slide:
            top[-1 - i.operand] = top[-1];
            top -= operand;
            break;
        case op::set_local: base[operand] = *--top; break;
        case op::set_global: globals_[operand] = *--top; break;

        case op::jump: next = operand; break;
        case op::jump_if_false:
            if (!(--top)->is_true()) next = operand;
            break;
        case op::jump_if_true:
            if ((--top)->is_true()) next = operand;
            break;
        case op::jump_if_false_else_pop:
            if (!top[-1].is_true()) next = operand;
            else --top;
            break;
        case op::jump_if_true_else_pop:
            if (top[-1].is_true()) next = operand;
            else --top;
            break;

        case op::closure:
            top -= operand;
            top[-1] = closure_of(top - 1, operand);
            break;
        case op::call: {
            const std::size_t entry = entry_of(top[-1 - i.operand], operand);
            if (call == calls_.get() + most_calls || stack_.get() + stack_size - top < std::ptrdiff_t{most_values})
                fail("functions call each other too deeply");
            *call++ = {next, base};
            base = top - operand;
            next = entry;
            break;
        }
        case op::tail_call: {
            const std::size_t entry = entry_of(top[-1 - i.operand], operand);
            top = std::copy(top - 1 - operand, top, base - 1);
            next = entry;
            break;
        }
        case op::leave:
            base[-1] = top[-1];
            top = base;
            base = (--call)->base;
            next = call->next;
            break;
        case op::stop: return count;

        case op::add: compute([](auto a, auto b, auto* sum) { return __builtin_add_overflow(a, b, sum); }); break;
        case op::subtract:
            compute([](auto a, auto b, auto* rest) { return __builtin_sub_overflow(a, b, rest); });
            break;
        case op::multiply: compute([](auto a, auto b, auto* all) { return __builtin_mul_overflow(a, b, all); }); break;
        case op::quotient:
            divide(std::divides<std::int64_t>(), [](std::int64_t a) {
                if (a == std::numeric_limits<std::int64_t>::min()) fail("the number is too large");
                return -a;
            });
            break;
        case op::remainder: divide(std::modulus<std::int64_t>(), [](std::int64_t) { return std::int64_t{0}; }); break;
        case op::equal: compare(std::equal_to<std::int64_t>()); break;
        case op::less: compare(std::less<std::int64_t>()); break;
        case op::greater: compare(std::greater<std::int64_t>()); break;
        case op::at_most: compare(std::less_equal<std::int64_t>()); break;
        case op::at_least: compare(std::greater_equal<std::int64_t>()); break;
        case op::same:
            top[-2] = {type::boolean, same(top[-2], top[-1])};
            --top;
            break;
        case op::negate: top[-1] = {type::boolean, !top[-1].is_true()}; break;

        case op::cons:
            top[-2] = heap_.add_pair(top[-2], top[-1]);
            --top;
            break;
        case op::first: top[-1] = pair(top[-1]).first; break;
        case op::rest: top[-1] = pair(top[-1]).second; break;
        case op::set_first:
            pair(top[-2]).first = top[-1];
            --top;
            break;
        case op::set_rest:
            pair(top[-2]).second = top[-1];
            --top;
            break;
        case op::is_nil: top[-1] = {type::boolean, top[-1].what == type::nil}; break;
        case op::is_pair: top[-1] = {type::boolean, top[-1].what == type::pair}; break;

        case op::array: {
            const std::int64_t hint = integer(top[-1]);
            if (hint < 0) fail("no array has " + std::to_string(hint) + " elements");
            top[-1] = heap_.add_array(static_cast<std::size_t>(std::min(hint, largest_hint)));
            break;
        }
        case op::array_push:
            array(top[-2]).push_back(top[-1]);
            --top;
            break;
        case op::array_pop: {
            array_type& elements = array(top[-1]);
            if (elements.size() == 0) fail("the array is empty");
            const value last = elements.back();
            elements.pop_back();
            top[-1] = last;
            break;
        }
        case op::array_at:
            top[-2] = element(top[-2], top[-1]);
            --top;
            break;
        case op::array_set:
            element(top[-3], top[-2]) = top[-1];
            top -= 2;
            break;
        case op::array_size: top[-1] = {type::integer, static_cast<std::int64_t>(array(top[-1]).size())}; break;

        case op::join: {
            const typename Store::text &a = string(top[-2]), &b = string(top[-1]);
            if (a.size() + b.size() > longest_string) fail("the string is too long");
            top[-2] = heap_.add_string(heap_.store().join(a, b));
            --top;
            break;
        }
        case op::string_size: top[-1] = {type::integer, static_cast<std::int64_t>(string(top[-1]).size())}; break;
        case op::to_string: top[-1] = heap_.add_string(heap_.store().copy(std::to_string(integer(top[-1])))); break;
        case op::display: display(top[-1]); break;
        case op::newline:
            write("\n");
            *top++ = {type::nil, 0};
            break;
        }
    }
}

template <class Store> void machine<Store>::display(const value& v, int depth) {
    if (depth > 1000) fail("this is nested too deeply to be shown");
    switch (v.what) {
    case type::undefined: break;
    case type::nil: return write("()");
    case type::boolean: return write(v.integer != 0 ? "#t" : "#f");
    case type::integer: return write(std::to_string(v.integer));
    case type::string: return write(heap_.string(v));
    case type::symbol: return write(syntax_.named(v.symbol).text);
    case type::function:
    case type::closure: return write("#<procedure>");
    case type::pair: {
        std::string_view before = "(";
        const value* each = &v;
        for (; each->what == type::pair; each = &heap_.pair(*each).second) {
            write(std::exchange(before, " "));
            display(heap_.pair(*each).first, depth + 1);
        }
        if (each->what != type::nil) {
            write(" . ");
            display(*each, depth + 1);
        }
        return write(")");
    }
    case type::array: {
        write("#(");
        array_type& elements = heap_.array(v);
        for (std::size_t i = 0; i != elements.size(); ++i) {
            if (i != 0) write(" ");
            display(elements[i], depth + 1);
        }
        return write(")");
    }
    }
}

} // namespace lisp
