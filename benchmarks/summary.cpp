// Puts the results of all programs together: one table of the targets, met or missed, printed; a report in Markdown with
// every table; and the points of the plots.
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

// ---- the points of the plots

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

/// <folder>/<plot>.data: a block of lines "x median" for each contestant, its name in the block's first line, blocks apart by
/// two empty lines, as gnuplot's index wants them. Returns the names of the plots.
std::vector<std::string> write_points(const std::string& folder, const std::vector<json::value>& results) {
    using points = std::vector<std::pair<double, double>>;
    std::map<std::string, std::vector<std::pair<std::string, points>>> plots; // contestants in their order
    for (const json::value& program : results) {
        for (const json::value& group : program.at("groups").as_array()) {
            const std::string name = file_name(text_of(group, "plot"));
            if (name.empty()) continue;
            for (const json::value& row : group.at("rows").as_array()) {
                if (row.as_object().find("median") == row.as_object().end()) continue;
                auto& curves = plots[name];
                const std::string contestant = text_of(row, "contestant");
                auto curve = std::find_if(curves.begin(), curves.end(),
                                          [&](const auto& each) { return each.first == contestant; });
                if (curve == curves.end()) curve = curves.insert(curve, {contestant, {}});
                curve->second.emplace_back(number_of(group, "x"), number_of(row, "median"));
            }
        }
    }
    std::vector<std::string> names;
    for (const auto& [name, curves] : plots) {
        std::ofstream out(folder + "/" + name + ".data");
        for (const auto& [contestant, line] : curves) {
            out << "\"" << contestant << "\"\n";
            for (const auto& [x, y] : line) out << x << " " << y << "\n";
            out << "\n\n";
        }
        if (!out.flush()) fail(folder + "/" + name + ".data cannot be written.");
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
    const std::vector<std::string> plots = write_points(folder, results);

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
