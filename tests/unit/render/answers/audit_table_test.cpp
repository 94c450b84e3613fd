#include "harness/render/answers/audit_table.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <sstream>

namespace gpugauge {
namespace {

Claim claim(std::string id, std::string_view printed) {
  Claim claim;
  claim.id = std::move(id);
  claim.section = "S";
  claim.quote = "Q";
  claim.printed = parse_printed_value(printed);
  return claim;
}

ClaimFinding finding(const Claim& claim, ClaimVerdict verdict, std::optional<Estimate> found) {
  ClaimFinding f;
  f.claim = &claim;
  f.verdict = verdict;
  f.found = found;
  return f;
}

std::string found_text(std::string_view printed, const Estimate& found) {
  const Claim c = claim("a", printed);
  const std::vector<ClaimFinding> all{finding(c, ClaimVerdict::kWrong, found)};
  const auto tables = audit_tables(ClaimsFile{}, all, all);
  for (std::size_t i = 0; i < tables[1].columns.size(); ++i) {
    if (tables[1].columns[i].key == "found") return tables[1].rows[0][i].text;
  }
  return "no column";
}

TEST(AuditTable, WhatWasFoundHasTheUnitOfTheClaim) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(found_text("~$9.80", {12.29, 12.29, 12.29}), "$12.29");
  EXPECT_EQ(found_text("$518.40/mo", {1518.4, 1518.4, 1518.4}), "$1518.40/mo");
  EXPECT_EQ(found_text("2-3x", {3.1111, 3.1111, 3.25}), "3.111x to 3.250x");
  EXPECT_EQ(found_text("733", {724, 723, 725}), "724");
  EXPECT_EQ(found_text("500", {100, -kInfinity, 107.6}), "up to 107.6");
}

TEST(AuditTable, SumsUpAllAndShowsSome) {
  const Claim a = claim("a", "1"), b = claim("b", "2");
  const std::vector<ClaimFinding> all{finding(a, ClaimVerdict::kHolds, {}),
                                      finding(b, ClaimVerdict::kWrong, {})};
  const auto tables = audit_tables(ClaimsFile{}, all, std::span(all).first(1));
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_EQ(tables[0].rows.size(), 6U);  // every verdict, also those that none has
  EXPECT_EQ(tables[0].rows[1][1].text, "1");
  EXPECT_EQ(tables[1].rows.size(), 1U);
}

TEST(AuditTable, AReasonHasTheWholeWidthOfANarrowTerminal) {
  const Claim a = claim("a", "1");
  std::vector<ClaimFinding> all{finding(a, ClaimVerdict::kOutside, {})};
  for (int i = 0; i < 60; ++i) all[0].why += "reason ";
  std::ostringstream out;
  const auto tables = audit_tables(ClaimsFile{}, all, all);
  EXPECT_EQ(tables[0].title, "0 of 1 claims hold, 0 wrong, 0 inconsistent: ");
  render(out, tables, Format::kTable, {.width = 80});
  EXPECT_NE(out.str().find("  a: reason"), std::string::npos);
  std::istringstream lines(out.str());
  std::size_t reasons = 0;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 80U) << line;
    if (line.find("reason") != std::string::npos) ++reasons;
  }
  EXPECT_LE(reasons, 7U) << "420 characters";
}

}  // namespace
}  // namespace gpugauge
