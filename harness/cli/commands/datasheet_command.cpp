#include <iostream>

#include "harness/answer/datasheet_answer.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/commands/run_summary.hpp"
#include "harness/cli/options/analysis_options.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/render/answers/datasheet_table.hpp"
#include "harness/render/screen/closing.hpp"

namespace gpugauge {
namespace {

constexpr const char* kDatasheetExamples = R"(
Examples:
  gpugauge datasheet result.json                     exit status 1 if the card is below a pass mark
  gpugauge datasheet */*.json --format markdown      several cards in one table)";

ExitStatus datasheet(const AnalysisOptions& options) {
  const std::vector<Record> records = read_inputs(options);
  const auto reports = datasheet_answer(card_results(records, Catalog::locate()));
  const bool is_for_people = options.printed.format == Format::kTable;
  if (is_for_people && records.size() == 1)
    print_verdict(std::cout, records.front(), reports.front());
  print_tables(std::cout, {to_table(reports)}, options.printed);
  for (std::size_t i = 0; is_for_people && i < records.size(); ++i) {
    std::cout << '\n';
    if (records.size() > 1) print_text(std::cout, records[i].path.string() + ":");
    for (const std::string& line : datasheet_closing(records[i], reports[i]))
      print_text(std::cout, line, kClosingLabelWidth);
  }
  return status_of(reports);
}

}  // namespace

void add_datasheet_command(Command& program) {
  auto [command, options] = program.add_command<AnalysisOptions>(
      "datasheet", "each measured peak beside its datasheet value", datasheet, kDatasheetExamples);
  add_file_arguments(command, options);
}

}  // namespace gpugauge
