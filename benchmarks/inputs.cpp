#include "inputs.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <system_error>

namespace bench {

void fail(const std::string& sentence) {
    std::cerr << sentence << "\n";
    std::exit(1);
}

namespace {

file read(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    file read{path.string(), {std::istreambuf_iterator<char>(in), {}}};
    if (!in) fail(path.string() + " cannot be read.");
    return read;
}

void read_input(const std::string& name, const char* extension, std::vector<file>& files) {
    const std::filesystem::path path(name);
    std::error_code failure;
    if (!std::filesystem::exists(path, failure)) fail(name + " does not exist.");
    if (!std::filesystem::is_directory(path, failure)) return files.push_back(read(path));
    std::vector<std::filesystem::path> found;
    std::filesystem::recursive_directory_iterator it(path, failure);
    for (const std::filesystem::recursive_directory_iterator end; !failure && it != end; it.increment(failure))
        if (it->path().extension() == extension) found.push_back(it->path());
    if (failure) fail(name + " cannot be read: " + failure.message() + ".");
    if (found.empty()) fail(std::string("There is no ") + extension + " file in " + name + ".");
    std::sort(found.begin(), found.end());
    for (const auto& each : found) files.push_back(read(each));
}

} // namespace

std::vector<file> read_inputs(const std::vector<std::string>& names, const char* extension, default_input otherwise) {
    std::vector<file> files;
    if (names.empty()) {
        if (!std::filesystem::exists(otherwise.folder))
            fail(std::string(otherwise.folder) + " does not exist: install Debian's " + otherwise.package +
                 " package, or name " + extension + " files, or folders of them.");
        read_input(otherwise.folder, extension, files);
    }
    for (const std::string& name : names) read_input(name, extension, files);
    return files;
}

void checksum::text(std::string_view s) {
    number(s.size());
    for (; s.size() >= 8; s.remove_prefix(8)) {
        std::uint64_t word;
        std::memcpy(&word, s.data(), 8);
        number(word);
    }
    std::uint64_t rest = 0;
    for (const char c : s) rest = rest << 8 | static_cast<unsigned char>(c);
    number(rest);
}

} // namespace bench
