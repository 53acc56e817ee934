// A program whose operator new and delete, all of them, take memory from an arena of the calling thread: the
// counterpart of a global allocator in Rust. It shows how, and does real work on it.
//
// An arena belongs to one thread at a time. What it handed out may outlive that thread and may be deleted by another,
// so no arena ever ends: when a thread does, its arena goes on a list, from which the next thread takes it. Each
// allocation has its arena written before it; delete takes back what is of the calling thread's arena, if it is the
// newest, and otherwise does nothing.
#include <pthread.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <numeric>
#include <regex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "checks.hpp"

import seg.arena;

namespace {

// ---- an arena for each thread

struct shared_arena {
    seg::arena arena{{.first_block = std::size_t{1} << 20}};
    shared_arena* next = nullptr;
};

std::atomic<std::size_t> arenas_made = 0;

class arena_list {
public:
    /// One that no thread uses, for the calling one; null if the system has no memory.
    shared_arena* take() noexcept {
        const std::lock_guard lock(mutex_);
        if (free_ != nullptr) {
            shared_arena* const mine = std::exchange(free_, free_->next);
            mine->arena.adopt();
            return mine;
        }
        // Not from operator new, which is what this is for; and never destroyed, since what it handed out is in use
        // until the last static object is gone.
        void* const memory = std::malloc(sizeof(shared_arena));
        if (memory == nullptr) return nullptr;
        ++arenas_made;
        return ::new (memory) shared_arena;
    }
    void give_back(shared_arena* a) noexcept {
        const std::lock_guard lock(mutex_);
        a->next = std::exchange(free_, a);
    }

private:
    std::mutex mutex_;
    shared_arena* free_ = nullptr;
};

// All of these are there before anything that allocates is constructed, and no destructor of theirs ever runs.
constinit arena_list all_arenas;
constinit thread_local shared_arena* mine = nullptr;
constinit pthread_once_t key_made = PTHREAD_ONCE_INIT;
constinit pthread_key_t end_of_thread = 0;

// The destructor of a key, because those run after the destructors of thread_local objects, which may well delete. It
// runs again should another key's destructor have allocated after it.
void make_key() {
    ::pthread_key_create(&end_of_thread, [](void* a) {
        mine = nullptr;
        all_arenas.give_back(static_cast<shared_arena*>(a));
    });
}

shared_arena* arena_of_thread() noexcept {
    if (mine == nullptr) [[unlikely]] {
        ::pthread_once(&key_made, make_key);
        mine = all_arenas.take();
        if (mine != nullptr) ::pthread_setspecific(end_of_thread, mine);
    }
    return mine;
}

// ---- allocations

// What lies right before each allocation.
struct header {
    shared_arena* owner;
    std::size_t bytes; // with everything before it
};
constexpr std::size_t default_alignment = __STDCPP_DEFAULT_NEW_ALIGNMENT__;
static_assert(sizeof(header) <= default_alignment);

// Bytes before an allocation: the header, and what keeps the alignment.
constexpr std::size_t before(std::size_t alignment) { return std::max(alignment, default_alignment); }

void* allocate_or_null(std::size_t bytes, std::size_t alignment) noexcept {
    if (bytes > std::numeric_limits<std::size_t>::max() / 2) return nullptr;
    // Whole alignments, so that no padding comes between two, and the one before the newest can be taken back after it.
    const std::size_t all = before(alignment) + ((bytes + default_alignment - 1) & ~(default_alignment - 1));
    shared_arena* const owner = arena_of_thread();
    void* const memory = owner == nullptr ? nullptr : owner->arena.try_allocate(all, before(alignment));
    if (memory == nullptr) return nullptr;
    auto* const p = static_cast<std::byte*>(memory) + before(alignment);
    ::new (static_cast<void*>(p - sizeof(header))) header{owner, all};
    return p;
}

void* allocate(std::size_t bytes, std::size_t alignment) {
    while (true) {
        if (void* const p = allocate_or_null(bytes, alignment)) return p;
        const std::new_handler handler = std::get_new_handler();
        if (handler == nullptr) throw std::bad_alloc();
        handler();
    }
}

// As the standard has it: what the throwing one does, with null for an exception.
void* allocate_without_throwing(std::size_t bytes, std::size_t alignment) noexcept {
    try {
        return allocate(bytes, alignment);
    } catch (...) {
        return nullptr;
    }
}

void deallocate(void* p, std::size_t alignment) noexcept {
    if (p == nullptr) return;
    const header h = *reinterpret_cast<header*>(static_cast<std::byte*>(p) - sizeof(header));
    if (h.owner != mine) return;
    h.owner->arena.deallocate(static_cast<std::byte*>(p) - before(alignment), h.bytes, before(alignment));
}

constexpr std::size_t number(std::align_val_t alignment) { return static_cast<std::size_t>(alignment); }

} // namespace

