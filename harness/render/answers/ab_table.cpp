#include "harness/render/answers/ab_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/render/answers/compare_table.hpp"
#include "harness/render/table/columns.hpp"

namespace gpugauge {

std::vector<Table> ab_tables(const AbFinding& finding) {
  std::vector<AbCase> cases = finding.cases;
  std::vector<Judgement> judgements;
  for (const AbCase& c : cases) judgements.push_back(c.judgement);
  std::stable_sort(cases.begin(), cases.end(), [](const AbCase& a, const AbCase& b) {
    return std::abs(std::log(a.ratio.value)) > std::abs(std::log(b.ratio.value));
  });
  ColumnList<AbCase> c;
  c.data("family", [](auto& r) { return r.family; });
  c.add(case_column(), [](auto& r) { return r.name; });
  c.number(2, "pairs", "pairs", [](auto& r) { return r.log_ratios.size(); });
  c.number("time_ratio", "time ×", [](auto& r) { return r.ratio.value; });
  c.number("time_ratio_low", "from", [](auto& r) { return r.ratio.low; });
  c.number("time_ratio_high", "to", [](auto& r) { return r.ratio.high; });
  add_verdict(c);
  Table table = c.table("ab", fmt::format("time of B over A, {} rounds", finding.rounds), cases);
  table.notes = reason_notes(judgements, finding.threshold);
  table.notes.push_back(summary_line(judgements, finding.not_compared.size()));
  std::vector<Table> tables;
  if (!finding.not_compared.empty()) tables.push_back(not_compared_table(finding.not_compared));
  tables.push_back(std::move(table));
  return tables;
}

}  // namespace gpugauge
