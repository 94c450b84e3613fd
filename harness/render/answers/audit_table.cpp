#include "harness/render/answers/audit_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "harness/render/table/columns.hpp"

namespace gpugauge {
namespace {

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
      {shortening(14, text_column("id", "claim")), [](const Row& f) { return Cell(f.claim->id); }},
      {data_column("section"), [](const Row& f) { return Cell(f.claim->section); }},
      {data_column("quote"), [](const Row& f) { return Cell(f.claim->quote); }},
      {wrapping(9, text_column("claimed", "says")),
       [](const Row& f) { return says_cell(*f.claim); }},
      {data_column("claimed_low"), [](const Row& f) { return low_cell(f.says); }},
      {data_column("claimed_high"), [](const Row& f) { return high_cell(f.says); }},
      {wrapping(10, text_column("found", "found")), [](const Row& f) { return found_cell(f); }},
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
      {wrapping(20, text_column("why", "why")), [](const Row& f) { return text_cell(f.why); }},
  };
}

struct Count {
  ClaimVerdict verdict;
  std::int64_t claims;
};

Table summary(const ClaimsFile& file, std::span<const ClaimFinding> all) {
  std::vector<Count> counts;
  for (const ClaimVerdict verdict : all_of<ClaimVerdict>) {
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
                                std::span<const ClaimFinding> shown) {
  return {summary(file, all), make_table<ClaimFinding>("audit", "claims", columns(), shown)};
}

}  // namespace gpugauge
