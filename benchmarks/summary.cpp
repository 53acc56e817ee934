// Puts the results of all programs together: one table of the targets, met or missed, printed; a report in Markdown with
// every table; and the plots, for plots.gp.
//
//     summary <folder> <file of results>...
//
// Of a question with several targets the one that is furthest from its limit counts.
#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace json = boost::json;

[[noreturn]] void fail(const std::string& sentence) {
    std::cerr << sentence << "\n";
    std::exit(1);
}

json::value read(const std::string& name) {
    std::ifstream in(name, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    boost::system::error_code error;
    json::value results = json::parse(text, error);
    if (!in || error) fail(name + " cannot be read: has its program run?");
    return results;
}

std::string text_of(const json::value& object, const char* key) {
    const json::string& text = object.at(key).as_string();
    return {text.data(), text.size()};
}
double number_of(const json::value& object, const char* key) { return object.at(key).to_number<double>(); }

/// Three digits that matter.
std::string shown(double number) {
    std::ostringstream text;
    const double size = number < 0 ? -number : number;
    text << std::fixed << std::setprecision(size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.095 || size == 0 ? 2 : 4)
         << number;
    return text.str();
}

std::string percent(double share) { return std::to_string(static_cast<int>(share * 100 + 0.5)) + " %"; }

std::string escaped(std::string text) {
    for (std::size_t i = 0; (i = text.find('|', i)) != std::string::npos; i += 2) text.insert(i, 1, '\\');
    return text;
}

// ---- targets

/// What became of a target in one group.
struct judged {
    std::string group;
    std::string rival;
    double ratio;
    double spread;
    bool met;
};

struct question {
    std::string text;
    std::string compared;
    double limit;
    std::vector<judged> cases;

    const judged& worst() const {
        return *std::max_element(cases.begin(), cases.end(),
                                 [](const judged& a, const judged& b) { return a.ratio < b.ratio; });
    }
    bool met() const { return worst().met; }
    auto missed() const {
        return std::count_if(cases.begin(), cases.end(), [](const judged& each) { return !each.met; });
    }
};

std::vector<question> questions_in(const std::vector<json::value>& results) {
    std::vector<question> questions;
    for (const json::value& program : results) {
        for (const json::value& group : program.at("groups").as_array()) {
            for (const json::value& target : group.at("targets").as_array()) {
                const std::string text = text_of(target, "question");
                const std::string compared = text_of(target, "compared");
                auto place = std::find_if(questions.begin(), questions.end(), [&](const question& each) {
                    return each.text == text && each.compared == compared;
                });
                if (place == questions.end())
                    place = questions.insert(place, question{text, compared, number_of(target, "limit"), {}});
                place->cases.push_back({text_of(group, "title") + ", " + text_of(target, "ours"),
                                        text_of(target, "rival"), number_of(target, "ratio"),
                                        number_of(target, "spread"), target.at("met").as_bool()});
            }
        }
    }
    return questions;
}

std::string verdict(const question& q) {
    if (q.met()) return "met";
    if (q.cases.size() == 1) return "MISSED";
    return "MISSED in " + std::to_string(q.missed()) + " of " + std::to_string(q.cases.size());
}

using line = std::vector<std::string>;

std::vector<line> target_lines(const std::vector<question>& questions) {
    std::vector<line> lines{{"question", "compared with", "at most", "measured", "+-", ""}};
    for (const question& q : questions)
        lines.push_back({q.text, q.compared, shown(q.limit), shown(q.worst().ratio), percent(q.worst().spread), verdict(q)});
    return lines;
}

void print(const std::vector<line>& lines) {
    std::vector<std::size_t> widths(lines.front().size());
    for (const line& cells : lines)
        for (std::size_t i = 0; i != cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
    for (const line& cells : lines) {
        for (std::size_t i = 0; i != cells.size(); ++i) {
            const bool number = i >= 2 && i <= 4;
            std::cout << (i == 0 ? "" : "  ") << (number ? std::right : std::left)
                      << std::setw(static_cast<int>(widths[i])) << cells[i];
        }
        std::cout << "\n";
    }
}

void write_markdown(std::ostream& out, const std::vector<line>& lines, std::size_t first_number) {
    for (std::size_t n = 0; n != lines.size(); ++n) {
        for (const std::string& cell : lines[n]) out << "| " << escaped(cell) << " ";
        out << "|\n";
        if (n != 0) continue;
        for (std::size_t i = 0; i != lines[n].size(); ++i) out << (i >= first_number ? "|--:" : "|---");
        out << "|\n";
    }
}

// ---- the report

void write_group(std::ostream& out, const json::value& group) {
    std::vector<line> lines{{"", text_of(group, "unit"), "+-", "ratio"}};
    bool peaks = false;
    for (const json::value& row : group.at("rows").as_array()) peaks = peaks || number_of(row, "peak_bytes") > 0;
    if (peaks) lines.front().push_back("peak memory, MB");
    double first = 0;
    for (const json::value& row : group.at("rows").as_array()) {
        if (row.as_object().find("median") == row.as_object().end()) continue;
        const double median = number_of(row, "median");
        if (lines.size() == 1) first = median;
        lines.push_back({text_of(row, "contestant"), shown(median), percent(number_of(row, "spread")),
                         first > 0 ? shown(median / first) : "-"});
        if (peaks) lines.back().push_back(shown(number_of(row, "peak_bytes") / 1e6));
    }
    if (lines.size() == 1) return;
    out << "\n**" << text_of(group, "title") << "**\n\n";
    write_markdown(out, lines, 1);
}

void write_report(std::ostream& out, const std::vector<json::value>& results, const std::vector<question>& questions,
                  const std::vector<std::string>& plots) {
    out << "```\n";
    for (const json::value& text : results.front().at("heading").as_array()) out << text.as_string().c_str() << "\n";
    out << "```\n\nTargets. Ratios of medians in one process on one core; of several cases the worst. +-: how far half "
           "of the repetitions lie from the median at most, both sides together.\n\n";
    write_markdown(out, target_lines(questions), 2);
    out << "\nWhere a target is missed, or has several cases:\n\n";
    std::vector<line> cases{{"question", "case", "best rival", "at most", "measured", "+-", ""}};
    for (const question& q : questions) {
        if (q.met() && q.cases.size() == 1) continue;
        for (const judged& each : q.cases)
            cases.push_back({q.text + " / " + q.compared, each.group, each.rival, shown(q.limit), shown(each.ratio),
                             percent(each.spread), each.met ? "met" : "MISSED"});
    }
    write_markdown(out, cases, 3);
    for (const std::string& plot : plots) out << "\n![" << plot << "](" << plot << ".svg)\n";
    for (const json::value& program : results) {
        out << "\n---\n\n";
        for (const json::value& text : program.at("notes").as_array()) out << text.as_string().c_str() << "\n";
        for (const json::value& group : program.at("groups").as_array()) write_group(out, group);
    }
}

// ---- the plots

/// Who is drawn, and how: seg's own strongest, what the machine can do at most in grey. All colours can be read on white
/// and on black. Those with the same colour differ in dashes.
struct pen {
    const char* contestant;
    const char* colour;
    double width;
    int dash;
};
constexpr pen pens[] = {
    {"seg::arena_list", "#e5484d", 2.6, 1},
    {"seg::arena_list, segments()", "#e5484d", 1.6, 3},
    {"seg::arena_list, huge pages", "#e5484d", 2, 2},
    {"seg::list", "#f08c3a", 2.2, 1},
    {"seg::pinned_vector", "#c99700", 2.2, 1},
    {"seg::pinned_vector, cleared", "#c99700", 2.2, 2},
    {"std::vector", "#4f8fd6", 1.4, 1},
    {"std::vector, reserved", "#4f8fd6", 1.4, 2},
    {"Rust's Vec", "#9a78d8", 1.4, 1},
    {"C list of the seed", "#b0883f", 1.4, 1},
    {"C array, realloc", "#b0883f", 1.4, 2},
    {"std::deque", "#3fa35b", 1.4, 1},
    {"std::deque, arena", "#3fa35b", 1.4, 2},
    {"std::deque of libc++", "#3fa35b", 1.4, 3},
    {"boost deque", "#2aa5a0", 1.4, 1},
    {"boost segtor", "#d1679f", 1.4, 1},
    {"boost segtor, arena", "#d1679f", 1.4, 2},
    {"tbb::concurrent_vector", "#8a9a2b", 1.4, 1},
    {"boost stable_vector", "#7d8590", 1.2, 3},
    {"one mapping, huge pages", "#7d8590", 1.4, 2},
};

/// A plot's name as that of a file: words with hyphens between them.
std::string file_name(std::string_view name) {
    std::string file;
    for (const char c : name) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        if (plain) file += c;
        else if (!file.empty() && file.back() != '-') file += '-';
    }
    return file;
}

/// A string in gnuplot's double quotes; what is drawn is no contestant's to decide.
std::string for_gnuplot(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' || c == '\\' ? ' ' : c;
    return quoted + "\"";
}

using points = std::vector<std::pair<double, double>>;
struct drawing {
    std::string title;
    std::string unit;
    std::map<std::string, points> curves; ///< by contestant
};

std::vector<drawing> drawings_in(const std::vector<json::value>& results) {
    std::vector<drawing> drawings;
    for (const json::value& program : results) {
        for (const json::value& group : program.at("groups").as_array()) {
            const std::string title = text_of(group, "plot");
            if (title.empty()) continue;
            auto place = std::find_if(drawings.begin(), drawings.end(),
                                      [&](const drawing& each) { return each.title == title; });
            if (place == drawings.end()) place = drawings.insert(place, {title, text_of(group, "unit"), {}});
            for (const json::value& row : group.at("rows").as_array())
                if (row.as_object().find("median") != row.as_object().end())
                    place->curves[text_of(row, "contestant")].emplace_back(number_of(group, "x"),
                                                                           number_of(row, "median"));
        }
    }
    return drawings;
}

/// <folder>/<plot>.plot for plots.gp: what is to be drawn, points and pens. Returns the names of the plots.
std::vector<std::string> write_plots(const std::string& folder, const std::vector<json::value>& results) {
    std::vector<std::string> names;
    for (const drawing& d : drawings_in(results)) {
        if (d.curves.empty()) continue; // nothing of it was measured
        const std::string name = file_name(d.title);
        std::ofstream out(folder + "/" + name + ".plot");
        // The title ends with the element's size.
        const std::size_t comma = d.title.rfind(", ");
        double last = 1;
        for (const auto& [contestant, curve] : d.curves)
            for (const auto& [x, y] : curve) last = std::max(last, x);
        out << "name = \"" << name << "\"\nelement = " << std::atoi(d.title.c_str() + comma + 2) << "\nlast = " << last
            << "\nset title " << for_gnuplot(d.title) << "\nset ylabel " << for_gnuplot(d.unit) << "\n";
        std::string curves;
        int number = 0;
        for (const pen& p : pens) {
            const auto curve = d.curves.find(p.contestant);
            if (curve == d.curves.end()) continue;
            out << "$curve" << ++number << " << end\n";
            for (const auto& [x, y] : curve->second) out << x << " " << y << "\n";
            out << "end\n";
            curves += (curves.empty() ? "" : ", \\\n    ") + ("$curve" + std::to_string(number)) +
                      " using 1:2 with linespoints pointtype 7 pointsize 0.3 linecolor rgb \"" + p.colour +
                      "\" linewidth " + shown(p.width) + " dashtype " + std::to_string(p.dash) + " title " +
                      for_gnuplot(p.contestant);
        }
        out << "load begin\nplot " << curves << "\nunset output\n";
        if (!out.flush()) fail(folder + "/" + name + ".plot cannot be written.");
        names.push_back(name);
    }
    return names;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 3) fail("usage: summary <folder> <file of results>...");
    const std::string folder = argv[1];
    std::vector<json::value> results;
    for (int i = 2; i != argc; ++i) results.push_back(read(argv[i]));
    const std::vector<question> questions = questions_in(results);
    const std::vector<std::string> plots = write_plots(folder, results);

    std::ofstream report(folder + "/report.md");
    write_report(report, results, questions, plots);
    if (!report.flush()) fail(folder + "/report.md cannot be written.");

    std::cout << "\n";
    for (const json::value& text : results.front().at("heading").as_array()) std::cout << text.as_string().c_str() << "\n";
    std::cout << "\n";
    print(target_lines(questions));
    const auto met = std::count_if(questions.begin(), questions.end(), [](const question& q) { return q.met(); });
    std::cout << "\n" << met << " of " << questions.size() << " targets met. Of several cases the worst counts; " << folder
              << "/report.md lists them, and everything that was measured.\n";
}
