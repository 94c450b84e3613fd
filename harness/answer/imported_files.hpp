#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/record/record.hpp"

namespace gpugauge {

/// A result file whose numbers somebody else measured.
struct ImportedFile {
  std::string file;
  std::string tables;  ///< whose: `aiconfigurator`
  std::string engine;  ///< that they measured: `vLLM 0.24.0`; may be empty

  /// Both: `aiconfigurator, vLLM 0.24.0`.
  std::string source() const;
};

/// Whether all numbers of the record were measured by somebody else.
bool is_imported(const Record& record);

/// Those of the records that hold imported numbers, in their order.
std::vector<ImportedFile> imported_files(std::span<const Record> records);

}  // namespace gpugauge
