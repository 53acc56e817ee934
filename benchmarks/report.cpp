#include "report.hpp"

#include "process.hpp"

#include <boost/version.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include <gnu/libc-version.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace bench {

namespace {

bool something_differs = false;

// ---- the heading

std::string cpu_model() {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);) {
        // "model name" on x86; other architectures have no such line.
        if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
    }
    return "unknown processor";
}

std::string kernel() {
    utsname name{};
    if (uname(&name) != 0) return "unknown kernel";
    return std::string(name.sysname) + " " + name.release + " " + name.machine;
}

/// Whether large allocations may get huge pages, which changes what fresh memory costs.
std::string huge_pages() {
    std::ifstream setting("/sys/kernel/mm/transparent_hugepage/enabled");
    std::string words;
    std::getline(setting, words);
    const std::size_t open = words.find('[');
    const std::size_t close = words.find(']');
    if (open == std::string::npos || close == std::string::npos) return "unknown";
    return words.substr(open + 1, close - open - 1);
}

std::string compiler() {
#ifdef __clang__
    return __VERSION__;
#else
    return "gcc " __VERSION__;
#endif
}

std::string standard_library() {
#if defined(_LIBCPP_VERSION)
    return "libc++ " + std::to_string(_LIBCPP_VERSION);
#else
    return "libstdc++ " + std::to_string(_GLIBCXX_RELEASE);
#endif
}

std::string libraries() {
    return standard_library() + ", glibc " + gnu_get_libc_version() + ", Boost " +
           std::to_string(BOOST_VERSION / 100000) + "." + std::to_string(BOOST_VERSION / 100 % 1000);
}

std::string today() {
    const std::time_t now = std::time(nullptr);
    std::tm day{};
    localtime_r(&now, &day);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%d", &day);
    return text;
}

constexpr const char* flags = SEG_BENCHMARK_FLAGS;

#ifdef __OPTIMIZE__
constexpr bool optimised = true;
#else
constexpr bool optimised = false;
#endif

std::vector<std::string> heading() {
    std::vector<std::string> lines{
        "machine    " + cpu_model() + ", " + kernel() + ", transparent huge pages: " + huge_pages(),
        "compiler   " + compiler() + ", " + flags,
        "libraries  " + libraries(),
        "date       " + today(),
    };
    if (!optimised) lines.push_back("NOT OPTIMISED: these times say nothing about any container.");
    return lines;
}

// ---- numbers

std::string with_digits(double number, int digits) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(digits) << number;
    return text.str();
}

std::string nanoseconds(double number) {
    if (number >= 100) return with_digits(number, 0);
    return with_digits(number, number < 0.1 ? 3 : number < 10 ? 2 : 1);
}

std::string ratio(double number) { return with_digits(number, number < 0.095 ? 3 : number < 100 ? 2 : 0); }

