#include "harness/answer/imported_files.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace gpugauge {
namespace {

/// The tables spell engines in capitals: `VLLM 0.24.0`.
std::string engine_of(std::string details) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kNames{
      {{"VLLM", "vLLM"}, {"SGLANG", "SGLang"}, {"TRTLLM", "TensorRT-LLM"}}};
  for (const auto& [theirs, own] : kNames) {
    if (details.starts_with(theirs)) details.replace(0, theirs.size(), own);
  }
  return details;
}

}  // namespace

std::string ImportedFile::source() const {
  return engine.empty() ? tables : tables + ", " + engine;
}

bool is_imported(const Record& record) {
  return !record.measurements.empty() &&
         std::all_of(record.measurements.begin(), record.measurements.end(),
                     [](const Measurement& m) { return m.origin == Origin::kImported; });
}

std::vector<ImportedFile> imported_files(std::span<const Record> records) {
  std::vector<ImportedFile> files;
  for (const Record& record : records) {
    const auto imported =
        std::find_if(record.measurements.begin(), record.measurements.end(),
                     [](const Measurement& m) { return m.origin == Origin::kImported; });
    if (imported == record.measurements.end()) continue;
    // The importer calls the suite after the tables and the system: aiconfigurator-h100_sxm.
    const std::string& suite = record.provenance.suite;
    files.push_back({.file = record.path.string(),
                     .tables = suite.substr(0, suite.find('-')),
                     .engine = engine_of(imported->details)});
  }
  return files;
}

}  // namespace gpugauge
