// Whether memory may have huge pages, as the kernel says.
#pragma once

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <ios>
#include <sstream>
#include <string>

#include "address_space.hpp"

namespace observation {

/// Whether the mapping that contains the address may get huge pages: "hg" among its flags in /proc/self/smaps.
inline bool may_be_huge(const void* p) {
    std::ifstream mappings("/proc/self/smaps");
    bool here = false;
    for (std::string line; std::getline(mappings, line);) {
        std::istringstream words(line);
        std::uintptr_t first = 0;
        std::uintptr_t last = 0;
        char dash = 0;
        if (line.find("VmFlags:") == 0) {
            if (here) return line.find(" hg") != std::string::npos;
        } else if (words >> std::hex >> first >> dash >> last && dash == '-') {
            here = first <= number(p) && number(p) < last;
        }
    }
    BOOST_FAIL("no such mapping");
    return false;
}

/// A kernel may be built without them, and then refuses the advice.
inline bool system_has_huge_pages() { return std::filesystem::exists("/sys/kernel/mm/transparent_hugepage"); }

} // namespace observation
