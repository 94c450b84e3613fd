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

/// `root` stands for `/`.
CgroupLimits read_cgroup_limits(const std::filesystem::path& root);

}  // namespace gpugauge
