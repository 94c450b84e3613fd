#include <fmt/format.h>

#include <iostream>
#include <optional>

#include "harness/cli/commands.hpp"
#include "harness/cli/commands/run_summary.hpp"
#include "harness/cli/options/analysis_options.hpp"
#include "harness/cli/options/definitions.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/cli/options/result_files.hpp"
#include "harness/measure/runner.hpp"
#include "harness/render/table/rows.hpp"

namespace gpugauge {
namespace {

constexpr const char* kShowExamples = R"(
Examples:
  gpugauge show result.json                          every case with its interval, rate, clock and flags
  gpugauge show result.json --filter gemm/fp8 --top 10   the ten furthest below their roof
  gpugauge show result.json.partial                  what an unfinished run has so far)";

struct ShowOptions : AnalysisOptions {
  std::string filter;
  std::optional<std::size_t> top;
};

/// The rows of the cases that are meant. Roofs and regret come from all cases of a file, so that
/// rows are taken from the whole table.
void keep_cases(std::vector<Table>& tables, const ShowOptions& options) {
  const auto is_meant = case_filter(options.filter);
  std::size_t left = 0;
  for (Table& table : tables) {
    keep_rows(table, "case", is_meant);
    left += table.rows.size();
  }
  if (left == 0)
    throw UsageError(fmt::format("filter '{}' matches no case of the file", options.filter));
  if (!options.top) return;
  tables.resize(1);
  keep_extreme(tables.front(), "percent_of_roof", Extreme::kLowest, *options.top);
  tables.front().title =
      fmt::format("the {} cases furthest below their roof", tables.front().rows.size());
}

ExitStatus show(const ShowOptions& options) {
  const Catalog catalog = Catalog::locate();
  const std::vector<Record> records = read_inputs(options);
  const auto peers = imported_peers(records, catalog);
  std::vector<Table> tables = cases_tables(records, catalog, peers);
  if (!options.filter.empty() || options.top) {
    keep_cases(tables, options);
    print_tables(std::cout, tables, options.printed);
    return status_of_cases(records);
  }
  if (Table sweeps = sweeps_table(records, catalog); !sweeps.rows.empty())
    tables.push_back(std::move(sweeps));
  if (records.size() > 1 || options.printed.format != Format::kTable) {
    print_tables(std::cout, tables, options.printed);
    return status_of_cases(records);
  }
  const RunAnswer answer = run_answer(card_results(records, catalog, options).front(),
                                      decode_question(options), peers.front());
  print_verdict(std::cout, records.front(), answer.datasheet);
  print_tables(std::cout, tables, options.printed);
  print_run_end(std::cout, records.front(), answer);
  return status_of_cases(records);
}

}  // namespace

void add_show_command(Command& program) {
  auto [command, options] = program.add_command<ShowOptions>(
      "show", "every case of a result file, and why others have no number", show, kShowExamples);
  add_file_arguments(command, options);
  command.option(option::kFilter, options.filter);
  command.option(option::kTop, options.top).detail("those furthest below their roof");
}

}  // namespace gpugauge
