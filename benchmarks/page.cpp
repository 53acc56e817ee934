#include "page.hpp"

#include "inputs.hpp"
#include "plots.hpp"

#include <boost/version.hpp>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string_view>

#include <gnu/libc-version.h>
#include <sys/utsname.h>

namespace bench {

namespace {

// ---- the machine

std::string processor() {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);)
        if (line.starts_with("model name")) return line.substr(line.find(':') + 2); // on x86
    return "unknown processor";
}

/// Whether large allocations may get huge pages, which changes what fresh memory costs.
std::string huge_pages() {
    std::ifstream setting("/sys/kernel/mm/transparent_hugepage/enabled");
    std::string words;
    std::getline(setting, words);
    const std::size_t open = words.find('[');
    const std::size_t close = words.find(']');
    return open < close && close != words.npos ? words.substr(open + 1, close - open - 1) : "unknown";
}

std::string compiler() {
#ifdef __clang__
    return "clang " + std::to_string(__clang_major__) + "." + std::to_string(__clang_minor__);
#else
    return "gcc " __VERSION__;
#endif
}

std::string standard_library() {
#ifdef _LIBCPP_VERSION
    return "libc++ " + std::to_string(_LIBCPP_VERSION / 10000);
#else
    return "libstdc++ " + std::to_string(_GLIBCXX_RELEASE);
#endif
}

std::string machine() {
    utsname kernel{};
    uname(&kernel);
    return processor() + ", " + kernel.sysname + " " + kernel.release + " " + kernel.machine +
           ", transparent huge pages: " + huge_pages();
}

std::string today() {
    const std::time_t now = std::time(nullptr);
    std::tm day{};
    localtime_r(&now, &day);
    std::ostringstream text;
    text << std::put_time(&day, "%Y-%m-%d");
    return text.str();
}

std::vector<std::string> heading() {
    std::vector<std::string> lines{
        "machine    " + machine(),
        "compiler   " + compiler() + ", " + SEG_BENCHMARK_FLAGS,
        "libraries  " + standard_library() + ", glibc " + gnu_get_libc_version() + ", Boost " +
            std::to_string(BOOST_VERSION / 100000) + "." + std::to_string(BOOST_VERSION / 100 % 1000),
        "date       " + today(),
    };
#ifndef __OPTIMIZE__
    lines.emplace_back("NOT OPTIMISED: these times say nothing about any container.");
#endif
    return lines;
}

// ---- numbers and words

/// Three digits that matter.
std::string shown(double number) {
    const double size = std::abs(number);
    if (size >= 1000) return with_commas(static_cast<std::size_t>(size + 0.5));
    std::ostringstream text;
    const int digits = size >= 99.95                 ? 0
                       : size >= 9.995               ? 1
                       : size >= 0.0995 || size == 0 ? 2
                       : size >= 0.00995             ? 3
                                                     : 4;
    text << std::fixed << std::setprecision(digits) << number;
    return text.str();
}

/// How many times, which nobody wants to know to three digits.
std::string times(double number) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(number >= 9.95 ? 0 : number < 1.195 ? 2 : 1) << number;
    return text.str();
}

bool is_ours(const std::string& contestant) {
    return contestant.starts_with("seg::") || contestant.starts_with("seg, ");
}
bool competes(const std::string& contestant) { return !contestant.starts_with("("); }

const std::string& unit_of(const question& q, const column& k) { return k.unit.empty() ? q.unit : k.unit; }
bool is_time(const std::string& unit) {
    return unit.starts_with("ns") || unit.starts_with("ms") || unit.starts_with("us");
}

std::size_t deciding(const question& q) { return std::min(q.decides, q.columns.size() - 1); }

// ---- what came out

/// The best of seg's and the best of the others in one column.
struct duel {
    const column* where;
    const result* ours = nullptr;
    const result* rival = nullptr;
    double our_value = 0;
    double rival_value = 0;

    /// How many times the rival takes as much.
    double factor() const { return rival_value / our_value; }
};

std::optional<duel> duel_in(const answer& a, std::size_t column) {
    duel found{.where = &a.asked->columns[column]};
    for (const result& r : a.results) {
        if (!r.values[column] || !competes(r.contestant)) continue;
        const double value = r.values[column]->median;
        const result*& best = is_ours(r.contestant) ? found.ours : found.rival;
        double& best_value = is_ours(r.contestant) ? found.our_value : found.rival_value;
        if (best == nullptr || value < best_value) best = &r, best_value = value;
    }
    // There is no ratio to a value of zero, nor without both sides.
    if (found.our_value <= 0 || found.rival_value <= 0) return std::nullopt;
    return found;
}