std::string memory(double bytes) {
    static constexpr const char* units[] = {"B", "KiB", "MiB", "GiB"};
    std::size_t unit = 0;
    for (; bytes >= 1024 && unit != 3; ++unit) bytes /= 1024;
    return with_digits(bytes, unit == 0 || bytes >= 100 ? 0 : 1) + " " + units[unit];
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// ---- tables

using line = std::vector<std::string>;

/// Names to the left, numbers to the right.
void print_table(const std::vector<line>& lines, bool markdown) {
    std::vector<std::size_t> widths(lines.front().size());
    for (const line& cells : lines)
        for (std::size_t i = 0; i != cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
    const char* const left = markdown ? "| " : "  ";
    const char* const between = markdown ? " | " : "   ";
    const char* const right = markdown ? " |\n" : "\n";
    for (std::size_t n = 0; n != lines.size(); ++n) {
        for (std::size_t i = 0; i != widths.size(); ++i) {
            std::cout << (i == 0 ? left : between) << (i == 0 ? std::left : std::right)
                      << std::setw(static_cast<int>(widths[i])) << lines[n][i];
        }
        std::cout << right;
        if (n != 0 || !markdown) continue;
        for (std::size_t i = 0; i != widths.size(); ++i)
            std::cout << (i == 0 ? "|" : "") << std::string(widths[i] + (i == 0 ? 2 : 1), '-') << (i == 0 ? "|" : ":|");
        std::cout << "\n";
    }
}

/// Collects the time of every repetition and prints the medians when all is over.
class tables final : public benchmark::BenchmarkReporter {
public:
    tables(const options& chosen, const std::vector<std::string>& notes, const std::vector<group>& groups)
        : chosen_(chosen), notes_(notes), groups_(groups) {
        for (const group& g : groups)
            for (const row& r : g.rows)
                if (g.timed_by_hand) by_hand_.insert(name_of(g, r));
    }

    bool ReportContext(const Context&) override { return true; }

    void ReportRuns(const std::vector<Run>& runs) override {
        for (const Run& run : runs) {
            // An aggregate counts as no time of its own, and a contestant that failed has no element counted.
            const auto elements = run.counters.find("elements");
            if (run.run_type != Run::RT_Iteration || elements == run.counters.end()) continue;
            const bool by_hand = by_hand_.contains(run.run_name.function_name);
            const double seconds = by_hand ? run.real_accumulated_time : run.cpu_accumulated_time;
            times_[run.run_name.function_name].push_back(seconds / static_cast<double>(run.iterations) /
                                                         elements->second.value * 1e9);
        }
    }

    void Finalize() override {
        if (times_.empty()) return;
        std::vector<std::string> lines = heading();
        std::cout << (chosen_.markdown ? "```\n" : "");
        for (const std::string& text : lines) std::cout << text << "\n";
        std::cout << (chosen_.markdown ? "```\n\n" : "\n");
        for (const std::string& text : notes_) std::cout << text << "\n";
        for (const group& g : groups_) print(g);
        std::cout.flush();
    }

    /// What Google Benchmark calls a row.
    static std::string name_of(const group& g, const row& r) { return g.title + " | " + r.contestant; }

private:
    std::optional<double> time_of(const group& g, const row& r) const {
        const auto found = times_.find(name_of(g, r));
        if (found == times_.end()) return std::nullopt;
        return median(found->second);
    }

    void print(const group& g) const {
        const std::optional<double> first = time_of(g, g.rows.front());
        std::vector<line> lines{{"", "ns/" + g.unit, "ratio", "peak memory"}};
        for (const row& r : g.rows) {
            const std::optional<double> time = time_of(g, r);
            if (!time) continue;
            lines.push_back({r.contestant, nanoseconds(*time), first ? ratio(*time / *first) : "-",
                             r.peak_bytes > 0 ? memory(r.peak_bytes) : "-"});
        }
        if (lines.size() == 1) return;
        std::cout << (chosen_.markdown ? "\n**" : "\n") << g.title << (chosen_.markdown ? "**\n\n" : "\n");
        print_table(lines, chosen_.markdown);
    }

    const options& chosen_;
    const std::vector<std::string>& notes_;
    const std::vector<group>& groups_;
    std::set<std::string> by_hand_;
    std::map<std::string, std::vector<double>> times_;
};

/// Says on the standard error stream how far the run has come.
class progress {
public:
    void next(std::string_view name) {
        ++done_;
        if (terminal_) std::fprintf(stderr, "\r\033[K%d: %.*s", done_, static_cast<int>(name.size()), name.data());
        else if (done_ % 100 == 0) std::fprintf(stderr, "%d measurements\n", done_);
    }
    void end() {
        if (terminal_) std::fprintf(stderr, "\r\033[K");
        const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - since_;
        std::fprintf(stderr, "%d measurements in %.0f s\n", done_, passed.count());
    }

private:
    int done_ = 0;
    bool terminal_ = isatty(STDERR_FILENO) != 0;
    std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
};

} // namespace

options initialize(int argc, char** argv, int repetitions, bool takes_inputs) {
    options chosen;
    // Google Benchmark keeps a pointer to the program's name.
    static std::vector<std::string> arguments;
    arguments = {argv[0], "--benchmark_enable_random_interleaving=true"};
    std::vector<std::string> given(argv + 1, argv + argc);
    chosen.smoke = std::erase(given, "--smoke") != 0;
    chosen.markdown = std::erase(given, "--markdown") != 0;
    arguments.push_back("--benchmark_repetitions=" + std::to_string(chosen.smoke ? 1 : repetitions));
    // What is given comes later and overrides.
    arguments.insert(arguments.end(), given.begin(), given.end());

    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    int count = static_cast<int>(pointers.size());
    pointers.push_back(nullptr);
    benchmark::Initialize(&count, pointers.data());
    for (int i = 1; i < count; ++i) {
        const std::string_view rest = pointers[static_cast<std::size_t>(i)];
        if (rest.starts_with("-") || !takes_inputs) {
            std::cerr << argv[0] << ": unknown argument " << rest << "; --help lists the flags"
                      << (takes_inputs ? ", everything else is a file or folder" : "") << ".\n";
            std::exit(1);
        }
        chosen.inputs.emplace_back(rest);
    }
    return chosen;
}

int run(const options& chosen, const std::vector<std::string>& notes, std::vector<group> groups) {
    if (!stay_on_one_core()) std::cerr << "The process cannot be kept on one core: expect more noise.\n";
    progress shown;
    for (const group& g : groups) {
        for (const row& r : g.rows) {
            const std::string name = tables::name_of(g, r);
            auto* const registered =
                benchmark::RegisterBenchmark(name.c_str(), [&shown, &g, &r](benchmark::State& state) {
                    shown.next(g.title);
                    r.run(state);
                    state.counters["elements"] = g.elements;
                    state.counters["peak_bytes"] = r.peak_bytes;
                });
            registered->Iterations(g.iterations);
            if (g.timed_by_hand) registered->UseManualTime();
        }
    }
    tables reporter(chosen, notes, groups);
    if (benchmark::RunSpecifiedBenchmarks(&reporter) == 0) return 1;
    shown.end();
    benchmark::Shutdown();
    return something_differs ? 1 : 0;
}

bool check(std::string_view contestant, std::uint64_t computed, std::uint64_t expected) {
    if (computed == expected) return true;
    something_differs = true;
    std::cerr << contestant << " computed " << computed << ", but " << expected << " is right.\n";
    return false;
}

void check(benchmark::State& state, std::string_view contestant, std::uint64_t computed, std::uint64_t expected) {
    if (!check(contestant, computed, expected)) state.SkipWithError("differs");
}

} // namespace bench
