#include "harness/cli/options/page_file.hpp"

#include <fmt/format.h>

#include <array>
#include <fstream>

#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

namespace fs = std::filesystem;

/// Without the endings of result files: `a` of `a.json`, `a.json.gz` and `a.json.partial`.
fs::path stem_of_result(fs::path file) {
  for (const char* ending : {".partial", ".gz", ".json"}) {
    if (file.extension() == ending) file.replace_extension();
  }
  return file;
}

}  // namespace

fs::path default_page(std::span<const std::string> files) {
  constexpr std::size_t kMostNames = 3;
  fs::path page = "report";
  if (files.size() == 1) {
    page = stem_of_result(files.front());
  } else if (files.size() <= kMostNames && !files.empty()) {
    std::string name;
    for (const std::string& file : files)
      name += (name.empty() ? "" : "-") + stem_of_result(file).filename().string();
    page = name;
  }
  return page += ".html";
}

void require_own_page(const fs::path& page) {
  std::error_code ignored;
  if (!fs::exists(page, ignored)) return;
  std::array<char, 2048> head{};
  std::ifstream file(page, std::ios::binary);
  file.read(head.data(), head.size());
  const std::string_view text(head.data(), static_cast<std::size_t>(file.gcount()));
  if (text.find("gpugauge report</title>") == std::string_view::npos)
    throw UsageError(
        fmt::format("{}: exists and is no page of gpugauge report; pass -o PATH", page.string()));
}

}  // namespace gpugauge