/// What differs by less is called the same: so much a repetition of the whole moves it.
constexpr double noise = 1.1;

std::string sentence(const question& q, const duel& d) {
    const double ratio = d.factor();
    const std::string where = q.columns.size() == 1 ? "" : d.where->label + ": ";
    const std::string& ours = d.ours->contestant;
    const std::string& rival = d.rival->contestant;
    if (ratio < noise && ratio > 1 / noise) return where + ours + " and " + rival + " take about the same.";
    const bool ahead = ratio > 1;
    const std::string than = (ahead ? rival + ", the best of the others" : ours + ", the best of seg's") + ".";
    if (!is_time(unit_of(q, *d.where)))
        return where + (ahead ? ours : rival) + " takes " + shown(ahead ? 1 / ratio : ratio) + " of " + than;
    return where + (ahead ? ours : rival) + " " + q.verb + " " + times(ahead ? ratio : 1 / ratio) +
           " times as fast as " + than;
}

/// On the column that decides, and on every other one where seg is behind.
std::vector<std::string> sentences(const answer& a) {
    std::vector<std::string> all;
    const auto add = [&](std::size_t k, bool if_behind) {
        const std::optional<duel> d = duel_in(a, k);
        if (d && (!if_behind || d->factor() * noise <= 1)) all.push_back(sentence(*a.asked, *d));
    };
    add(deciding(*a.asked), false);
    for (std::size_t k = 0; k != a.asked->columns.size(); ++k)
        if (k != deciding(*a.asked)) add(k, true);
    return all;
}

// ---- targets

/// A target in all columns that have it.
struct verdict {
    const question* asked;
    const target* what;
    std::size_t cases = 0;
    std::size_t missed = 0;
    double worst = -1;
    double spread = 0;
    std::string where = {}; ///< the column of the worst
};

const measured* find(const answer& a, const std::string& contestant, std::size_t column) {
    for (const result& r : a.results)
        if (r.contestant == contestant && r.values[column]) return &*r.values[column];
    return nullptr;
}

/// What is measured of a target in one column; nothing if who it is about did not run, or noise is all there is.
std::optional<measured> judged(const answer& a, const target& t, std::size_t column) {
    const measured* const ours = find(a, t.ours, column);
    const measured* const alike = t.alike.empty() ? nullptr : find(a, t.alike, column);
    if (ours == nullptr || (alike == nullptr && !t.alike.empty())) return std::nullopt;
    const double of_all = alike == nullptr ? 0 : alike->median;
    if (t.rivals.empty()) return measured{ours->median - of_all, ours->spread};
    const measured* best = nullptr;
    for (const std::string& rival : t.rivals) {
        const measured* const m = find(a, rival, column);
        if (m != nullptr && (best == nullptr || m->median < best->median)) best = m;
    }
    if (best == nullptr || (of_all > 0 && std::min(ours->median, best->median) <= of_all)) return std::nullopt;
    // What took no time that the clock can show is not divided by.
    return measured{(ours->median - of_all) / std::max(best->median - of_all, 1e-9),
                    std::hypot(ours->spread, best->spread)};
}

std::vector<verdict> verdicts_on(const std::vector<answer>& answers) {
    std::vector<verdict> verdicts;
    for (const answer& a : answers) {
        const std::size_t first = verdicts.size();
        for (std::size_t k = 0; k != a.asked->columns.size(); ++k) {
            for (const target& t : a.asked->columns[k].targets) {
                const std::optional<measured> m = judged(a, t, k);
                if (!m) continue;
                std::size_t i = first;
                while (i != verdicts.size() &&
                       (verdicts[i].what->ours != t.ours || verdicts[i].what->limit != t.limit ||
                        verdicts[i].what->compared != t.compared))
                    ++i;
                if (i == verdicts.size()) verdicts.push_back({.asked = a.asked, .what = &t});
                verdict& v = verdicts[i];
                ++v.cases;
                if (m->median > t.limit) ++v.missed;
                if (m->median > v.worst) v.worst = m->median, v.spread = m->spread, v.where = a.asked->columns[k].label;
            }
        }
    }
    return verdicts;
}

// ---- layout

using cells = std::vector<std::string>;

/// Text, for a terminal or as Markdown.
class text {
public:
    explicit text(bool markdown) : markdown_(markdown) {}

