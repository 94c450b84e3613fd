#pragma once

#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/analyze/rates/assessment.hpp"
#include "harness/analyze/rates/datasheet.hpp"
#include "harness/config/datasheet.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

/// A result file with what was found in it, for other tools to read.
struct ExportInput {
  const Record* record;
  const Datasheet* datasheet;  ///< may be null
  DatasheetReport report;
  std::vector<Assessment> assessments;
};
ExportInput export_input(const Record& record, const Datasheet* datasheet);

/// A file format of another tool.
struct Exporter {
  std::string_view name;
  std::string_view description;
  void (*write)(std::ostream& out, const ExportInput& input);
};
std::span<const Exporter> exporters();
/// Throws UsageError with the nearest name.
const Exporter& exporter_named(std::string_view name);

/// Google Benchmark's JSON without our part: compare.py and bencher's `cpp_google` read it.
void write_google_benchmark(std::ostream& out, const ExportInput& input);
/// Bencher Metric Format: `latency` in nanoseconds, and `bandwidth-gbps` and `tflops` where they
/// say something, each with its interval.
void write_bencher(std::ostream& out, const ExportInput& input);
/// github-action-benchmark's `customBiggerIsBetter`: the rate of each case.
void write_github_action(std::ostream& out, const ExportInput& input);
/// JUnit XML as Ant writes it: cases and datasheet values as test cases.
void write_junit(std::ostream& out, const ExportInput& input);
/// Gauges in Prometheus' text format, for node_exporter's textfile collector.
void write_prometheus(std::ostream& out, const ExportInput& input);
/// Workflow commands that annotate a GitHub Actions run.
void write_github(std::ostream& out, const ExportInput& input);
/// Tables of cases and of the datasheet, in CSV and in GitHub's Markdown.
void write_csv(std::ostream& out, const ExportInput& input);
void write_markdown(std::ostream& out, const ExportInput& input);

}  // namespace gpugauge
