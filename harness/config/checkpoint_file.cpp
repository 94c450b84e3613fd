#include "harness/config/checkpoint_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"

namespace gpugauge {
namespace {

bool is_name(const std::string& text) {
  const auto is_alphanumeric = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0;
  };
  return !text.empty() && is_alphanumeric(text[0]) &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
         });
}

}  // namespace

bool is_checkpoint_config(const std::filesystem::path& file) { return file.extension() == ".json"; }

std::string checkpoint_name(const std::filesystem::path& file) {
  const bool by_folder = file.stem() == "config";
  const std::filesystem::path full = std::filesystem::absolute(file).lexically_normal();
  const std::string name =
      by_folder ? full.parent_path().filename().string() : full.stem().string();
  if (!is_name(name)) {
    throw UsageError(fmt::format(
        "{}: would be called {} after its {}, expected a name of letters, digits, '.', '_' and '-'",
        file.string(), in_quotes(name), by_folder ? "folder" : "file"));
  }
  return name;
}

}  // namespace gpugauge
