#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/analyze/compare/compare.hpp"
#include "harness/render/table/columns.hpp"

namespace gpugauge {

/// `38 same, 2 slower, 1 ambiguous, 3 not compared`.
std::string summary_line(std::span<const Judgement> judgements, std::size_t not_compared);

/// `comparison` with a row for each; then for each of them what differs in the `environment`, its
/// `cases` (a table for each family), those `not_compared`, and the geometric mean of each of the
/// `families` with the summary line. With `top` the cases are one table of so many, the largest
/// changes first.
std::vector<Table> compare_tables(std::span<const ComparisonReport> comparisons,
                                  std::optional<std::size_t> top = {});

/// `tonight.json: 12 of 204 slower, the worst 1.083x: gemm/…; 3 faster, the best 0.970x: memory/…`.
std::string compare_sentence(const ComparisonReport& comparison);

/// What a judgement says: `slower`, `ambiguous: noise`; and what each of these reasons means.
Cell judgement_cell(const Judgement& judgement);
std::vector<std::string> reason_notes(std::span<const Judgement> judgements, double threshold);

/// Of rows with a judgement: what it says for people, and its reason for programs.
template <typename Row>
void add_verdict(ColumnList<Row>& c) {
  c.add(wrapping(12, text_column("verdict", "verdict")),
        [](auto& r) { return judgement_cell(r.judgement); });
  c.data("reason", [](auto& r) { return text_cell(name_of(r.judgement.reason)); });
}

/// Why cases have no ratio, a table named `not_compared`.
Table not_compared_table(std::span<const NotCompared> cases);

}  // namespace gpugauge
