#include "harness/render/table/layout.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>
#include <optional>
#include <set>

#include "harness/render/table/case_names.hpp"
#include "harness/render/table/shorten.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

/// What is done to a table that is too wide, each on top of those before; the last only where no
/// column can be left out.
enum Remedy : std::size_t {
  kAsIs,
  kBreakHeaders,
  kWrapSentences,
  kShortenNames,
  kBreakWords,
  kRemedies
};

using Widths = std::vector<std::size_t>;

/// A column before it is known how wide it may be.
struct Candidate {
  std::size_t place;
  const Column* column;
  std::string header;
  std::vector<std::string> texts;
  std::array<std::size_t, kRemedies> least{};  ///< that it can do with after each remedy
};

std::size_t widest_of(const std::vector<std::string>& texts) {
  std::size_t widest = 0;
  for (const std::string& text : texts) widest = std::max(widest, display_width(text));
  return widest;
}

/// Of words that are no wider than `most`.
std::size_t longest_word(std::string_view text, std::size_t most = kUnlimitedWidth) {
  std::size_t longest = 0;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    const std::size_t width = display_width(word);
    if (width <= most) longest = std::max(longest, width);
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return longest;
}

/// Words up to this stay whole; what is longer is a path or a name, and may break.
std::size_t longest_unbroken(const std::vector<std::string>& texts) {
  constexpr std::size_t kLongestWord = 20;
  std::size_t longest = 0;
  for (const std::string& text : texts)
    longest = std::max(longest, longest_word(text, kLongestWord));
  return longest;
}

std::string name_of(const Column& column) {
  return printable(column.header.empty() ? column.key : column.header);
}

/// Those that are for people and not empty all the way down, each as wide as it likes to be.
std::vector<Candidate> candidates_of(const Table& table) {
  std::vector<Candidate> candidates;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const Column& column = table.columns[c];
    if (column.data_only) continue;
    Candidate candidate{c, &column, printable(column.header), {}, {}};
    for (const auto& row : table.rows) candidate.texts.push_back(printable(row.at(c).text));
    const std::size_t widest = widest_of(candidate.texts);
    if (widest == 0) continue;
    const std::size_t cells =
        column.narrowing == Narrowing::kWrap ? std::min(widest, kSentenceWidth) : widest;
    candidate.least.fill(std::max(display_width(candidate.header), cells));
    candidates.push_back(std::move(candidate));
  }
  return candidates;
}

void find_least_widths(Candidate& candidate) {
  const std::size_t word = longest_word(candidate.header), widest = widest_of(candidate.texts);
  const std::size_t least = std::min(widest, candidate.column->least_width);
  auto& [as_is, headers, sentences, names, words] = candidate.least;
  const bool wraps = candidate.column->narrowing == Narrowing::kWrap;
  const bool is_case = candidate.column->narrowing == Narrowing::kCase;
  constexpr std::size_t kReadableCase = 36;  ///< most names of cases fit it when they are compact
  headers = std::max(word, wraps ? std::min(widest, kSentenceWidth) : widest);
  sentences = wraps ? std::max({word, least, longest_unbroken(candidate.texts)}) : headers;
  names = candidate.column->narrowing == Narrowing::kShorten
              ? std::max(word, least_distinct_width(candidate.texts, least))
          : is_case ? std::max(word, std::min(widest, kReadableCase))
                    : sentences;
  words = wraps || is_case ? std::max(word, least) : names;
}

Widths least_widths(const std::vector<Candidate>& candidates, Remedy remedy) {
  Widths widths;
  for (const Candidate& candidate : candidates) widths.push_back(candidate.least[remedy]);
  return widths;
}

std::size_t total_of(const Widths& widths) {
  return std::accumulate(widths.begin(), widths.end(), widths.size() * kColumnGap);
}

/// Takes from the widest column that has more than its least until all fit.
Widths shrunk(Widths widths, const Widths& least, std::size_t width) {
  for (std::size_t total = total_of(widths); total > width; --total) {
    std::size_t widest = widths.size();
    for (std::size_t c = 0; c < widths.size(); ++c) {
      if (widths[c] > least[c] && (widest == widths.size() || widths[c] > widths[widest]))
        widest = c;
    }
    --widths[widest];
  }
  return widths;
}

