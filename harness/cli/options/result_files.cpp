#include "harness/cli/options/result_files.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "harness/base/error.hpp"
#include "harness/record/file_text.hpp"

namespace gpugauge {

namespace fs = std::filesystem;

std::vector<fs::path> result_files(const std::string& file_or_folder) {
  std::error_code error;
  if (!fs::is_directory(file_or_folder, error)) return {file_or_folder};
  std::vector<fs::path> files;
  fs::recursive_directory_iterator at(file_or_folder, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    const fs::path& path = at->path();
    if (is_result_name(path)) files.push_back(path);
    if (path.extension() == ".partial")
      spdlog::warn("{}: unfinished run skipped; name the file to include it", path.string());
  }
  if (error) throw UsageError(fmt::format("{}: {}", file_or_folder, error.message()));
  if (files.empty())
    throw UsageError(
        fmt::format("{}: no result file (*.json, *.json.gz) in this folder", file_or_folder));
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace gpugauge
