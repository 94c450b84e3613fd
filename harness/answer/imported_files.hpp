#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/record/record.hpp"

namespace gpugauge {

/// A result file whose numbers somebody else measured.
struct ImportedFile {
  std::string file;
  std::string source;  ///< whose tables, and of which engine: `aiconfigurator, VLLM 0.24.0`
};

/// Those of the records that hold imported numbers, in their order.
std::vector<ImportedFile> imported_files(std::span<const Record> records);

}  // namespace gpugauge
