#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gpugauge {

/// The file, or every result file (`*.json`, `*.json.gz`) in the folder and those below it, sorted
/// by path. Throws UsageError if there is none. Journals of unfinished runs are passed over with a
/// warning.
std::vector<std::filesystem::path> result_files(const std::string& file_or_folder);

}  // namespace gpugauge
