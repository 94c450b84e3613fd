#include "harness/render/answers/imported_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <string>
#include <vector>

#include "harness/render/table/columns.hpp"

namespace gpugauge {

Table imported_table(std::span<const ImportedFile> files) {
  std::map<std::string, std::vector<std::string>> names;
  for (const ImportedFile& file : files) names[file.source()].push_back(file.file);
  std::vector<std::string> sources;
  for (const auto& [source, of] : names)
    sources.push_back(fmt::format("{} ({})", fmt::join(of, ", "), source));
  ColumnList<ImportedFile> c;
  c.data("file", [](auto& f) { return f.file; });
  c.data("source", [](auto& f) { return f.source(); });
  Table table = c.table(
      "imported", fmt::format("imported, not measured by gpugauge: {}", fmt::join(sources, "; ")),
      files);
  table.is_aside = true;
  return table;
}

}  // namespace gpugauge