// ---- the replacements

void* operator new(std::size_t n) { return allocate(n, default_alignment); }
void* operator new[](std::size_t n) { return allocate(n, default_alignment); }
void* operator new(std::size_t n, std::align_val_t a) { return allocate(n, number(a)); }
void* operator new[](std::size_t n, std::align_val_t a) { return allocate(n, number(a)); }
void* operator new(std::size_t n, const std::nothrow_t&) noexcept {
    return allocate_without_throwing(n, default_alignment);
}
void* operator new[](std::size_t n, const std::nothrow_t&) noexcept {
    return allocate_without_throwing(n, default_alignment);
}
void* operator new(std::size_t n, std::align_val_t a, const std::nothrow_t&) noexcept {
    return allocate_without_throwing(n, number(a));
}
void* operator new[](std::size_t n, std::align_val_t a, const std::nothrow_t&) noexcept {
    return allocate_without_throwing(n, number(a));
}

void operator delete(void* p) noexcept { deallocate(p, default_alignment); }
void operator delete[](void* p) noexcept { deallocate(p, default_alignment); }
void operator delete(void* p, std::size_t) noexcept { deallocate(p, default_alignment); }
void operator delete[](void* p, std::size_t) noexcept { deallocate(p, default_alignment); }
void operator delete(void* p, std::align_val_t a) noexcept { deallocate(p, number(a)); }
void operator delete[](void* p, std::align_val_t a) noexcept { deallocate(p, number(a)); }
void operator delete(void* p, std::size_t, std::align_val_t a) noexcept { deallocate(p, number(a)); }
void operator delete[](void* p, std::size_t, std::align_val_t a) noexcept { deallocate(p, number(a)); }
void operator delete(void* p, const std::nothrow_t&) noexcept { deallocate(p, default_alignment); }
void operator delete[](void* p, const std::nothrow_t&) noexcept { deallocate(p, default_alignment); }
void operator delete(void* p, std::align_val_t a, const std::nothrow_t&) noexcept { deallocate(p, number(a)); }
void operator delete[](void* p, std::align_val_t a, const std::nothrow_t&) noexcept { deallocate(p, number(a)); }

namespace {

// ---- every form does what it promises

template <class Delete> void check_memory(void* p, std::size_t bytes, std::size_t alignment, Delete give_back) {
    require(p != nullptr);
    require(mine->arena.owns(p));
    require_equal(reinterpret_cast<std::uintptr_t>(p) % alignment, 0u);
    auto* const content = static_cast<unsigned char*>(p);
    for (std::size_t i = 0; i != bytes; ++i) content[i] = static_cast<unsigned char>(i);
    for (std::size_t i = 0; i != bytes; ++i) require(content[i] == static_cast<unsigned char>(i));
    give_back(p);
}

void check_forms() {
    const std::size_t used = mine->arena.stats().used;
    constexpr std::align_val_t page{4096};
    for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{100}, std::size_t{5'000'000}}) {
        check_memory(::operator new(n), n, 16, [](void* p) { ::operator delete(p); });
        check_memory(::operator new[](n), n, 16, [n](void* p) { ::operator delete[](p, n); });
        check_memory(::operator new(n, std::nothrow), n, 16, [](void* p) { ::operator delete(p, std::nothrow); });
        check_memory(::operator new[](n, std::nothrow), n, 16, [](void* p) { ::operator delete[](p, std::nothrow); });
        check_memory(::operator new(n, page), n, 4096, [n](void* p) { ::operator delete(p, n, page); });
        check_memory(::operator new[](n, page), n, 4096, [](void* p) { ::operator delete[](p, page); });
        check_memory(::operator new(n, page, std::nothrow), n, 4096,
                     [](void* p) { ::operator delete(p, page, std::nothrow); });
        check_memory(::operator new[](n, page, std::nothrow), n, 4096,
                     [](void* p) { ::operator delete[](p, page, std::nothrow); });
    }
    // All was taken back, but for the padding before pages.
    require(mine->arena.stats().used < used + 32 * 4096);
    require(::operator new(0) != ::operator new(0));

    const std::size_t too_much = std::numeric_limits<std::size_t>::max() - 100;
    require(::operator new(too_much, std::nothrow) == nullptr);
    require(::operator new[](too_much, page, std::nothrow) == nullptr);
    bool thrown = false;
    try {
        ::operator delete(::operator new(too_much));
    } catch (const std::bad_alloc&) {
        thrown = true;
    }
    require(thrown);
    static std::size_t handled = 0;
    std::set_new_handler([] {
        if (++handled == 3) std::set_new_handler(nullptr);
    });
    require(::operator new(too_much, std::nothrow) == nullptr);
    require_equal(handled, 3u);
}

