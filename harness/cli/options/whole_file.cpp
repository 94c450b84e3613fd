#include "harness/cli/options/whole_file.hpp"

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/record/file.hpp"

namespace gpugauge {

void write_whole(const std::filesystem::path& path, std::string_view text) {
  std::error_code ignored;
  const std::filesystem::path folder = path.parent_path();
  if (!folder.empty() && !std::filesystem::is_directory(folder, ignored))
    throw EnvironmentError(fmt::format("{}: no such folder, expected one for {}", folder.string(),
                                       path.filename().string()));
  if (std::filesystem::is_directory(path, ignored))
    throw EnvironmentError(fmt::format("{}: is a folder, expected a file", path.string()));
  replace_file(path, text);
}

}  // namespace gpugauge
