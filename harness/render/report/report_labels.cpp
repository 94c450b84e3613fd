#include <fmt/format.h>

#include <set>

#include "harness/render/report/report_data.hpp"

namespace gpugauge {

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
