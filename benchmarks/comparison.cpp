// compare [--smoke|--full] [--targets] [--folder=name] [chapter...] [file or folder...] [Google Benchmark's flags]
//
// Runs each chapter in a child process, which begins with malloc as it was; its results are a file that Google
// Benchmark writes. Then all of it is shown as one page.
#include "comparison.hpp"

#include "inputs.hpp"
#include "page.hpp"
#include "process.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include <sys/wait.h>
#include <unistd.h>

namespace bench {

namespace {

/// Questions that are answered in one process.
struct chapter {
    std::string name;
    double seconds; ///< how long it may take; then rows are repeated less often
    int repetitions;
    asking* ask;
    bool keeps_memory = false; ///< malloc is told to give nothing back to the system
    bool reads_files = false;  ///< it can be given others than those that it reads by itself
};

const std::vector<chapter>& chapters() {
    static const std::vector<chapter> all{
        {.name = "interpreter", .seconds = 28, .repetitions = 5, .ask = ask_interpreter, .reads_files = true},
        {.name = "document", .seconds = 9, .repetitions = 7, .ask = ask_document, .reads_files = true},
        {.name = "used_memory", .seconds = 20, .repetitions = 5, .ask = ask_used_memory, .keeps_memory = true},
        {.name = "fresh_memory", .seconds = 20, .repetitions = 5, .ask = ask_fresh_memory},
        {.name = "malloc_as_it_is", .seconds = 6, .repetitions = 5, .ask = ask_malloc_as_it_is},
        {.name = "access", .seconds = 6, .repetitions = 5, .ask = ask_access, .keeps_memory = true},
        {.name = "short_lived", .seconds = 4, .repetitions = 7, .ask = ask_short_lived},
        {.name = "algorithms", .seconds = 4, .repetitions = 5, .ask = ask_algorithms, .keeps_memory = true},
        {.name = "arenas", .seconds = 20, .repetitions = 7, .ask = ask_arenas},
        {.name = "latency", .seconds = 10, .repetitions = 1, .ask = ask_latency},
        {.name = "footprint", .seconds = 4, .repetitions = 1, .ask = ask_footprint},
        {.name = "workloads", .seconds = 7, .repetitions = 7, .ask = ask_workloads, .keeps_memory = true},
        {.name = "compile_time", .seconds = 8, .repetitions = 5, .ask = ask_compile_time},
    };
    return all;
}

bool something_differs = false;

struct command_line {
    options chosen;
    std::vector<chapter> chapters;
    std::vector<std::string> for_google_benchmark;
};

command_line read_command_line(int argc, char** argv) {
    command_line line;
    for (int i = 1; i != argc; ++i) {
        static constexpr std::string_view folder = "--folder=";
        const std::string argument = argv[i];
        const auto same = [&argument](const chapter& c) { return c.name == argument; };
        const auto place = std::find_if(chapters().begin(), chapters().end(), same);
        if (argument == "--smoke") line.chosen.smoke = true;
        else if (argument == "--full") line.chosen.full = true;
        else if (argument == "--targets") line.chosen.targets = true;
        else if (argument.starts_with(folder)) line.chosen.folder = argument.substr(folder.size());
        else if (argument.starts_with("--benchmark_")) line.for_google_benchmark.push_back(argument);
        else if (argument.starts_with("-")) fail("unknown argument " + argument);
        else if (place != chapters().end()) line.chapters.push_back(*place);
        else line.chosen.inputs.push_back(argument);
    }
    const bool one_reads = line.chapters.size() == 1 && line.chapters.front().reads_files;
    if (!line.chosen.inputs.empty() && !one_reads) {
        std::string names;
        for (const chapter& c : chapters()) names += " " + c.name;
        fail("unknown argument " + line.chosen.inputs.front() +
             "; files and folders can be named for the chapters interpreter and document, one at a time. Chapters:" +
             names);
    }
    if (line.chapters.empty()) line.chapters = chapters();
    return line;
}

/// Says on the standard error stream how far the whole is.
class progress {
public:
    progress(double done, double weight, const std::string& chapter)
        : done_(done), weight_(weight), chapter_(chapter) {}

