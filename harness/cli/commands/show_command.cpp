#include <iostream>

#include "harness/cli/commands.hpp"
#include "harness/cli/commands/run_summary.hpp"
#include "harness/cli/options/analysis_options.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/render/answers/sweeps_table.hpp"

namespace gpugauge {
namespace {

constexpr const char* kShowExamples = R"(
Examples:
  gpugauge show result.json                          every case with its interval, rate, clock and flags
  gpugauge show result.json.partial                  what an unfinished run has so far)";

ExitStatus show(const AnalysisOptions& options) {
  const Catalog catalog = Catalog::locate();
  const std::vector<Record> records = read_inputs(options);
  const auto peers = imported_peers(records, catalog);
  std::vector<Table> tables = cases_tables(records, catalog, peers);
  if (Table sweeps = sweeps_table(records); !sweeps.rows.empty())
    tables.push_back(std::move(sweeps));
  print_tables(std::cout, tables, options.format);
  if (records.size() == 1 && options.format == Format::kTable)
    print_run_end(std::cout, records.front(),
                  run_answer(card_results(records, catalog, options).front(),
                             decode_question(options), peers.front()));
  return ExitStatus::kDone;
}

}  // namespace

void add_show_command(Command& program) {
  auto [command, options] = program.add_command<AnalysisOptions>(
      "show", "every case of a result file, and why others have no number", show, kShowExamples);
  add_file_arguments(command, options);
}

}  // namespace gpugauge