    void title(const std::string& words) {
        out_ << (markdown_ ? "\n## " : "\n") << words << (markdown_ ? "\n\n" : "\n");
    }
    void paragraph(const std::string& words) {
        if (words.empty()) return;
        std::size_t width = 0;
        std::istringstream in(words);
        for (std::string word; in >> word; width += word.size() + 1) {
            if (width != 0 && width + word.size() > 110) out_ << "\n", width = 0;
            out_ << (width == 0 ? "" : " ") << word;
        }
        out_ << "\n" << (markdown_ ? "\n" : "");
    }
    void verbatim(const std::vector<std::string>& lines) {
        out_ << (markdown_ ? "```\n" : "");
        for (const std::string& line : lines) out_ << line << "\n";
        out_ << (markdown_ ? "```\n" : "");
    }
    void image(const std::string& name, const std::string& words) {
        if (markdown_) out_ << "![" << words << "](" << name << ")\n\n";
    }
    /// The first line is the head; the first words columns are left-aligned, the others are numbers.
    void table(std::vector<cells> lines, std::size_t words = 1) {
        for (cells& line : lines) {
            const bool ours = &line != &lines.front() && is_ours(line.front());
            if (markdown_ && ours) line.front() = "**" + line.front() + "**";
            else if (!markdown_) line.front() = (ours ? "> " : "  ") + line.front();
        }
        const std::size_t head = markdown_ ? 1 : stack_head(lines, words);
        std::vector<std::size_t> widths(lines.front().size());
        for (const cells& line : lines)
            for (std::size_t i = 0; i != line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
        for (const cells& line : lines) {
            for (std::size_t i = 0; i != line.size(); ++i)
                out_ << (markdown_ ? "| "
                         : i == 0  ? ""
                                   : "  ")
                     << (i < words ? std::left : std::right) << std::setw(static_cast<int>(widths[i])) << line[i]
                     << (markdown_ ? " " : "");
            out_ << (markdown_ ? "|\n" : "\n");
            if (!markdown_ || &line != &lines[head - 1]) continue;
            for (std::size_t i = 0; i != line.size(); ++i) out_ << (i < words ? "|---" : "|--:");
            out_ << "|\n";
        }
        if (markdown_) out_ << "\n";
    }

    std::string str() const { return out_.str(); }

private:
    /// Makes several lines of the head, each cell's words below one another where they would be too wide for numbers.
    /// Returns how many.
    static std::size_t stack_head(std::vector<cells>& lines, std::size_t words) {
        const cells head = std::move(lines.front());
        std::vector<cells> parts(head.size());
        std::size_t height = 0;
        for (std::size_t i = 0; i != head.size(); ++i) {
            std::istringstream in(head[i]);
            if (i < words) parts[i] = {head[i]};
            for (std::string word; i >= words && in >> word;) {
                if (!parts[i].empty() && parts[i].back().size() + word.size() < 9) parts[i].back() += " " + word;
                else parts[i].push_back(word);
            }
            height = std::max(height, parts[i].size());
        }
        lines.front() = cells(head.size());
        lines.insert(lines.begin(), height - 1, cells(head.size()));
        for (std::size_t i = 0; i != head.size(); ++i)
            for (std::size_t n = 0; n != parts[i].size(); ++n) lines[height - parts[i].size() + n][i] = parts[i][n];
        return height;
    }

    std::ostringstream out_;
    bool markdown_;
};

void add_in_short(text& page, const std::vector<answer>& answers) {
    std::vector<cells> lines{{"", "seg's best", "the others' best", "seg's", "the others'", "times as fast"}};
    for (const answer& a : answers) {
        if (a.asked->in_short.empty()) continue;
        const std::size_t k = deciding(*a.asked);
        if (const std::optional<duel> d = duel_in(a, k)) {
            lines.push_back({a.asked->in_short + ", " + unit_of(*a.asked, *d->where), d->ours->contestant,
                             d->rival->contestant, shown(d->our_value), shown(d->rival_value), times(d->factor())});
        }
    }
    if (lines.size() == 1) return;
    page.title("In short");
    page.table(std::move(lines), 3);
}

void add_answer(text& page, const answer& a, const std::string& plot) {
    page.title(a.asked->title);
    page.paragraph(a.asked->text);
    std::vector<cells> lines{{a.asked->unit}};
    for (const column& k : a.asked->columns) {
        const bool ordered = a.asked->columns.size() > 1 && &k == &a.asked->columns[deciding(*a.asked)];
        lines.front().push_back(k.label + (ordered ? "*" : "") + (k.unit.empty() ? "" : " " + k.unit));
    }
    for (const result& r : a.results) {
        cells& line = lines.emplace_back(cells{r.contestant});
        for (const std::optional<measured>& value : r.values) line.push_back(value ? shown(value->median) : "-");
    }
    cells& factors = lines.emplace_back(cells{"the others' best / seg's best"});
    bool compared = false;
    for (std::size_t k = 0; k != a.asked->columns.size(); ++k) {
        const std::optional<duel> d = duel_in(a, k);
        factors.push_back(d ? times(d->factor()) : "-");
        compared = compared || d;
    }
    if (!compared) lines.pop_back();
    page.table(std::move(lines));
    for (const std::string& each : sentences(a)) page.paragraph(each);
    if (!plot.empty()) page.image(plot, a.asked->title);
}

void add_targets(text& page, const std::vector<answer>& answers) {
    const std::vector<verdict> verdicts = verdicts_on(answers);
    std::vector<cells> lines{{"question", "who", "compared with", "at most", "measured", "half lies within", ""}};
    std::size_t met = 0;
    for (const verdict& v : verdicts) {
        if (v.missed == 0) ++met;
        const std::string where = v.cases == 1 ? "" : " at " + v.where;
        const std::string result = v.missed == 0 ? "met"
                                   : v.cases == 1
                                       ? "MISSED"
                                       : "MISSED in " + std::to_string(v.missed) + " of " + std::to_string(v.cases);
        lines.push_back({v.asked->title, v.what->ours, v.what->compared, shown(v.what->limit), shown(v.worst) + where,
                         shown(v.spread * 100) + " %", result});
    }
    page.title("Targets");
    page.paragraph(
        "Ratios of medians. Of several columns the worst is shown. Half of the repetitions lie within so much "
        "of the median.");
    page.table(std::move(lines), 3);
    page.paragraph(std::to_string(met) + " of " + std::to_string(verdicts.size()) + " targets met.");
}

std::string page_of(const options& chosen, const std::vector<answer>& answers, const std::vector<std::string>& plots,
                    bool markdown) {
    text page(markdown);
    page.verbatim(heading());
    page.paragraph(
        "Medians of the CPU times of several repetitions in random order, all rows of a table in one process on one "
        "core. Rows are ordered by the column with a *, fastest first; seg's are marked. Rows in brackets are "
        "reference points, no containers. The last line is how many times as fast the best of seg's is.");
    add_in_short(page, answers);
    for (std::size_t i = 0; i != answers.size(); ++i)
        if (!answers[i].results.empty()) add_answer(page, answers[i], plots.empty() ? "" : plots[i]);
    if (chosen.targets) add_targets(page, answers);
    return page.str();
}

/// The value below which a share of the values lies.
double quantile(const std::vector<double>& sorted, double share) {
    const double place = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (place - static_cast<double>(below));
}

measured measured_of(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const double middle = quantile(values, 0.5);
    const double off = std::max(quantile(values, 0.75) - middle, middle - quantile(values, 0.25));
    return {middle, middle > 0 ? off / middle : 0};
}

} // namespace

