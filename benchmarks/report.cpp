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

/// The value below which a share of the values lies.
double quantile(std::vector<double> values, double share) {
    std::sort(values.begin(), values.end());
    const double place = share * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, values.size() - 1);
    return values[below] + (values[above] - values[below]) * (place - static_cast<double>(below));
}

double median(const std::vector<double>& values) { return quantile(values, 0.5); }

/// How far half of the values lie from the median at most, as a share of it.
double spread(const std::vector<double>& values) {
    const double middle = median(values);
    if (middle <= 0) return 0;
    return std::max(quantile(values, 0.75) - middle, middle - quantile(values, 0.25)) / middle;
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

/// What became of a target.
struct outcome {
    const target* what;
    std::string rival; ///< the best one; empty if there are none
    double ratio;
    double spread;

    bool met() const { return ratio <= what->limit; }
};

std::string json_string(std::string_view text) {
    std::string json = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') json += '\\';
        json += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return json + "\"";
}

std::string exact(double number) {
    std::ostringstream text;
    text << std::setprecision(7) << number;
    return text.str();
}

/// What is in between the brackets, one by one.
template <class Range, class Write> void write_list(std::ostream& out, const Range& range, Write write) {
    const char* separator = "";
    for (const auto& each : range) {
        out << separator;
        write(each);
        separator = ", ";
    }
}

/// Collects the values of every repetition and prints the medians when all is over.
class tables final : public benchmark::BenchmarkReporter {
public:
    tables(const options& chosen, const std::vector<std::string>& notes, const std::vector<group>& groups)
        : chosen_(chosen), notes_(notes), groups_(groups) {
        for (const group& g : groups)
            for (const row& r : g.rows)
                if (g.timed_by_hand) by_hand_.insert(name_of(g, r.contestant));
    }

    /// What a row had found.
    void found(const group& g, const row& r, double value) { values_[name_of(g, r.contestant)] = {value}; }

    bool ReportContext(const Context&) override { return true; }

    void ReportRuns(const std::vector<Run>& runs) override {
        for (const Run& run : runs) {
            // An aggregate counts as no time of its own, and a contestant that failed has no element counted.
            const auto elements = run.counters.find("elements");
            if (run.run_type != Run::RT_Iteration || elements == run.counters.end()) continue;
            const bool by_hand = by_hand_.contains(run.run_name.function_name);
            const double seconds = by_hand ? run.real_accumulated_time : run.cpu_accumulated_time;
            values_[run.run_name.function_name].push_back(seconds / static_cast<double>(run.iterations) /
                                                          elements->second.value * 1e9);
        }
    }

    /// Prints, or writes to the file of results. Returns false if that cannot be written.
    bool finish() const {
        if (!chosen_.results.empty()) return write();
        if (values_.empty()) return true;
        std::cout << (chosen_.markdown ? "```\n" : "");
        for (const std::string& text : heading()) std::cout << text << "\n";
        std::cout << (chosen_.markdown ? "```\n\n" : "\n");
        for (const std::string& text : notes_) std::cout << text << "\n";
        for (const group& g : groups_) print(g);
        std::cout.flush();
        return true;
    }

    /// What Google Benchmark calls a row.
    static std::string name_of(const group& g, std::string_view contestant) {
        return g.title + " | " + std::string(contestant);
    }

private:
    const std::vector<double>* values_of(const group& g, std::string_view contestant) const {
        const auto found = values_.find(name_of(g, contestant));
        return found == values_.end() ? nullptr : &found->second;
    }

    std::optional<outcome> judge(const group& g, const target& t) const {
        const std::vector<double>* const ours = values_of(g, t.ours);
        const std::vector<double>* const alike = t.alike.empty() ? nullptr : values_of(g, t.alike);
        if (ours == nullptr || (alike == nullptr && !t.alike.empty())) return std::nullopt;
        const double of_all = alike == nullptr ? 0 : median(*alike);
        if (t.rivals.empty()) return outcome{&t, "", median(*ours) - of_all, spread(*ours)};
        const std::vector<double>* best = nullptr;
        std::string rival;
        for (const std::string& name : t.rivals) {
            const std::vector<double>* const values = values_of(g, name);
            if (values == nullptr || (best != nullptr && median(*values) >= median(*best))) continue;
            best = values;
            rival = name;
        }
        if (best == nullptr) return std::nullopt;
        // Where noise is larger than what is left, nothing can be told.
        if (of_all > 0 && std::min(median(*ours), median(*best)) <= of_all) return std::nullopt;
        // What took no time that the clock can show is not divided by.
        return outcome{&t, rival, (median(*ours) - of_all) / std::max(median(*best) - of_all, 1e-9),
                       std::hypot(spread(*ours), spread(*best))};
    }

    void print(const group& g) const {
        std::vector<line> lines{{"", g.unit, "ratio", "peak memory"}};
        std::optional<double> first;
        for (const row& r : g.rows) {
            const std::vector<double>* const values = values_of(g, r.contestant);
            if (values == nullptr) continue;
            const double middle = median(*values);
            if (!first) first = middle;
            lines.push_back({r.contestant, nanoseconds(middle), *first > 0 ? ratio(middle / *first) : "-",
                             r.peak_bytes > 0 ? memory(r.peak_bytes) : "-"});
        }
        if (lines.size() == 1) return;
        std::cout << (chosen_.markdown ? "\n**" : "\n") << g.title << (chosen_.markdown ? "**\n\n" : "\n");
        print_table(lines, chosen_.markdown);
        for (const target& t : g.targets) {
            if (const std::optional<outcome> o = judge(g, t)) {
                std::cout << (chosen_.markdown ? "\n" : "  ") << (o->met() ? "met: " : "MISSED: ") << t.question << ": "
                          << ratio(o->ratio) << (t.rivals.empty() ? "" : " of " + o->rival)
                          << (t.alike.empty() ? "" : ", without " + t.alike) << ", at most "
                          << ratio(t.limit) << " wanted\n";
            }
        }
    }

    bool write() const {
        std::ofstream out(chosen_.results);
        out << "{\"heading\": [";
        write_list(out, heading(), [&](const std::string& text) { out << json_string(text); });
        out << "],\n\"notes\": [";
        write_list(out, notes_, [&](const std::string& text) { out << json_string(text); });
        out << "],\n\"groups\": [\n";
        write_list(out, groups_, [&](const group& g) { write(out, g); });
        out << "]}\n" << std::flush;
        if (!out) std::cerr << chosen_.results << " cannot be written.\n";
        return out.good();
    }

    void write(std::ostream& out, const group& g) const {
        out << "{\"title\": " << json_string(g.title) << ", \"unit\": " << json_string(g.unit)
            << ", \"plot\": " << json_string(g.plotted.name) << ", \"x\": " << exact(g.plotted.x) << ", \"rows\": [\n";
        write_list(out, g.rows, [&, separator = ""](const row& r) mutable {
            const std::vector<double>* const values = values_of(g, r.contestant);
            out << separator << "  {\"contestant\": " << json_string(r.contestant) << ", \"peak_bytes\": " << exact(r.peak_bytes);
            if (values != nullptr) {
                out << ", \"median\": " << exact(median(*values)) << ", \"spread\": " << exact(spread(*values))
                    << ", \"values\": [";
                write_list(out, *values, [&](double value) { out << exact(value); });
                out << "]";
            }
            out << "}";
            separator = "\n";
        });
        out << "],\n \"targets\": [";
        std::vector<outcome> outcomes;
        for (const target& t : g.targets)
            if (const std::optional<outcome> o = judge(g, t)) outcomes.push_back(*o);
        write_list(out, outcomes, [&](const outcome& o) {
            out << "{\"question\": " << json_string(o.what->question) << ", \"ours\": " << json_string(o.what->ours)
                << ", \"compared\": " << json_string(o.what->compared) << ", \"rival\": " << json_string(o.rival)
                << ", \"ratio\": " << exact(o.ratio) << ", \"limit\": " << exact(o.what->limit)
                << ", \"spread\": " << exact(o.spread) << ", \"met\": " << (o.met() ? "true" : "false") << "}";
        });
        out << "]}";
    }

    const options& chosen_;
    const std::vector<std::string>& notes_;
    const std::vector<group>& groups_;
    std::set<std::string> by_hand_;
    std::map<std::string, std::vector<double>> values_; // nanoseconds per element, or what a row had found
};

/// Says on the standard error stream how far the run has come.
class progress {
public:
    explicit progress(std::string_view program) : program_(program) {}

    void expect(std::size_t measurements) { all_ = measurements; }
    void next(std::string_view name) {
        ++done_;
        if (terminal_) {
            std::fprintf(stderr, "\r\033[K%s: %zu of %zu, %.*s", program_.c_str(), done_, all_,
                         static_cast<int>(std::min<std::size_t>(name.size(), 60)), name.data());
        } else if (seconds() >= said_ + 10) {
            said_ = seconds();
            std::fprintf(stderr, "%s: %zu of %zu measurements\n", program_.c_str(), done_, all_);
        }
    }
    void end() const {
        if (terminal_) std::fprintf(stderr, "\r\033[K");
        std::fprintf(stderr, "%s: %zu measurements in %.0f s\n", program_.c_str(), done_, seconds());
    }

private:
    double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - since_).count();
    }

    std::string program_;
    std::size_t done_ = 0;
    std::size_t all_ = 0;
    double said_ = 0;
    bool terminal_ = isatty(STDERR_FILENO) != 0;
    std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
};

