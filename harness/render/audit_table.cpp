#include "harness/render/audit_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "harness/render/columns.hpp"
#include "harness/render/text.hpp"

namespace gpugauge {
namespace {

/// A terminal's line, and what the gaps between columns take of it.
constexpr std::size_t kLineWidth = 120, kIndent = 2, kGap = 2, kNarrowest = 30;

Tone tone_of(ClaimVerdict verdict) {
  switch (verdict) {
    case ClaimVerdict::kHolds:
      return Tone::kGood;
    case ClaimVerdict::kWrong:
    case ClaimVerdict::kInconsistent:
      return Tone::kBad;
    case ClaimVerdict::kNotMeasured:
      return Tone::kWarning;
    case ClaimVerdict::kOutside:
      break;
  }
  return Tone::kPlain;
}

/// Of a whole number no decimals.
std::string plain(double value) {
  return value == std::round(value) ? fmt::format("{:.0f}", value) : format_significant(value);
}

/// A number in the unit of the claim.
std::string in_its_unit(double value, const Claim& claim) {
  if (!claim.printed) return plain(value);
  if (claim.printed->prefix == "$") return format_dollars(value) + claim.printed->unit;
  return plain(value) + claim.printed->unit;
}

/// `2.46x`, `2.46x to 3.75x`, `no`; bounds are `up to 107.6` and `from 3`.
std::string found_text(const ClaimFinding& f) {
  if (!f.found) return f.found_word;
  const auto [value, low, high] = *f.found;
  if (!std::isfinite(low)) return "up to " + in_its_unit(high, *f.claim);
  if (!std::isfinite(high)) return "from " + in_its_unit(low, *f.claim);
  const std::string first = in_its_unit(low, *f.claim), last = in_its_unit(high, *f.claim);
  // A datasheet's last digit is no range that a reader cares about.
  constexpr double kNarrow = 0.01;
  const bool is_one = first == last || high - low <= kNarrow * std::abs(value);
  return is_one ? in_its_unit(value, *f.claim) : fmt::format("{} to {}", first, last);
}

/// A formula is for programs: people have it in the quotation.
Cell says_cell(const Claim& claim) {
  if (claim.printed) return claim.printed->text;
  return claim.formula ? Cell("formula", to_string(*claim.formula)) : Cell();
}

Cell found_cell(const ClaimFinding& f) {
  const std::string text = found_text(f);
  if (text.empty()) return {};
  if (!f.found) return text;
  return std::isfinite(f.found->value) ? Cell(text, f.found->value) : Cell(text);
}

std::vector<ColumnOf<ClaimFinding>> columns() {
  using Row = ClaimFinding;
  return {
      {text_column("id", "claim"), [](const Row& f) { return Cell(f.claim->id); }},
      {data_column("section"), [](const Row& f) { return Cell(f.claim->section); }},
      {data_column("quote"), [](const Row& f) { return Cell(f.claim->quote); }},
      {text_column("claimed", "says"), [](const Row& f) { return says_cell(*f.claim); }},
      {data_column("claimed_low"), [](const Row& f) { return low_cell(f.says); }},
      {data_column("claimed_high"), [](const Row& f) { return high_cell(f.says); }},
      {text_column("found", "found"), [](const Row& f) { return found_cell(f); }},
      {data_column("found_low"), [](const Row& f) { return low_cell(f.found); }},
      {data_column("found_high"), [](const Row& f) { return high_cell(f.found); }},
      {text_column("verdict", "verdict"),
       [](const Row& f) {
         return Cell(std::string(name_of(f.verdict)), std::string(name_of(f.verdict)),
                     tone_of(f.verdict));
       }},
      {data_column("conflicts"),
       [](const Row& f) { return text_cell(fmt::format("{}", fmt::join(f.conflicts, " "))); }},
      {data_column("basis"), [](const Row& f) { return text_cell(f.basis); }},
      {text_column("why", "why"), [](const Row& f) { return text_cell(f.why); }},
  };
}

/// Of a UTF-8 character that began before.
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// Lines of at most `width` columns, broken at spaces, and within a word that is longer.
std::vector<std::string> wrapped_lines(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    std::size_t end = std::min(text.find(' '), text.size());
    std::size_t next = std::min(end + 1, text.size());
    if (display_width(text.substr(0, end)) > width) {
      end = width;
      while (end > 1 && is_continuation(text[end])) --end;
      next = end;
    }
    const std::string word(text.substr(0, end));
    text.remove_prefix(next);
    std::string& line = lines.back();
    if (!line.empty() && display_width(line) + 1 + display_width(word) > width) {
      lines.push_back(word);
    } else {
      line += (line.empty() ? "" : " ") + word;
    }
  }
  return lines;
}

/// Gives columns what the line has left for them: what is longer goes on in rows below.
void wrap(Table& table, std::size_t column, std::size_t width) {
  std::vector<std::vector<Cell>> rows;
  for (std::vector<Cell>& row : table.rows) {
    const std::vector<std::string> lines = wrapped_lines(row[column].text, width);
    row[column].text = lines[0];
    rows.push_back(std::move(row));
    for (std::size_t i = 1; i < lines.size(); ++i) {
      rows.emplace_back(table.columns.size());
      rows.back()[column].text = lines[i];
    }
  }
  table.rows = std::move(rows);
}

std::size_t width_of(const Table& table, std::size_t column) {
  std::size_t width = display_width(table.columns[column].header);
  for (const auto& row : table.rows) width = std::max(width, display_width(row[column].text));
  return width;
}

void wrap_reasons(Table& table) {
  std::size_t used = kIndent;
  for (std::size_t c = 0; c + 1 < table.columns.size(); ++c) {
    if (!table.columns[c].data_only) used += width_of(table, c) + kGap;
  }
  const std::size_t left = kLineWidth > used ? kLineWidth - used : 0;
  wrap(table, table.columns.size() - 1, std::max(left, kNarrowest));
}

struct Count {
  ClaimVerdict verdict;
  std::int64_t claims;
};

Table summary(const ClaimsFile& file, std::span<const ClaimFinding> all) {
  std::vector<Count> counts;
  for (const ClaimVerdict verdict : claim_verdicts()) {
    const auto claims = std::count_if(all.begin(), all.end(),
                                      [&](const ClaimFinding& f) { return f.verdict == verdict; });
    counts.push_back({verdict, claims});
  }
  const std::vector<ColumnOf<Count>> columns{
      {text_column("verdict", "verdict"),
       [](const Count& c) {
         const std::string name(name_of(c.verdict));
         return Cell(name, name, c.claims > 0 ? tone_of(c.verdict) : Tone::kPlain);
       }},
      {number_column("claims", "claims"), [](const Count& c) { return integer_cell(c.claims); }}};
  return make_table<Count>("audit_summary", fmt::format("{} claims of {}", all.size(), file.source),
                           columns, counts);
}

}  // namespace

std::vector<Table> audit_tables(const ClaimsFile& file, std::span<const ClaimFinding> all,
                                std::span<const ClaimFinding> shown, bool wrapped) {
  Table table = make_table<ClaimFinding>("audit", "claims", columns(), shown);
  if (wrapped) wrap_reasons(table);
  return {summary(file, all), std::move(table)};
}

}  // namespace gpugauge
