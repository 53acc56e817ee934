// How long does a file take to compile that imports seg.list, against one that includes another container's header?
//
//     compile_time <compile_commands.json> <folder of the compiled interfaces>
//
// The files in compiled/ are compiled again and again by the commands that the build used for them.
#include "report.hpp"

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

/// Bytes of the compiled interfaces in the folder, of which the file's name without its extension satisfies which.
template <class Which> double bytes_of_interfaces(const std::filesystem::path& folder, Which which) {
    std::uintmax_t bytes = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        const std::filesystem::path& file = entry.path();
        if ((file.extension() == ".pcm" || file.extension() == ".gcm") && which(file.stem())) bytes += entry.file_size();
    }
    return static_cast<double>(bytes);
}

} // namespace

int main(int argc, char** argv) {
    const bench::options chosen = bench::initialize(argc, argv, 5, true);
    if (chosen.inputs.size() != 2) {
        std::cerr << "usage: compile_time <compile_commands.json> <folder of the compiled interfaces>\n";
        return 1;
    }
    const std::filesystem::path interfaces = chosen.inputs.back();
    if (!is_directory(interfaces)) {
        std::cerr << interfaces.string() << " is no folder.\n";
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
    add("(an empty file)", "compiled/empty.cpp");
    g.targets = {{"compile a file that uses the container", "import seg.list", "boost/container/deque.hpp",
                  {"#include <boost/container/deque.hpp>"}, 0.25},
                 {"compile it, beyond an empty file", "import seg.list", "milliseconds", {}, 100, "(an empty file)"}};

    const auto is_standard = [](const std::filesystem::path& name) { return name == "seg.standard"; };
    bench::group bytes{.title = "compiled interfaces of all modules of seg", .unit = "bytes"};
    bytes.rows = {{.contestant = "the standard library's names",
                   .find = [=] { return bytes_of_interfaces(interfaces, is_standard); }},
                  {.contestant = "everything else", .find = [=] {
                       return bytes_of_interfaces(interfaces, std::not_fn(is_standard));
                   }}};
    return bench::run(chosen,
                      {
                          "Medians of the CPU times of several rounds in random order. ratio: the time divided by that",
                          "of the first row. The module is there already, as headers are; finding out what a file",
                          "imports is not counted.",
                      },
                      {std::move(g), std::move(bytes)});
}
