#include "harness/config/checkpoint_file.hpp"

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"
#include "harness/config/yaml_reader.hpp"

namespace gpugauge {

bool is_checkpoint_config(const std::filesystem::path& file) { return file.extension() == ".json"; }

std::string checkpoint_name(const std::filesystem::path& file) {
  const bool by_folder = file.stem() == "config";
  const std::filesystem::path full = std::filesystem::absolute(file).lexically_normal();
  const std::string name =
      by_folder ? full.parent_path().filename().string() : full.stem().string();
  if (!is_identifier(name)) {
    throw UsageError(fmt::format(
        "{}: its name would be {}, from its {}; expected letters, digits, '.', '_' and '-'",
        file.string(), in_quotes(name), by_folder ? "folder" : "file"));
  }
  return name;
}

}  // namespace gpugauge
