#include "harness/cli/commands/run_summary.hpp"

#include "harness/cli/options/output.hpp"
#include "harness/render/answers/cost_table.hpp"
#include "harness/render/answers/datasheet_table.hpp"
#include "harness/render/answers/summary.hpp"
#include "harness/render/answers/tokens_table.hpp"
#include "harness/render/answers/verdict_words.hpp"
#include "harness/render/screen/closing.hpp"

namespace gpugauge {

void print_verdict(std::ostream& out, const Record& record, const DatasheetReport& report) {
  print_text(out, verdict_words(record, report).sentence);
  out << '\n';
}

void print_run_end(std::ostream& out, const Record& record, const RunAnswer& answer) {
  out << '\n';
  const std::vector<std::string> notes = warnings_of(record);
  for (const std::string& note : notes) print_text(out, "note: " + note);
  if (!notes.empty()) out << '\n';
  for (const std::string& line : closing_lines(record, answer))
    print_text(out, line, kClosingLabelWidth);
}

ExitStatus print_run_summary(std::ostream& out, const Record& record, const Catalog& catalog,
                             const AnalysisOptions& options) {
  const std::vector<Record> records{record};
  const auto peers = imported_peers(records, catalog);
  const RunAnswer answer = run_answer(card_results(records, catalog, options).front(),
                                      decode_question(options), peers.front());

  std::vector<Table> tables = cases_tables(records, catalog, peers);
  if (Table sweeps = sweeps_table(records, catalog); !sweeps.rows.empty())
    tables.push_back(std::move(sweeps));
  tables.push_back(to_table({&answer.datasheet, 1}));
  for (auto* make : {tokens_tables, cost_tables}) {
    for (Table& table : make(answer.decode.points)) tables.push_back(std::move(table));
  }
  print_text(out, headline(record));
  out << '\n';
  print_tables(out, tables, {});
  print_run_end(out, record, answer);
  return status_of({&answer.datasheet, 1});
}

}  // namespace gpugauge
