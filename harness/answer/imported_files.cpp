#include "harness/answer/imported_files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gpugauge {

std::vector<ImportedFile> imported_files(std::span<const Record> records) {
  std::vector<ImportedFile> files;
  for (const Record& record : records) {
    const auto imported =
        std::find_if(record.measurements.begin(), record.measurements.end(),
                     [](const Measurement& m) { return m.origin == Origin::kImported; });
    if (imported == record.measurements.end()) continue;
    // The importer calls the suite after the tables and the system: aiconfigurator-h100_sxm.
    const std::string& suite = record.provenance.suite;
    files.push_back({record.path.string(),
                     fmt::format("{}{}{}", suite.substr(0, suite.find('-')),
                                 imported->details.empty() ? "" : ", ", imported->details)});
  }
  return files;
}

}  // namespace gpugauge
