#include "process.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iostream>
#include <limits>
#include <string>
#include <string_view>

#include <malloc.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {

namespace {

/// Bytes in memory: all at the peak, and now those that are the program's own and those that mirror files.
struct resident {
    double peak = -1;
    double own = -1;
    double files = -1;

    bool known() const { return peak >= 0 && own >= 0 && files >= 0; }
};

resident resident_now() {
    resident now;
    std::ifstream status("/proc/self/status");
    std::string name;
    for (double kib = 0; status >> name; status.ignore(std::numeric_limits<std::streamsize>::max(), '\n')) {
        double* const value = name == "VmHWM:"     ? &now.peak
                              : name == "RssAnon:" ? &now.own
                              : name == "RssFile:" ? &now.files
                                                   : nullptr;
        if (value != nullptr && status >> kib) *value = kib * 1024;
    }
    return now;
}

/// Lets the high-water mark start at what is used now.
bool reset_peak() {
    std::ofstream clear_refs("/proc/self/clear_refs");
    clear_refs << "5" << std::flush;
    return clear_refs.good();
}

[[noreturn]] void fail(std::string_view what) {
    std::cerr << "A child process cannot measure: " << what << ".\n";
    std::exit(1);
}

} // namespace

bool stay_on_one_core() {
    const int core = sched_getcpu();
    if (core < 0) return false;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<unsigned>(core), &set);
    return sched_setaffinity(0, sizeof set, &set) == 0;
}

double stopwatch::now() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double stopwatch::seconds() const {
    static const double reading = [] {
        double least = 1;
        for (int i = 0; i != 1000; ++i) {
            const double before = now();
            least = std::min(least, now() - before);
        }
        return least;
    }();
    return std::max(now() - start_ - reading, 0.0);
}

void return_free_memory() { malloc_trim(0); }

void keep_memory() {
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, -1);
}

void provide_memory(std::size_t bytes) {
    void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return;
    madvise(memory, bytes, MADV_HUGEPAGE);
    for (std::size_t i = 0; i < bytes; i += 4096) static_cast<volatile char*>(memory)[i] = 1;
    munmap(memory, bytes);
}

std::string written_in_child(const std::function<std::string()>& work) {
    int ends[2];
    if (pipe(ends) != 0) fail(std::strerror(errno));
    std::cout.flush();
    const pid_t child = fork();
    if (child < 0) fail(std::strerror(errno));
    if (child == 0) {
        close(ends[0]);
        return_free_memory();
        const std::string written = work();
        for (std::size_t sent = 0; sent != written.size();) {
            const ssize_t bytes = write(ends[1], written.data() + sent, written.size() - sent);
            if (bytes <= 0) _exit(1);
            sent += static_cast<std::size_t>(bytes);
        }
        _exit(0);
    }
    close(ends[1]);
    std::string received;
    char buffer[1 << 12];
    for (ssize_t bytes; (bytes = read(ends[0], buffer, sizeof buffer)) > 0;)
        received.append(buffer, static_cast<std::size_t>(bytes));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (status != 0) fail("the measuring process did not end well");
    return received;
}

double peak_memory_of(const std::function<void()>& work) {
    const std::vector<double> bytes = in_child<double>([&work]() -> std::vector<double> {
        if (!reset_peak()) return {};
        const resident before = resident_now();
        work();
        const resident after = resident_now();
        if (!before.known() || !after.known()) return {};
        // The code that runs is read from its file page by page, and is no memory of the contestant's.
        return {std::max(after.peak - after.files - before.own, 0.0)};
    });
    if (bytes.empty()) fail("/proc/self/clear_refs and /proc/self/status are needed");
    return bytes.front();
}

} // namespace bench
