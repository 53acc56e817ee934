// Files to work on, and checksums of what was made of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

struct file {
    std::string name;
    std::string text;
};

/// Prints the sentence and ends the program with status 1.
[[noreturn]] void fail(const std::string& sentence);

/// What a program reads where nothing is named: a folder, and the package of Debian that installs it.
struct default_input {
    const char* folder;
    const char* package;
};

/// The files that are named, and of folders every file in them and below with that extension, in the order of their
/// names. Ends the program if there is none.
std::vector<file> read_inputs(const std::vector<std::string>& names, const char* extension, default_input otherwise);

/// line:column, both counted from 1, the column in bytes.
inline std::string place_in(std::string_view text, std::size_t offset) {
    std::size_t line = 1, begin = 0;
    for (std::size_t i = 0; i != offset; ++i)
        if (text[i] == '\n') ++line, begin = i + 1;
    return std::to_string(line) + ":" + std::to_string(offset - begin + 1);
}

class checksum {
public:
    void number(std::uint64_t n) {
        value_ = (value_ ^ n) * 0x9E3779B97F4A7C15;
        value_ ^= value_ >> 29;
    }
    void text(std::string_view s);
    std::uint64_t value() const { return value_; }

private:
    std::uint64_t value_ = 0;
};

} // namespace bench
