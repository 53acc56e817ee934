// How long does a file take to compile that imports seg.list, against one that includes another container's header?
//
//     compile_time <compile_commands.json>
//
// The files in compiled/ are compiled again and again by the commands that the build used for them.
#include "report.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <sys/resource.h>

namespace {

/// The shell command that compiles a file of that name.
std::string command_for(const boost::json::array& commands, std::string_view name) {
    for (const boost::json::value& each : commands) {
        const boost::json::string& file = each.at("file").as_string();
        if (!std::string_view(file.data(), file.size()).ends_with(name)) continue;
        return "cd '" + std::string(each.at("directory").as_string().c_str()) + "' && " +
               each.at("command").as_string().c_str();
    }
    std::cerr << "There is no command that compiles " << name << ".\n";
    std::exit(1);
}

/// CPU seconds of all processes that were started and have ended.
double seconds_of_children() {
    rusage usage{};
    getrusage(RUSAGE_CHILDREN, &usage);
    const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void compile(benchmark::State& state, const std::string& command) {
    for (auto _ : state) {
        const double before = seconds_of_children();
        if (std::system(command.c_str()) != 0) return state.SkipWithError("it does not compile");
        state.SetIterationTime(seconds_of_children() - before);
    }
}

} // namespace

int main(int argc, char** argv) {
    const bench::options chosen = bench::initialize(argc, argv, 5, true);
    if (chosen.inputs.size() != 1) {
        std::cerr << "usage: compile_time <compile_commands.json>\n";
        return 1;
    }
    std::ifstream in(chosen.inputs.front());
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    boost::system::error_code error;
    const boost::json::value commands = boost::json::parse(text, error);
    if (!in || error || !commands.is_array()) {
        std::cerr << chosen.inputs.front() << " cannot be read.\n";
        return 1;
    }
    // Nanoseconds are what the report counts in; a million of them are one element.
    bench::group g{.title = "compile a file that fills a container and sums it up",
                   .unit = "ms",
                   .elements = 1e6,
                   .timed_by_hand = true};
    const auto add = [&](const char* name, std::string_view file) {
        g.rows.push_back({name, [command = command_for(commands.as_array(), file)](benchmark::State& s) {
                              compile(s, command);
                          }});
    };
    add("#include <vector>", "compiled/includes_vector.cpp");
    add("#include <deque>", "compiled/includes_deque.cpp");
    add("#include <boost/container/deque.hpp>", "compiled/includes_boost_deque.cpp");
    add("import seg.list", "compiled/imports_seg.cpp");
    g.targets = {{"compile a file that uses the container", "import seg.list", "boost/container/deque.hpp",
                  {"#include <boost/container/deque.hpp>"}, 0.25}};
    return bench::run(chosen,
                      {
                          "Medians of the CPU times of several rounds in random order. ratio: the time divided by that",
                          "of the first row. The module is there already, as headers are; finding out what a file",
                          "imports is not counted.",
                      },
                      {std::move(g)});
}
