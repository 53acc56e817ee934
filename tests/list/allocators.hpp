// A stateful allocator that counts and fails on demand, and one way to make any allocator for a test.
#pragma once

#include <cstddef>
#include <map>
#include <memory_resource>
#include <new>
#include <stdexcept>
#include <type_traits>

#include "raise.hpp"

namespace allocators {

/// What the counting allocators that share it have done.
struct account {
    std::map<const void*, std::size_t> blocks; // address -> bytes, of what is allocated now
    int allocations = 0;
    int allocations_until_failure = -1; // negative: none fails
    bool mismatched = false;            // something was deallocated that was not allocated, or with another size

    account() = default;
    account(const account&) = delete;

    std::size_t bytes() const {
        std::size_t sum = 0;
        for (const auto& [address, size] : blocks) sum += size;
        return sum;
    }
};

struct propagate_nothing {
    static constexpr bool copy = false, move = false, swap = false;
};
struct propagate_everything {
    static constexpr bool copy = true, move = true, swap = true;
};

/// Compares equal to those with the same account. final, and not default-constructible.
template <class T, class Propagation = propagate_nothing> class counting final {
public:
    using value_type = T;
    using propagate_on_container_copy_assignment = std::bool_constant<Propagation::copy>;
    using propagate_on_container_move_assignment = std::bool_constant<Propagation::move>;
    using propagate_on_container_swap = std::bool_constant<Propagation::swap>;

    explicit counting(account& a) noexcept : account_(&a) {}
    template <class U> counting(const counting<U, Propagation>& other) noexcept : account_(other.get()) {}

    T* allocate(std::size_t n) {
        if (account_->allocations_until_failure >= 0 && account_->allocations_until_failure-- == 0)
            raise(std::bad_alloc());
        void* const p = ::operator new(n * sizeof(T), std::align_val_t(alignof(T)));
        account_->blocks.emplace(p, n * sizeof(T));
        ++account_->allocations;
        return static_cast<T*>(p);
    }
    void deallocate(T* p, std::size_t n) noexcept {
        const auto found = account_->blocks.find(p);
        if (found == account_->blocks.end() || found->second != n * sizeof(T)) {
            account_->mismatched = true;
            return;
        }
        account_->blocks.erase(found);
        ::operator delete(p, std::align_val_t(alignof(T)));
    }

    account* get() const noexcept { return account_; }
    template <class U> friend bool operator==(const counting& a, const counting<U, Propagation>& b) noexcept {
        return a.get() == b.get();
    }

private:
    account* account_;
};

} // namespace allocators
