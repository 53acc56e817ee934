// The kinds of element that every property of a sequence is shown for, each made from a number and read back as one.
#pragma once

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "checks.hpp"
#include "raise.hpp"

namespace elements {

/// Constructions, copies, moves, assignments and comparisons left until one throws; negative: none does.
inline int calls_until_throw = -1;
/// Objects of type tracked that exist now.
inline int alive = 0;

struct injected : std::runtime_error {
    injected() : std::runtime_error("injected") {}
};

/// Checks at its end that as many objects are alive as at its beginning.
class none_left_over {
public:
    none_left_over() : before_(alive) {}
    none_left_over(const none_left_over&) = delete;
    ~none_left_over() { insist(alive == before_, "elements were destroyed twice, or never\n"); }

private:
    int before_;
};

/// From now on the n-th counted operation throws (n = 0: the very next one), and only that one.
struct throw_after {
    explicit throw_after(int n) { calls_until_throw = n; }
    throw_after(const throw_after&) = delete;
    ~throw_after() { calls_until_throw = -1; }
};

inline void may_throw() {
    if (calls_until_throw >= 0 && calls_until_throw-- == 0) raise(injected());
}

/// Every way of making one may throw; knows where it was made, so that one whose bytes were moved is found out; owns
/// heap memory, so that a destructor that does not run, or runs twice, is found out by the leak checker.
class tracked {
public:
    tracked() : tracked(0) {}
    explicit tracked(int n) {
        may_throw();
        value_ = std::make_unique<int>(n);
        ++alive;
    }
    tracked(const tracked& other) : tracked(other.number()) {}
    tracked(tracked&& other) : tracked(other.number()) { *other.value_ = -1; }
    tracked& operator=(const tracked& other) {
        may_throw();
        *value_ = other.number();
        return *this;
    }
    tracked& operator=(tracked&& other) {
        may_throw();
        const int n = other.number();
        *other.value_ = -1;
        *value_ = n;
        return *this;
    }
    ~tracked() {
        if (self_ != this) std::terminate();
        self_ = nullptr;
        --alive;
    }

    int number() const {
        if (self_ != this) raise(std::logic_error("not where it was made"));
        return *value_;
    }
    friend bool operator==(const tracked& a, const tracked& b) {
        may_throw();
        return a.number() == b.number();
    }

private:
    std::unique_ptr<int> value_;
    const tracked* self_ = this;
};

/// One that is large: what a sequence takes memory for at first is full soon. Only its first bytes are ever touched.
class wide : public tracked {
public:
    using tracked::tracked;
    wide(const wide& other) : tracked(other) {}
    wide(wide&& other) : tracked(std::move(other)) {}
    wide& operator=(const wide& other) {
        tracked::operator=(other);
        return *this;
    }
    wide& operator=(wide&& other) {
        tracked::operator=(std::move(other));
        return *this;
    }

private:
    [[maybe_unused]] char padding_[16 * 1024 - sizeof(tracked)];
};

struct move_only {
    explicit move_only(int n = 0) : value(std::make_unique<int>(n)) {}
    std::unique_ptr<int> value;
};

/// Neither copyable nor movable.
struct pinned {
    explicit pinned(int n = 0) : value(n) {}
    pinned(const pinned&) = delete;
    pinned& operator=(const pinned&) = delete;
    int value;
};

struct alignas(8192) over_aligned {
    over_aligned(int n = 0) : value(n) {}
    int value;
    friend bool operator==(const over_aligned&, const over_aligned&) = default;
};

struct alignas(4096) page_aligned {
    page_aligned(int n = 0) : value(n) {}
    int value;
    friend bool operator==(const page_aligned&, const page_aligned&) = default;
};

struct empty {
    empty() = default;
    explicit empty(int) {}
    friend bool operator==(const empty&, const empty&) = default;
};

/// A hundred bytes and a few, like a syntax tree's node.
struct node {
    explicit node(int n = 0) : value(n) {}
    int value;
    node* links[12] = {};
    friend bool operator==(const node& a, const node& b) { return a.value == b.value; }
};

template <class T> T make(int n) { return T(n); }
template <> inline std::string make<std::string>(int n) {
    return "a string too long for the small buffer: " + std::to_string(n);
}

/// The number that an element was made from; 0 where it keeps none.
inline int number(int n) { return n; }
inline int number(const std::string& s) { return std::stoi(s.substr(s.rfind(' ') + 1)); }
inline int number(const tracked& e) { return e.number(); }
inline int number(const move_only& e) { return *e.value; }
inline int number(const pinned& e) { return e.value; }
inline int number(const over_aligned& e) { return e.value; }
inline int number(const page_aligned& e) { return e.value; }
inline int number(const empty&) { return 0; }
inline int number(const node& e) { return e.value; }

/// What number() gives for an element of type T made from n.
template <class T> int expected(int n) { return std::is_empty_v<T> ? 0 : n; }

} // namespace elements
