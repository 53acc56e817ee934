#include "slow_pushes.hpp"

#include "process.hpp"

#include <algorithm>
#include <chrono>
#include <map>

namespace bench {

std::uint64_t ticks_of_microsecond() {
    static const std::uint64_t per_microsecond = [] {
        using clock = std::chrono::steady_clock;
        const clock::time_point begin = clock::now();
        const std::uint64_t first = ticks();
        while (clock::now() - begin < std::chrono::milliseconds(20)) {}
        const std::uint64_t passed = ticks() - first;
        const std::chrono::duration<double, std::micro> microseconds = clock::now() - begin;
        return std::max<std::uint64_t>(static_cast<std::uint64_t>(static_cast<double>(passed) / microseconds.count()), 1);
    }();
    return per_microsecond;
}

double longest_push(const std::function<std::vector<slow_push>()>& fill, int runs) {
    const std::uint64_t per_microsecond = ticks_of_microsecond();
    std::map<std::size_t, std::uint64_t> always; // element -> the shortest time of its push
    for (int run = 0; run != runs; ++run) {
        std::vector<slow_push> slow;
        in_child<slow_push>(fill, slow);
        std::map<std::size_t, std::uint64_t> again;
        for (const slow_push& push : slow) {
            const auto found = always.find(push.index);
            if (run == 0) again.emplace(push.index, push.ticks);
            else if (found != always.end()) again.emplace(push.index, std::min(push.ticks, found->second));
        }
        always = std::move(again);
    }
    std::uint64_t longest = 0;
    for (const auto& [index, passed] : always) longest = std::max(longest, passed);
    return static_cast<double>(longest) / static_cast<double>(per_microsecond);
}

} // namespace bench
