// How long does a file take to compile that imports seg.list, against one that includes another container's header?
//
// The files in compiled/ are compiled again and again by the commands that the build used for them.
#include "comparison.hpp"
#include "inputs.hpp"

#include <boost/json.hpp>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <sys/resource.h>

namespace bench {

namespace {

/// The shell command that compiles a file of that name.
std::string command_for(const boost::json::array& commands, std::string_view name) {
    for (const boost::json::value& each : commands) {
        const boost::json::string& file = each.at("file").as_string();
        if (!std::string_view(file.data(), file.size()).ends_with(name)) continue;
        return "cd '" + std::string(each.at("directory").as_string().c_str()) + "' && " +
               each.at("command").as_string().c_str();
    }
    fail("There is no command that compiles " + std::string(name) + ".");
}

/// CPU seconds of all processes that were started and have ended.
double seconds_of_children() {
    rusage usage{};
    getrusage(RUSAGE_CHILDREN, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void compile(benchmark::State& state, const std::string& command) {
    for (auto _ : state) {
        const double before = seconds_of_children();
        if (std::system(command.c_str()) != 0) return state.SkipWithError("it does not compile");
        state.SetIterationTime(seconds_of_children() - before);
    }
}

/// Megabytes of the compiled interfaces of all modules of seg, of which the file's name without its extension satisfies
/// which.
template <class Which> double megabytes_of_interfaces(Which which) {
    std::uintmax_t bytes = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(SEG_BENCHMARK_INTERFACES)) {
        const std::filesystem::path& file = entry.path();
        if ((file.extension() == ".pcm" || file.extension() == ".gcm") && which(file.stem()))
            bytes += entry.file_size();
    }
    return static_cast<double>(bytes) * 1e-6;
}

} // namespace

std::vector<question> ask_compile_time(const options&) {
    std::ifstream in(SEG_BENCHMARK_COMMANDS);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    boost::system::error_code error;
    const boost::json::value commands = boost::json::parse(text, error);
    if (!in || error || !commands.is_array()) fail(SEG_BENCHMARK_COMMANDS " cannot be read.");

    question times{.title = "compile a file that fills a container and sums it up",
                   .unit = "ms",
                   .text =
                       "The modules are compiled already, as headers are there; finding out what a file imports is not "
                       "counted.",
                   .verb = "compiles"};
    column& k = times.columns.emplace_back(column{.label = "time", .elements = 1e6, .timed = timing::by_hand});
    const auto add = [&](const char* name, std::string_view file) {
        k.rows.push_back(
            {name, [command = command_for(commands.as_array(), file)](benchmark::State& s) { compile(s, command); }});
    };
    add("std::vector", "compiled/includes_vector.cpp");
    add("std::deque", "compiled/includes_deque.cpp");
    add("boost deque", "compiled/includes_boost_deque.cpp");
    add("seg::list, imported", "compiled/imports_seg.cpp");
    const std::string empty = "(an empty file)";
    add(empty.c_str(), "compiled/empty.cpp");
    k.targets = {{"seg::list, imported", "boost deque", {"boost deque"}, 0.25},
                 {"seg::list, imported", "milliseconds beyond an empty file", {}, 100, empty}};

    const auto is_standard = [](const std::filesystem::path& name) { return name == "seg.standard"; };
    const auto bytes = [](const char* name, auto which) {
        return row{name, [which](benchmark::State& s) { found(s, megabytes_of_interfaces(which)); }};
    };
    question sizes{.title = "the compiled interfaces of all modules of seg", .unit = "MB"};
    sizes.columns = {{.label = "size",
                      .timed = timing::none,
                      .rows = {bytes("the standard library's names", is_standard),
                               bytes("everything else", std::not_fn(is_standard))}}};
    return {times, sizes};
}

} // namespace bench
