#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "harness/record/record.hpp"
#include "harness/record/writer.hpp"
#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge::fake {

/// A finished run of two cases on a card with a UUID, which began on `date`; `number` is in its id.
inline Record run(int number, const std::string& date = "2025-11-22", double time_ns = 1000) {
  Record r = record({measurement(memory(MemoryPattern::kRead), time_ns),
                     measurement(memory(MemoryPattern::kCopy), 2 * time_ns)});
  r.path = fmt::format("run-{}.json", number);
  r.provenance.run_id = fmt::format("00000000-0000-4000-8000-{:012}", number);
  r.provenance.host_name = "node/7";
  r.provenance.suite = "nightly";
  r.provenance.sessions = {{date + "T02:00:00Z", date + "T02:10:00Z", {"gpugauge"}}};
  r.device.uuid = "GPU-11111111-2222";
  r.device.driver_version = "580.65.06";
  r.device.other_processes = 0;
  r.device.pcie_generation = 5;
  r.device.pcie_width = 16;
  return r;
}

inline std::filesystem::path write(const std::filesystem::path& folder, const Record& r) {
  std::filesystem::create_directories(folder);
  const std::filesystem::path file = folder / r.path;
  std::ofstream(file, std::ios::binary) << format_result(r);
  return file;
}

}  // namespace gpugauge::fake