answer answer_of(const question& asked, const std::vector<std::vector<std::vector<double>>>& values) {
    answer a{&asked, {}};
    for (std::size_t k = 0; k != asked.columns.size(); ++k) {
        for (std::size_t r = 0; r != asked.columns[k].rows.size(); ++r) {
            if (values[k][r].empty()) continue;
            const std::string& name = asked.columns[k].rows[r].contestant;
            auto place = std::find_if(a.results.begin(), a.results.end(),
                                      [&name](const result& each) { return each.contestant == name; });
            if (place == a.results.end())
                place = a.results.insert(place, {name, std::vector<std::optional<measured>>(asked.columns.size())});
            place->values[k] = measured_of(values[k][r]);
        }
    }
    // Fastest first; who was not measured in that column, and who is no contestant, comes last.
    const auto before = [k = deciding(asked)](const result& x, const result& y) {
        if (competes(x.contestant) != competes(y.contestant)) return competes(x.contestant);
        if (!x.values[k] || !y.values[k]) return x.values[k].has_value() && !y.values[k];
        return x.values[k]->median < y.values[k]->median;
    };
    std::sort(a.results.begin(), a.results.end(), before);
    return a;
}

void show_page(const options& chosen, const std::vector<answer>& answers) {
    std::vector<std::string> plots;
    if (!chosen.folder.empty()) plots = draw(chosen.folder, answers, processor() + ", " + compiler());
    std::cout << page_of(chosen, answers, plots, false);
    if (chosen.folder.empty()) return;
    const std::string name = chosen.folder + "/page.md";
    std::ofstream out(name);
    out << page_of(chosen, answers, plots, true);
    if (!out.flush()) fail(name + " cannot be written.");
    std::cout << "\n" << name << "\n";
}

} // namespace bench
