#include <iostream>
#include <memory>

#include "harness/cli/analysis_options.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/output.hpp"

namespace gpugauge {
namespace {

constexpr const char* kExamples = R"(
Examples:
  gpugauge show result.json                          every case with its interval, rate, clock and flags
  gpugauge show result.json.partial                  what an unfinished run has so far)";

ExitStatus show(const AnalysisOptions& options) {
  print_tables(std::cout, cases_tables(read_inputs(options), Catalog::locate()), options.format);
  return ExitStatus::kDone;
}

}  // namespace

void add_show_command(CLI::App& app, const GlobalOptions&, Action& action) {
  auto* command =
      app.add_subcommand("show", "every case of a result file, and why others have no number");
  auto options = std::make_shared<AnalysisOptions>();
  add_file_arguments(*command, *options);
  command->footer(kExamples);
  command->callback([=, &action] { action = [=] { return show(*options); }; });
}

}  // namespace gpugauge
