#include "harness/render/answers/ab_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/render/answers/compare_table.hpp"
#include "harness/render/table/columns.hpp"

namespace gpugauge {

std::vector<Table> ab_tables(const AbFinding& finding) {
  using Row = const AbCase*;
  std::vector<Row> rows;
  std::vector<Judgement> judgements;
  for (const AbCase& c : finding.cases) {
    rows.push_back(&c);
    judgements.push_back(c.judgement);
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::abs(std::log(a->ratio.value)) > std::abs(std::log(b->ratio.value));
  });
  const auto shown_ratio = [](double ratio) { return Cell(format_significant(ratio), ratio); };
  Table table = make_table<Row>(
      "ab", fmt::format("time of B over A, {} rounds", finding.rounds),
      {
          {data_column("family"), [](const Row& r) { return Cell(r->family); }},
          {case_column(), [](const Row& r) { return Cell(r->name); }},
          {dispensable(2, number_column("pairs", "pairs")),
           [](const Row& r) {
             return integer_cell(static_cast<std::int64_t>(r->log_ratios.size()));
           }},
          {number_column("time_ratio", "time ×"),
           [=](const Row& r) { return shown_ratio(r->ratio.value); }},
          {number_column("time_ratio_low", "from"),
           [=](const Row& r) { return shown_ratio(r->ratio.low); }},
          {number_column("time_ratio_high", "to"),
           [=](const Row& r) { return shown_ratio(r->ratio.high); }},
          {wrapping(12, text_column("verdict", "verdict")),
           [](const Row& r) { return judgement_cell(r->judgement); }},
          {data_column("reason"),
           [](const Row& r) { return text_cell(std::string(name_of(r->judgement.reason))); }},
      },
      rows);
  table.notes = reason_notes(judgements, finding.threshold);
  table.notes.push_back(summary_line(judgements, finding.not_compared.size()));
  std::vector<Table> tables;
  if (!finding.not_compared.empty()) tables.push_back(not_compared_table(finding.not_compared));
  tables.push_back(std::move(table));
  return tables;
}

}  // namespace gpugauge
