#include "harness/render/export/export.hpp"

#include <algorithm>
#include <array>

#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"
#include "harness/record/writer.hpp"
#include "harness/render/answers/cases_table.hpp"
#include "harness/render/answers/datasheet_table.hpp"

namespace gpugauge {
namespace {

constexpr std::array kExporters{
    Exporter{"googlebenchmark", "Google Benchmark's JSON, for compare.py", write_google_benchmark},
    Exporter{"bencher", "Bencher Metric Format", write_bencher},
    Exporter{"github-action", "github-action-benchmark, customBiggerIsBetter", write_github_action},
    Exporter{"junit", "JUnit XML: cases and datasheet values as tests", write_junit},
    Exporter{"prometheus", "gauges for node_exporter's textfile collector", write_prometheus},
    Exporter{"csv", "the table of cases", write_csv},
    Exporter{"markdown", "cases and datasheet as Markdown tables", write_markdown},
    Exporter{"github", "annotations of a GitHub Actions run", write_github},
};

std::vector<Table> tables_of(const ExportInput& input) {
  const RecordToShow shown{input.record, input.datasheet};
  std::vector<Table> tables{to_table({&input.report, 1})};
  tables.front().is_aside = true;
  for (Table& table : cases_tables({&shown, 1})) tables.push_back(std::move(table));
  return tables;
}

}  // namespace

ExportInput export_input(const Record& record, const Datasheet* datasheet) {
  ExportInput input{.record = &record,
                    .datasheet = datasheet,
                    .report = check_datasheet(record, datasheet),
                    .assessments = {}};
  input.assessments = assessments_of(record, input.report);
  return input;
}

std::span<const Exporter> exporters() { return kExporters; }

const Exporter& exporter_named(std::string_view name) {
  const auto found = std::find_if(kExporters.begin(), kExporters.end(),
                                  [&](const Exporter& exporter) { return exporter.name == name; });
  if (found != kExporters.end()) return *found;
  std::array<std::string_view, kExporters.size()> names;
  std::transform(kExporters.begin(), kExporters.end(), names.begin(),
                 [](const Exporter& exporter) { return exporter.name; });
  throw UsageError(unknown_name_message("format", name, std::span<const std::string_view>(names)));
}

void write_google_benchmark(std::ostream& out, const ExportInput& input) {
  out << format_google_benchmark(*input.record);
}

void write_csv(std::ostream& out, const ExportInput& input) {
  render(out, tables_of(input), Format::kCsv);
}

void write_markdown(std::ostream& out, const ExportInput& input) {
  render(out, tables_of(input), Format::kMarkdown);
}

}  // namespace gpugauge