// ---- work: records are read out of a text, sorted and added up, by several threads

constexpr std::size_t thread_count = 4;
constexpr std::size_t records = 400;

struct summary {
    std::map<std::string, std::vector<int>> values_of;
    std::unique_ptr<std::string> note;
};

std::string name_of(std::size_t i) { return "a key that does not fit into a string object: " + std::to_string(i % 13); }

std::string document(std::size_t thread) {
    std::string text = "[\n";
    for (std::size_t i = 0; i != records; ++i)
        text += "  { \"key\": \"" + name_of(i) + "\", \"value\": " + std::to_string(i * (thread + 1)) + " },\n";
    return text + "]\n";
}

summary read(const std::string& text) {
    static const std::regex record("\"key\": \"([^\"]*)\", \"value\": ([0-9]+)");
    summary result;
    for (std::sregex_iterator it(text.begin(), text.end(), record), end; it != end; ++it)
        result.values_of[(*it)[1]].push_back(std::stoi((*it)[2]));
    result.note = std::make_unique<std::string>(std::to_string(result.values_of.size()) + " keys");
    return result;
}

void check_summary(const summary& s, std::size_t thread) {
    require_equal(s.values_of.size(), 13u);
    require_equal(*s.note, std::string("13 keys"));
    std::size_t all = 0;
    for (std::size_t key = 0; key != 13; ++key) {
        const std::vector<int>& values = s.values_of.at(name_of(key));
        for (std::size_t i = 0; i != values.size(); ++i)
            require_equal(values[i], static_cast<int>((key + i * 13) * (thread + 1)));
        all += values.size();
    }
    require_equal(all, records);
}

// Each thread's result outlives it, and the text that it is made of is deleted by a thread that did not allocate it.
void check_threads() {
    for (int wave = 0; wave != 5; ++wave) {
        std::vector<summary> results(thread_count);
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i != thread_count; ++i)
            threads.emplace_back([text = std::make_unique<std::string>(document(i)), &results, i]() mutable {
                results[i] = read(*text);
                text.reset();
            });
        for (std::thread& t : threads) t.join();
        for (std::size_t i = 0; i != thread_count; ++i) check_summary(results[i], i);
        // Others go on with what is there, and drop it.
        threads.clear();
        for (std::size_t i = 0; i != thread_count; ++i)
            threads.emplace_back([taken = std::move(results[i]), i]() mutable {
                for (auto& [key, values] : taken.values_of)
                    for (int n = 0; n != 10; ++n) values.push_back(n);
                for (auto& [key, values] : taken.values_of) values.resize(values.size() - 10);
                check_summary(taken, i);
            });
        for (std::thread& t : threads) t.join();
    }
    // One for each that ran at the same time, and the main thread's: those of threads that ended were taken over.
    require(arenas_made <= thread_count + 1);
}

// What a destructor of a thread_local object allocates and deletes, after the thread's function has returned.
struct late {
    std::string text;
    static inline std::atomic<std::size_t> destroyed = 0;
    ~late() {
        text += " and then some more that has to be allocated";
        destroyed += text.size();
    }
};
void check_thread_locals() {
    for (int i = 0; i != 3; ++i)
        std::thread([] {
            thread_local late l{std::string(100, 'x')};
            l.text += 'y';
        }).join();
    require_equal(late::destroyed.load(), 3 * (101 + 44u));
    require(arenas_made <= thread_count + 1);
}

// Destroyed after main has returned, and by then still what it was.
struct until_the_end {
    std::map<std::string, std::string> content{{"made before main", std::string(1000, 'm')}};
    ~until_the_end() {
        content["changed after main"] = content["made before main"];
        if (content.size() != 3 || content["changed after main"] != std::string(1000, 'm')) std::abort();
    }
} static_object;

} // namespace

int main() {
    check_forms();
    check_threads();
    check_thread_locals();
    static_object.content.emplace("made in main", "by which time there were threads");
    std::cout << arenas_made << " arenas; the main thread's handed out up to " << mine->arena.stats().peak
              << " bytes\n";
}
