#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iostream>
#include <memory>
#include <sstream>

#include "harness/cli/command.hpp"
#include "harness/cli/command_tree.hpp"
#include "harness/cli/options/analysis_options.hpp"
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
    write_whole(options.output, text.str());
  }
  return ExitStatus::kDone;
}

std::string formats_help() {
  std::string help = "\nFormats:";
  for (const Exporter& exporter : exporters())
    help += fmt::format("\n  {:17}{}", exporter.name, exporter.description);
  return help + '\n';
}

/// As the parser writes one of a list.
std::string format_type() {
  std::vector<std::string_view> names;
  for (const Exporter& exporter : exporters()) names.push_back(exporter.name);
  return one_of_type(names);
}

}  // namespace

void add_export_command(CLI::App& app, const GlobalOptions&, Action& action) {
  auto* command = app.add_subcommand("export", "a result file as other tools read it");
  auto options = std::make_shared<ExportOptions>();
  command->add_option("FILE", options->inputs.files, "a result file")->required()->expected(1);
  command->add_option("-f,--format", options->format, "see below")
      ->type_name(format_type())
      ->required();
  command
      ->add_option("-o,--output", options->output,
                   "where to; appears whole or not at all (default: stdout)")
      ->type_name("FILE");
  command->footer(formats_help() + kExportExamples);
  command->callback([=, &action] { action = [=] { return export_record(*options); }; });
}

}  // namespace gpugauge
