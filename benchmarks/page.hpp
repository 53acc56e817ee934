// The page that the comparison ends in: a table and what came out in words for each question, on the terminal and in
// Markdown.
#pragma once

#include "comparison.hpp"

#include <optional>
#include <string>
#include <vector>

namespace bench {

/// The middle of what the repetitions of a row took, and how far half of them lie from it at most, as a share of it.
struct measured {
    double median;
    double spread;
};

/// A line of a question's table.
struct result {
    std::string contestant;
    std::vector<std::optional<measured>> values; ///< by column
};

struct answer {
    const question* asked;
    std::vector<result> results; ///< of those that were measured, fastest first
};

/// values: of every repetition, by column and row.
answer answer_of(const question& asked, const std::vector<std::vector<std::vector<double>>>& values);

/// Prints the page. With a folder, writes page.md and the plots there too, and prints where the page is. Ends the
/// program if they cannot be written.
void show_page(const options& chosen, const std::vector<answer>& answers);

} // namespace bench
