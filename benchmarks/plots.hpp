// Curves over sizes, drawn by gnuplot.
#pragma once

#include "page.hpp"

namespace bench {

/// Draws the curves of every question that has some into the folder, where gnuplot is installed. Returns the names of
/// the files, empty for a question without a plot.
std::vector<std::string> draw(const std::string& folder, const std::vector<answer>& answers,
                              const std::string& caption);

} // namespace bench
