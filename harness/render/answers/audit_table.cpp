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
    case ClaimVerdict::kUndecided:
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

ColumnList<ClaimFinding> finding_columns() {
  ColumnList<ClaimFinding> c;
  c.add(shortening(14, text_column("id", "claim")), [](auto& f) { return f.claim->id; });
  c.data("section", [](auto& f) { return f.claim->section; });
  c.data("quote", [](auto& f) { return f.claim->quote; });
  c.add(wrapping(9, text_column("claimed", "says")), [](auto& f) { return says_cell(*f.claim); });
  c.ends("claimed_low", "claimed_high", [](auto& f) { return f.says; });
  c.add(wrapping(10, text_column("found", "found")), found_cell);
  c.ends("found_low", "found_high", [](auto& f) { return f.found; });
  c.text("verdict", "verdict", [](auto& f) {
    const std::string name(name_of(f.verdict));
    return Cell(name, name, tone_of(f.verdict));
  });
  c.data("conflicts",
         [](auto& f) { return text_cell(fmt::format("{}", fmt::join(f.conflicts, " "))); });
  c.data("basis", [](auto& f) { return text_cell(f.basis); });
  c.data("why", [](auto& f) { return text_cell(f.why); });
  return c;
}

Table summary(const ClaimsFile& file, std::span<const ClaimFinding> all) {
  const auto count = [=](ClaimVerdict verdict) {
    return std::count_if(all.begin(), all.end(),
                         [=](const ClaimFinding& f) { return f.verdict == verdict; });
  };
  ColumnList<ClaimVerdict> c;
  c.text("verdict", "verdict", [=](auto& verdict) {
    const std::string name(name_of(verdict));
    return Cell(name, name, count(verdict) > 0 ? tone_of(verdict) : Tone::kPlain);
  });
  c.number("claims", "claims", [=](auto& verdict) { return count(verdict); });
  return c.table("audit_summary",
                 fmt::format("{} of {} claims hold, {} wrong, {} inconsistent: {}",
                             count(ClaimVerdict::kHolds), all.size(), count(ClaimVerdict::kWrong),
                             count(ClaimVerdict::kInconsistent), file.source),
                 std::span<const ClaimVerdict>(all_of<ClaimVerdict>));
}

}  // namespace

std::vector<Table> audit_tables(const ClaimsFile& file, std::span<const ClaimFinding> all,
                                std::span<const ClaimFinding> shown) {
  Table claims = finding_columns().table("audit", "claims", shown);
  // A reason is a sentence or more, which in a column would be ten lines high.
  for (const ClaimFinding& f : shown) {
    if (!f.why.empty()) claims.notes.push_back(fmt::format("{}: {}", f.claim->id, f.why));
  }
  Table counts = summary(file, all);
  counts.is_aside = true;
  return {std::move(counts), std::move(claims)};
}

}  // namespace gpugauge
