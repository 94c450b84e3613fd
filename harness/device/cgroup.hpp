#pragma once

#include <filesystem>
#include <optional>

namespace gpugauge {

/// The limits of the control groups, version 1 or 2, that this process is in: the tightest on the
/// way from its own group to the root. Absent where there is no limit.
struct CgroupLimits {
  std::optional<double> cpus;               ///< CPU time per wall time
  std::optional<double> memory_bytes;       ///< the limit
  std::optional<double> memory_room_bytes;  ///< what is left of it, page cache counted as free
};

/// How often and how long a quota stopped this process's control group, the one of those on the way
/// to the root that was stopped the longest.
struct CgroupThrottling {
  double periods = 0, throttled_periods = 0;  ///< since the group began
  double throttled_seconds = 0;               ///< summed over its CPUs
};
/// Nothing where no quota is set, or the kernel does not count.
std::optional<CgroupThrottling> read_cgroup_throttling(const std::filesystem::path& root);

/// `root` stands for `/`.
CgroupLimits read_cgroup_limits(const std::filesystem::path& root);

}  // namespace gpugauge