    void show(double share) {
        const int percent = static_cast<int>(100 * (done_ + weight_ * share));
        const bool terminal = isatty(STDERR_FILENO) != 0;
        if (percent == said_ || (!terminal && percent / 10 == said_ / 10)) return;
        said_ = percent;
        std::fprintf(stderr, terminal ? "\r\033[K%d %%, %s" : "%d %%, %s\n", percent, chapter_.c_str());
        std::fflush(stderr);
    }

private:
    double done_;
    double weight_;
    std::string chapter_;
    int said_ = -1;
};

/// Google Benchmark's file has everything.
struct silent final : benchmark::BenchmarkReporter {
    bool ReportContext(const Context&) override { return true; }
    void ReportRuns(const std::vector<Run>&) override {}
};

using clock = std::chrono::steady_clock;

/// What a child process does.
int measure(const chapter& c, const std::vector<question>& questions, const command_line& line,
            const std::string& results, progress shown) {
    if (!stay_on_one_core()) std::cerr << "The process cannot be kept on one core: expect more noise.\n";
    if (c.keeps_memory) keep_memory();
    const int repetitions = line.chosen.smoke ? 1 : c.repetitions;
    std::vector<std::string> arguments{"compare", "--benchmark_enable_random_interleaving=true",
                                       "--benchmark_out=" + results, "--benchmark_out_format=json"};
    arguments.insert(arguments.end(), line.for_google_benchmark.begin(), line.for_google_benchmark.end());
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    int count = static_cast<int>(pointers.size());
    benchmark::Initialize(&count, pointers.data());
    if (count != 1) fail(std::string("unknown argument ") + pointers[1]);

    const clock::time_point began = clock::now();
    const auto out_of_time = [&](int times) {
        // A slow machine repeats less. It leaves nothing out.
        const double seconds = std::chrono::duration<double>(clock::now() - began).count();
        return !line.chosen.full && ((times >= 2 && seconds > c.seconds) || (times >= 1 && seconds > 1.5 * c.seconds));
    };
    std::size_t all = 0;
    std::size_t done = 0;
    const auto add = [&](const column& in, const std::string& name, std::size_t q, std::size_t k, std::size_t r) {
        const auto run = [&, q, k, r, times = std::make_shared<int>(0)](benchmark::State& state) {
            shown.show(static_cast<double>(done++) / static_cast<double>(all));
            if (out_of_time(*times)) return state.SkipWithError("out of time");
            ++*times;
            in.rows[r].run(state);
            state.counters["question"] = static_cast<double>(q);
            state.counters["column"] = static_cast<double>(k);
            state.counters["row"] = static_cast<double>(r);
        };
        // Not as Google Benchmark's repetitions, of which none may be left out.
        for (int i = 0; i != repetitions; ++i, ++all) {
            auto* const registered = benchmark::RegisterBenchmark(name.c_str(), run);
            registered->Iterations(in.iterations);
            if (in.timed == timing::by_hand) registered->UseManualTime();
        }
    };
    for (std::size_t q = 0; q != questions.size(); ++q) {
        for (std::size_t k = 0; k != questions[q].columns.size(); ++k) {
            const column& in = questions[q].columns[k];
            for (std::size_t r = 0; r != in.rows.size(); ++r)
                add(in, questions[q].title + " | " + in.label + " | " + in.rows[r].contestant, q, k, r);
        }
    }
    silent reporter;
    benchmark::RunSpecifiedBenchmarks(&reporter);
    benchmark::Shutdown();
    return something_differs ? 1 : 0;
}

/// What Google Benchmark wrote, a list of values for each question, column and row: in the question's unit.
std::vector<answer> read(const std::string& results, const std::vector<question>& questions) {
    std::vector<std::vector<std::vector<std::vector<double>>>> values;
    for (const question& q : questions) {
        auto& of_columns = values.emplace_back();
        for (const column& k : q.columns) of_columns.emplace_back(k.rows.size());
    }
    std::ifstream in(results, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    boost::system::error_code error;
    // There is nothing in it where no row matches a filter.
    const boost::json::value all =
        text.empty() ? boost::json::object{{"benchmarks", boost::json::array{}}} : boost::json::parse(text, error);
    if (!in || error) fail(results + " cannot be read.");
    for (const boost::json::value& run : all.at("benchmarks").as_array()) {
        const boost::json::object& o = run.as_object();
        // An aggregate is no measurement of its own; what was skipped or failed has no row.
        if (o.at("run_type").as_string() != "iteration" || !o.contains("row") || o.contains("error_occurred")) continue;
        const auto number = [&o](const char* name) { return o.at(name).to_number<double>(); };
        const auto index = [&number](const char* name) { return static_cast<std::size_t>(number(name)); };
        const column& k = questions[index("question")].columns[index("column")];
        const double value = k.timed == timing::none      ? number("value")
                             : k.timed == timing::by_hand ? number("real_time") / k.elements
                                                          : number("cpu_time") / k.elements;
        values[index("question")][index("column")][index("row")].push_back(value);
    }
    std::vector<answer> answers;
    for (std::size_t q = 0; q != questions.size(); ++q) answers.push_back(answer_of(questions[q], values[q]));
    return answers;
}

int run(const command_line& line) {
    const clock::time_point began = clock::now();
    const std::string folder =
        line.chosen.folder.empty() ? std::filesystem::temp_directory_path().string() : line.chosen.folder;
    std::filesystem::create_directories(folder);
    double all_seconds = 0;
    for (const chapter& c : line.chapters) all_seconds += c.seconds;
    double done = 0;
    std::vector<std::vector<question>> asked; // the answers point to them
    asked.reserve(line.chapters.size());
    std::vector<answer> answers;
    for (const chapter& c : line.chapters) {
        const std::vector<question>& questions = asked.emplace_back(c.ask(line.chosen));
        std::string results = folder + "/" + c.name + ".json";
        if (line.chosen.folder.empty()) results += "." + std::to_string(getpid());
        std::cout.flush();
        const progress shown(done / all_seconds, c.seconds / all_seconds, c.name);
        const pid_t child = fork();
        if (child == 0) _exit(measure(c, questions, line, results, shown));
        int status = 0;
        if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
            fail("The chapter " + c.name + " did not end well.");
        if (WEXITSTATUS(status) != 0) return WEXITSTATUS(status);
        std::ranges::move(read(results, questions), std::back_inserter(answers));
        if (line.chosen.folder.empty()) std::filesystem::remove(results);
        done += c.seconds;
    }
    const double seconds = std::chrono::duration<double>(clock::now() - began).count();
    std::fprintf(stderr, "%s100 %%, in %.0f s\n", isatty(STDERR_FILENO) != 0 ? "\r\033[K" : "", seconds);
    show_page(line.chosen, answers);
    return 0;
}

} // namespace

void check(benchmark::State& state, std::string_view contestant, std::uint64_t computed, std::uint64_t expected) {
    if (computed == expected) return;
    something_differs = true;
    std::cerr << contestant << " computed " << computed << ", but " << expected << " is right.\n";
    state.SkipWithError("differs");
}

void found(benchmark::State& state, double value) {
    for (auto _ : state) observe(&value);
    state.counters["value"] = value;
}

std::string with_commas(std::size_t n) {
    std::string digits = std::to_string(n);
    for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
    return digits;
}

} // namespace bench

int main(int argc, char** argv) { return bench::run(bench::read_command_line(argc, argv)); }
