// The function whose machine code is looked at.
#pragma once

#include <cstddef>

/// Fresh private memory, or null.
extern "C" void* map_or_null(std::size_t bytes) noexcept;
