#include "plots.hpp"

#include "inputs.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <utility>

namespace bench {

namespace {

// The background is white, in dark surroundings too: a colour for both cannot have enough contrast to both.
constexpr const char* ink = "#24292f";
constexpr const char* colours[] = {"#c62828", "#1f5fbf", "#2e7d32", "#8e24aa", "#a04000", "#00696b"};

constexpr const char* begin =
    R"(set terminal svg size 860,460 noenhanced font "Helvetica,Arial,sans-serif,14" background "#ffffff"
set border 3 linewidth 0.8
set tics nomirror
set grid ytics linewidth 0.3 dashtype 3
unset key
set logscale xy
set format x "%.0s%c"
set ytics (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
set lmargin at screen 0.09
set rmargin at screen 0.70
)";

/// Words with hyphens between them.
std::string file_name(std::string_view title) {
    std::string name;
    for (const char c : title) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '_';
        if (plain) name += c;
        else if (!name.empty() && name.back() != '-') name += '-';
    }
    return name + ".svg";
}

/// In gnuplot's double quotes.
std::string quoted(std::string_view words) {
    std::string all = "\"";
    for (const char c : words) all += c == '"' || c == '\\' ? ' ' : c;
    return all + "\"";
}

struct curve {
    std::string name;
    std::string colour;
    std::vector<std::pair<double, double>> points;
    double label; ///< where its name is, as a logarithm
};

std::vector<curve> curves_of(const answer& a) {
    std::vector<curve> curves;
    for (std::size_t i = 0; i != a.asked->curves.size(); ++i) {
        for (const result& r : a.results) {
            if (r.contestant != a.asked->curves[i]) continue;
            curve c{r.contestant, colours[i % std::size(colours)], {}, 0};
            for (std::size_t k = 0; k != r.values.size(); ++k)
                if (r.values[k]) c.points.emplace_back(a.asked->columns[k].x, r.values[k]->median);
            if (c.points.size() < 2) continue;
            c.label = std::log10(c.points.back().second);
            curves.push_back(std::move(c));
        }
    }
    return curves;
}

/// Moves the names apart that would lie on each other: first up from the lowest, and then all down by half of that.
void spread_labels(std::vector<curve>& curves, double least) {
    std::sort(curves.begin(), curves.end(), [](const curve& a, const curve& b) { return a.label < b.label; });
    for (std::size_t first = 0; first != curves.size();) {
        std::size_t last = first + 1;
        double moved = 0;
        for (; last != curves.size() && curves[last].label < curves[last - 1].label + least; ++last) {
            moved = curves[last - 1].label + least - curves[last].label;
            curves[last].label += moved;
        }
        for (std::size_t i = first; i != last; ++i) curves[i].label -= moved / 2;
        first = last;
    }
}

void write(std::ostream& out, const std::string& file, const answer& a, const std::string& caption) {
    std::vector<curve> curves = curves_of(a);
    double low = 1e300, high = 0, last = 1;
    for (const curve& c : curves) {
        for (const auto& [x, y] : c.points) {
            low = std::min(low, y);
            high = std::max(high, y);
            last = std::max(last, x);
        }
    }
    low /= 1.3, high *= 1.3;
    spread_labels(curves, std::log10(high / low) * 0.055);
    out << begin << "set output " << quoted(file) << "\nset title " << quoted(a.asked->title + ", " + a.asked->unit)
        << " textcolor rgb \"" << ink << "\"\nset xlabel \"" << a.asked->axis << "\\n"
        << caption << "\" textcolor rgb \"" << ink << "\"\nset yrange [" << low << ":" << high << "]\n";
    std::string plot;
    for (std::size_t i = 0; i != curves.size(); ++i) {
        const curve& c = curves[i];
        out << "set label " << i + 1 << " " << quoted(c.name) << " at " << last << "," << std::pow(10, c.label)
            << " left offset 1,0 textcolor rgb \"" << c.colour << "\"\n$curve" << i << " << end\n";
        for (const auto& [x, y] : c.points) out << x << " " << y << "\n";
        out << "end\n";
        plot += (i == 0 ? "" : ", ") + ("$curve" + std::to_string(i)) + " with linespoints pointtype 7 pointsize 0.3 " +
                "linewidth 2 linecolor rgb \"" + c.colour + "\"";
    }
    out << "plot " << plot << "\nunset output\nreset\n";
}

} // namespace

std::vector<std::string> draw(const std::string& folder, const std::vector<answer>& answers,
                              const std::string& caption) {
    std::vector<std::string> names;
    const std::string script = folder + "/plots.gp";
    std::ofstream out(script);
    for (const answer& a : answers) {
        std::string& name = names.emplace_back();
        if (std::string_view(SEG_BENCHMARK_GNUPLOT).empty() || curves_of(a).empty()) continue;
        name = file_name(a.asked->title);
        write(out, folder + "/" + name, a, caption);
    }
    if (!out.flush()) fail(script + " cannot be written.");
    if (!std::string_view(SEG_BENCHMARK_GNUPLOT).empty() &&
        std::system(("'" SEG_BENCHMARK_GNUPLOT "' '" + script + "'").c_str()) != 0)
        fail("gnuplot cannot draw " + script + ".");
    return names;
}

} // namespace bench
