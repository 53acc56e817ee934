// An upstream that knows what it gave, checks what it gets back, and refuses requests when a test wants it to.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory_resource>
#include <new>
#include <vector>

#include "checks.hpp"

namespace observation {

class recording_upstream final : public std::pmr::memory_resource {
public:
    struct block {
        void* p;
        std::size_t bytes;
        std::size_t alignment;
        friend bool operator==(const block&, const block&) = default;
    };

    std::vector<block> out;         ///< what it gave and did not get back, oldest first
    std::size_t bytes = 0;          ///< of these
    std::vector<std::size_t> sizes; ///< the bytes of every block that it ever gave
    std::size_t requests = 0;       ///< that it got
    std::size_t refusals = 0;       ///< of requests that refuse() told it to refuse
    std::size_t deallocations = 0;
    /// More is refused. A sanitizer's operator new takes more than this for a mistake, and ends the program.
    std::size_t largest = std::size_t{1} << 30;
    bool throws_an_int = false; ///< when it refuses, instead of a std::bad_alloc

    /// Refuses `count` requests, after `after` requests that it still serves.
    void refuse(std::size_t count, std::size_t after) {
        first_refused_ = requests + after;
        last_refused_ = first_refused_ + count;
    }

private:
    [[noreturn]] void fail() const {
        if (throws_an_int) throw 42;
        throw std::bad_alloc();
    }
    void* do_allocate(std::size_t n, std::size_t alignment) override {
        require_equal(alignment, alignof(std::max_align_t));
        const std::size_t request = requests++;
        if (request >= first_refused_ && request < last_refused_) {
            ++refusals;
            fail();
        }
        if (n > largest) fail();
        out.push_back({std::pmr::new_delete_resource()->allocate(n, alignment), n, alignment});
        sizes.push_back(n);
        bytes += n;
        return out.back().p;
    }
    void do_deallocate(void* p, std::size_t n, std::size_t alignment) override {
        ++deallocations;
        const auto same = std::ranges::find(out, block{p, n, alignment});
        require(same != out.end());
        out.erase(same);
        bytes -= n;
        std::pmr::new_delete_resource()->deallocate(p, n, alignment);
    }
    bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override { return this == &other; }

    std::size_t first_refused_ = 0;
    std::size_t last_refused_ = 0;
};

} // namespace observation