/// By no more remedies than it takes; nothing if all of them do not suffice.
std::optional<Widths> fitting_widths(const std::vector<Candidate>& candidates, std::size_t width,
                                     Remedy last) {
  for (std::size_t r = kAsIs; r <= last; ++r) {
    const Widths least = least_widths(candidates, static_cast<Remedy>(r));
    if (total_of(least) > width) continue;
    if (r == kAsIs) return least;
    return shrunk(least_widths(candidates, static_cast<Remedy>(r - 1)), least, width);
  }
  return std::nullopt;
}

/// Of equals the last.
std::vector<Candidate>::iterator most_dispensable(std::vector<Candidate>& candidates) {
  const auto most = std::max_element(candidates.rbegin(), candidates.rend(),
                                     [](const Candidate& a, const Candidate& b) {
                                       return a.column->dispensable < b.column->dispensable;
                                     });
  return std::prev(most.base());
}

ShownColumn shown(const Candidate& candidate, std::size_t width) {
  ShownColumn column{candidate.place, lines_of(candidate.header, width), {}, 0};
  const bool is_cut =
      candidate.column->narrowing == Narrowing::kShorten && widest_of(candidate.texts) > width;
  const auto cut = is_cut ? distinct_cut(candidate.texts, width) : std::nullopt;
  for (const std::string& text : candidate.texts) {
    if (candidate.column->narrowing == Narrowing::kWrap) {
      column.cells.push_back(lines_of(text, width));
    } else if (candidate.column->narrowing == Narrowing::kCase) {
      column.cells.push_back(name_lines(text, width));
    } else {
      column.cells.push_back({cut ? (*cut)(text) : text});
    }
  }
  column.width = widest_of(column.header);
  for (const Lines& lines : column.cells) column.width = std::max(column.width, widest_of(lines));
  return column;
}

/// Makes the names of cases no more compact than it takes to leave nothing out.
void make_compact(std::vector<Candidate>& candidates, std::size_t width, Layout& layout) {
  const auto names = std::find_if(
      candidates.begin(), candidates.end(),
      [](const Candidate& candidate) { return candidate.column->narrowing == Narrowing::kCase; });
  if (names == candidates.end()) return;
  const std::vector<std::string> whole = names->texts;
  for (int level = 1; level <= kMostCompact; ++level) {
    CompactNames compact = compact_names(whole, level);
    names->texts = std::move(compact.names);
    layout.parts_left_out = std::move(compact.left_out);
    names->least.fill(std::max(display_width(names->header), widest_of(names->texts)));
    find_least_widths(*names);
    if (fitting_widths(candidates, width, kWrapSentences)) return;
  }
}

}  // namespace

std::size_t width_of(const Layout& layout) {
  std::size_t width = 0;
  for (const ShownColumn& column : layout.columns) width += kColumnGap + column.width;
  return width;
}

Layout lay_out(const Table& table, std::size_t width) {
  Layout layout;
  std::vector<Candidate> candidates = candidates_of(table);
  if (total_of(least_widths(candidates, kAsIs)) > width) {
    for (Candidate& candidate : candidates) find_least_widths(candidate);
    if (!fitting_widths(candidates, width, kWrapSentences)) make_compact(candidates, width, layout);
  }
  std::optional<Widths> widths;
  std::set<std::size_t> left_out;
  while (!(widths = fitting_widths(candidates, width, kShortenNames))) {
    const auto next = most_dispensable(candidates);
    if (next->column->dispensable == 0) {
      widths = fitting_widths(candidates, width, kBreakWords);
      if (!widths) widths = least_widths(candidates, kBreakWords);
      break;
    }
    left_out.insert(next->place);
    candidates.erase(next);
  }
  for (const std::size_t place : left_out) layout.left_out.push_back(name_of(table.columns[place]));
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    const Candidate& candidate = candidates[c];
    layout.columns.push_back(shown(candidate, (*widths)[c]));
    if (candidate.column->narrowing == Narrowing::kShorten &&
        layout.columns.back().width < widest_of(candidate.texts))
      layout.shortened.push_back(name_of(*candidate.column));
  }
  return layout;
}

}  // namespace gpugauge
