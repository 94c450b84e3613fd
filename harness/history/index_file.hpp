#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/history/run_entry.hpp"

namespace gpugauge {

/// What the index of a history says: one line for the names of all cases, then one for each result
/// file, so that a check of years reads one file and no JSON beside it.
struct HistoryIndex {
  CaseNames names;
  std::vector<RunEntry> runs;
};

/// In the history's folder. No name but those of result files ends in `.json`.
inline constexpr const char* kIndexName = "index.jsonl";

/// The text of the file. `write_index` gives it its name once it is whole and on the disk; throws
/// EnvironmentError.
std::string format_index(const HistoryIndex& index);
void write_index(const std::filesystem::path& folder, const HistoryIndex& index);

/// Throws UsageError, with the line, if the file is not there, torn, of another version or damaged:
/// whatever it says is in the result files, too.
HistoryIndex read_index(const std::filesystem::path& folder);

}  // namespace gpugauge