/// What initialize found out that run needs.
std::string program;
int repetitions_of_each = 1;

/// Google Benchmark's own flag counts, since it may have been given.
int repetitions_among(const std::vector<std::string>& arguments) {
    static constexpr std::string_view flag = "--benchmark_repetitions=";
    int found = 1;
    for (const std::string& argument : arguments)
        if (argument.starts_with(flag)) found = std::atoi(argument.c_str() + flag.size());
    return found;
}

} // namespace

options initialize(int argc, char** argv, int repetitions, bool takes_inputs) {
    options chosen;
    // Google Benchmark keeps a pointer to the program's name.
    static std::vector<std::string> arguments;
    arguments = {argv[0], "--benchmark_enable_random_interleaving=true"};
    program = arguments[0].substr(arguments[0].rfind('/') + 1);
    std::vector<std::string> given(argv + 1, argv + argc);
    chosen.smoke = std::erase(given, "--smoke") != 0;
    chosen.full = std::erase(given, "--full") != 0;
    chosen.markdown = std::erase(given, "--markdown") != 0;
    std::erase_if(given, [&chosen](const std::string& argument) {
        static constexpr std::string_view flag = "--results=";
        if (!argument.starts_with(flag)) return false;
        chosen.results = argument.substr(flag.size());
        return true;
    });
    arguments.push_back("--benchmark_repetitions=" + std::to_string(chosen.smoke ? 1 : repetitions));
    // What is given comes later and overrides.
    arguments.insert(arguments.end(), given.begin(), given.end());
    repetitions_of_each = repetitions_among(arguments);

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
    progress shown(program);
    std::size_t registered_rows = 0;
    std::size_t other_rows = 0;
    for (const group& g : groups) {
        for (const row& r : g.rows) {
            if (r.find) ++other_rows;
            if (!r.run) continue;
            const std::string name = tables::name_of(g, r.contestant);
            auto* const registered =
                benchmark::RegisterBenchmark(name.c_str(), [&shown, &g, &r](benchmark::State& state) {
                    shown.next(g.title);
                    r.run(state);
                    state.counters["elements"] = g.elements;
                    state.counters["peak_bytes"] = r.peak_bytes;
                });
            registered->Iterations(g.iterations);
            if (g.timed_by_hand) registered->UseManualTime();
            ++registered_rows;
        }
    }
    shown.expect(registered_rows * static_cast<std::size_t>(repetitions_of_each) + other_rows);
    tables reporter(chosen, notes, groups);
    for (const group& g : groups) {
        for (const row& r : g.rows) {
            if (!r.find) continue;
            shown.next(g.title);
            reporter.found(g, r, r.find());
        }
    }
    if (registered_rows != 0 && benchmark::RunSpecifiedBenchmarks(&reporter) == 0) return 1;
    shown.end();
    const bool finished = reporter.finish();
    benchmark::Shutdown();
    return something_differs || !finished ? 1 : 0;
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

std::string with_commas(std::size_t n) {
    std::string digits = std::to_string(n);
    for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
    return digits;
}

} // namespace bench
