#include "harness/cli/options/whole_file.hpp"

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/record/file.hpp"
#include "harness/record/reader.hpp"

namespace gpugauge {
namespace {

/// A measurement cannot be had again for nothing.
bool holds_a_result(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;
  try {
    read_record(path, Detail::kSummary);
    return true;
  } catch (const Error&) {
    return false;
  }
}

void refuse_precious(const std::filesystem::path& path, std::span<const std::string> inputs) {
  std::error_code ignored;
  for (const std::string& input : inputs) {
    if (std::filesystem::is_regular_file(input, ignored) &&
        std::filesystem::equivalent(input, path, ignored))
      throw UsageError(fmt::format("{}: is also read ({}), expected another file to write",
                                   path.string(), input));
  }
  if (holds_a_result(path))
    throw UsageError(
        fmt::format("{}: is a result file, expected another file to write", path.string()));
}

}  // namespace

void write_whole(const std::filesystem::path& path, std::string_view text,
                 std::span<const std::string> inputs) {
  std::error_code ignored;
  const std::filesystem::path folder = path.parent_path();
  if (!folder.empty() && !std::filesystem::is_directory(folder, ignored))
    throw EnvironmentError(fmt::format("{}: no such folder, expected one for {}", folder.string(),
                                       path.filename().string()));
  if (std::filesystem::is_directory(path, ignored))
    throw EnvironmentError(fmt::format("{}: is a folder, expected a file", path.string()));
  refuse_precious(path, inputs);
  replace_file(path, text);
}

}  // namespace gpugauge
