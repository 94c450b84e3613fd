#include <fmt/format.h>

#include <set>

#include "harness/render/report/report_data.hpp"

namespace gpugauge {

std::vector<std::filesystem::path> short_paths(std::span<const Record> records) {
  std::vector<std::filesystem::path> ends(records.size()), rests;
  for (const Record& record : records) rests.push_back(record.path);
  for (bool is_done = false; !is_done;) {
    is_done = true;
    const std::multiset<std::filesystem::path> taken(ends.begin(), ends.end());
    for (std::size_t i = 0; i < ends.size(); ++i) {
      if ((!ends[i].empty() && taken.count(ends[i]) == 1) || !rests[i].has_filename()) continue;
      ends[i] = ends[i].empty() ? rests[i].filename() : rests[i].filename() / ends[i];
      rests[i] = rests[i].parent_path();
      is_done = false;
    }
  }
  if (std::set<std::filesystem::path>(ends.begin(), ends.end()).size() < ends.size()) {
    for (std::size_t i = 0; i < ends.size(); ++i) ends[i] = records[i].path;  // `/a/b` and `a/b`
  }
  return ends;
}

std::vector<std::string> labels_of(std::span<const RecordToShow> records) {
  const auto with = [](const Record& r, const std::string& file) {
    return file.empty() ? r.device.name : fmt::format("{} ({})", r.device.name, file);
  };
  std::vector<std::string> labels;
  for (int names = 0; names < 3; ++names) {  // no file name, its last part, all of it
    labels.clear();
    for (const RecordToShow& shown : records) {
      const Record& r = *shown.record;
      labels.push_back(with(r, names == 0   ? ""
                               : names == 1 ? r.path.stem().string()
                                            : r.path.string()));
    }
    if (std::set<std::string>(labels.begin(), labels.end()).size() == labels.size()) break;
  }
  return labels;
}

}  // namespace gpugauge
