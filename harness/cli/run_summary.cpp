#include "harness/cli/run_summary.hpp"

#include <fmt/ostream.h>

#include "harness/cli/output.hpp"
#include "harness/render/cost_table.hpp"
#include "harness/render/datasheet_table.hpp"
#include "harness/render/summary.hpp"
#include "harness/render/tokens_table.hpp"

namespace gpugauge {

ExitStatus print_run_summary(std::ostream& out, const Record& record, const Catalog& catalog,
                             const AnalysisOptions& options) {
  const std::vector<Record> records{record};
  const std::vector<DatasheetReport> reports = datasheet_reports(records, catalog);
  const std::vector<PricedDecode> priced = priced_decodes(records, catalog, options);

  std::vector<Table> tables = cases_tables(records, catalog);
  tables.push_back(to_table(reports));
  for (auto* make : {tokens_tables, cost_tables}) {
    for (Table& table : make(priced)) tables.push_back(std::move(table));
  }
  fmt::print(out, "{}\n\n", headline(record));
  print_tables(out, tables, Format::kTable);
  out << '\n';
  for (const std::string& warning : warnings_of(record)) fmt::print(out, "note: {}\n", warning);
  fmt::print(out, "\n{} · {}\n", summary_line(record), record.path.string());
  fmt::print(out, "next: gpugauge show, datasheet, tokens or cost {}\n", record.path.string());
  return status_of(reports);
}

}  // namespace gpugauge
