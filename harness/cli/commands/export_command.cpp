#include <fmt/format.h>

#include <iostream>
#include <sstream>

#include "harness/cli/commands.hpp"
#include "harness/cli/options/analysis_options.hpp"
#include "harness/cli/options/definitions.hpp"
#include "harness/cli/options/result_files.hpp"
#include "harness/cli/options/whole_file.hpp"
#include "harness/render/export/export.hpp"

namespace gpugauge {
namespace {

constexpr const char* kExportExamples = R"(
Examples:
  gpugauge export result.json --format junit -o results.xml
  gpugauge export result.json --format prometheus -o /var/lib/node_exporter/gpugauge.prom
  gpugauge export result.json --format github            in a step of GitHub Actions
  gpugauge export result.json --format markdown >> "$GITHUB_STEP_SUMMARY")";

struct ExportOptions {
  AnalysisOptions inputs;
  std::string format;
  std::string output;
};

ExitStatus export_record(const ExportOptions& options) {
  const Exporter& exporter = exporter_named(options.format);
  const std::vector<Record> records = read_inputs(options.inputs);
  const std::vector<Datasheet> sheets = Catalog::locate().datasheets();
  std::ostringstream text;
  exporter.write(text,
                 export_input(records.front(), match_datasheet(sheets, records.front().device)));
  if (options.output.empty()) {
    std::cout << text.str();
  } else {
    write_whole(options.output, text.str(), read_files(options.inputs));
  }
  return status_of_cases(records);
}

std::string formats_help() {
  std::string help = "\nFormats:";
  for (const Exporter& exporter : exporters())
    help += fmt::format("\n  {:17}{}", exporter.name, exporter.description);
  return help + '\n';
}

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const Exporter& exporter : exporters()) names.emplace_back(exporter.name);
  return names;
}

}  // namespace

void add_export_command(Command& program) {
  auto [command, options] =
      program.add_command<ExportOptions>("export", "a result file in another tool's format",
                                         export_record, formats_help() + kExportExamples);
  add_result_files(command, options.inputs.files, "a result file").count(1, 1);
  command.option(option::kFormat, options.format).one_of(format_names()).required();
  command.option(option::kOutput, options.output).detail("written atomically; default: stdout");
}

}  // namespace gpugauge
