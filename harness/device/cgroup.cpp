#include "harness/device/cgroup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "harness/base/text_file.hpp"

namespace gpugauge {
namespace {

namespace fs = std::filesystem;

/// The folders of the process's own group and its ancestors. `controller` is empty for version 2,
/// whose line names none.
std::vector<fs::path> group_folders(const fs::path& root, std::string_view controller) {
  std::istringstream lines(read_text(root / "proc/self/cgroup"));
  for (std::string line; std::getline(lines, line);) {  // id:controllers:path, cgroups(7)
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = fmt::format(",{},", line.substr(first + 1, second - first - 1));
    if (controllers.find(fmt::format(",{},", controller)) == std::string::npos) continue;

    const fs::path mount = root / "sys/fs/cgroup" / controller;
    std::vector<fs::path> folders;
    fs::path group = fs::path(line.substr(second + 1)).relative_path();
    for (; !group.empty(); group = group.parent_path()) folders.push_back(mount / group);
    folders.push_back(mount);
    return folders;
  }
  return {};
}

void lower(std::optional<double>& limit, double value) {
  limit = limit ? std::min(*limit, value) : value;
}

void apply_cpu(CgroupLimits& limits, std::optional<double> quota, std::optional<double> period) {
  if (quota && period && *quota > 0 && *period > 0) lower(limits.cpus, *quota / *period);
}

void apply_memory(CgroupLimits& limits, std::optional<double> limit, std::optional<double> used,
                  const std::string& statistics, std::string_view inactive_key) {
  constexpr double kUnlimited = 0x1p62;  // version 1 says "none" with the largest page count
  if (!limit || *limit >= kUnlimited) return;
  const double cache = number_in(field_of(statistics, inactive_key).value_or("")).value_or(0.0);
  lower(limits.memory_bytes, *limit);
  lower(limits.memory_room_bytes, std::max(0.0, *limit - (used.value_or(0.0) - cache)));
}

}  // namespace

std::optional<CgroupThrottling> read_cgroup_throttling(const fs::path& root) {
  std::optional<CgroupThrottling> most;
  const auto add = [&](bool has_quota, const std::string& statistics, std::string_view key,
                       double per_second) {
    const auto number = [&](std::string_view name) {
      return number_in(field_of(statistics, name).value_or(""));
    };
    const auto periods = number("nr_periods"), throttled = number("nr_throttled"),
               time = number(key);
    if (!has_quota || !periods || !throttled || !time) return;
    if (!most || *time / per_second > most->throttled_seconds)
      most = {*periods, *throttled, *time / per_second};
  };
  constexpr double kMicroseconds = 1e6, kNanoseconds = 1e9;
  for (const fs::path& group : group_folders(root, ""))
    add(number_in(read_text(group / "cpu.max")).has_value(), read_text(group / "cpu.stat"),
        "throttled_usec", kMicroseconds);
  for (const fs::path& group : group_folders(root, "cpu"))
    add(read_number(group / "cpu.cfs_quota_us").value_or(-1) > 0, read_text(group / "cpu.stat"),
        "throttled_time", kNanoseconds);
  return most;
}

CgroupLimits read_cgroup_limits(const fs::path& root) {
  CgroupLimits limits;
  for (const fs::path& group : group_folders(root, "")) {
    const std::string cpu_max = read_text(group / "cpu.max");  // quota or `max`, period
    apply_cpu(limits, number_in(cpu_max),
              number_in(cpu_max.substr(std::min(cpu_max.find(' '), cpu_max.size()))));
    apply_memory(limits, read_number(group / "memory.max"), read_number(group / "memory.current"),
                 read_text(group / "memory.stat"), "inactive_file");
  }
  for (const fs::path& group : group_folders(root, "cpu")) {
    apply_cpu(limits, read_number(group / "cpu.cfs_quota_us"),
              read_number(group / "cpu.cfs_period_us"));
  }
  for (const fs::path& group : group_folders(root, "memory")) {
    apply_memory(limits, read_number(group / "memory.limit_in_bytes"),
                 read_number(group / "memory.usage_in_bytes"), read_text(group / "memory.stat"),
                 "total_inactive_file");
  }
  return limits;
}

}  // namespace gpugauge
