#include "harness/config/checkpoint_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace gpugauge {

bool is_checkpoint_config(const std::filesystem::path& file) { return file.extension() == ".json"; }

std::string checkpoint_name(const std::filesystem::path& file) {
  const bool by_folder = file.stem() == "config";
  const std::filesystem::path full = std::filesystem::absolute(file).lexically_normal();
  const std::string found =
      by_folder ? full.parent_path().filename().string() : full.stem().string();
  if (is_identifier(found)) return found;
  std::string name;
  for (const char c : found) {
    const std::string_view one(&c, 1);
    const bool has_letter = !name.empty() && name.back() != '-';
    if (is_identifier(one) || (has_letter && (c == '.' || c == '_' || c == '-'))) {
      name += c;
    } else if (has_letter) {
      name += '-';
    }
  }
  while (name.ends_with('-')) name.pop_back();
  return name.empty() ? "model" : name;
}

std::string architecture_in(YamlMapping& root, std::span<const std::string_view> known) {
  const YamlValue type = root.required("model_type");
  std::string found = type.text();
  // No slip of a person's, for which another architecture might be offered.
  if (std::find(known.begin(), known.end(), found) == known.end())
    type.fail_expected(
        fmt::format("{}{}", known.size() == 1 ? "" : "one of ", fmt::join(known, ", ")));
  return found;
}

}  // namespace gpugauge
