#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/device/device_info.hpp"

namespace gpugauge {

/// What Linux says of the machine, from /proc and /sys. What it does not say is absent; a missing
/// or malformed file is no error. Tests lay out another root.
class Host {
 public:
  explicit Host(std::filesystem::path root = "/") : root_(std::move(root)) {}

  /// Of the CPUs that the process is allowed: one a core, and no more than the cgroup's quota gives
  /// time for. A second thread of a core adds neither bandwidth nor arithmetic.
  std::vector<int> usable_cpus(std::span<const int> allowed) const;

  /// The `cpu` device, using these CPUs.
  DeviceInfo describe(std::span<const int> cpus) const;

  /// What can still be allocated: MemAvailable (without /proc what is free, sysinfo(2)), or the
  /// room in the memory cgroup if that is less.
  std::int64_t available_memory_bytes() const;

  /// Time that the hypervisor gave to others while these CPUs wanted to run, since boot.
  std::optional<double> stolen_seconds(std::span<const int> cpus) const;

  /// Time that threads of this process could have run and waited for a CPU, since they began. That
  /// of threads that have ended is no longer in it.
  std::optional<double> waited_seconds() const;

  /// Time that the quota of the control group withheld from its threads, since it began.
  std::optional<double> quota_seconds() const;

  /// The hottest of the processor's thermal zones.
  std::optional<double> temperature_c() const;

  /// The frequency that the kernel reports for a CPU.
  std::optional<double> reported_clock_mhz(int cpu) const;

 private:
  std::filesystem::path cpu_folder(int cpu) const;
  std::int64_t last_level_cache_bytes(std::span<const int> cpus) const;

  std::filesystem::path root_;
};

/// The CPUs that the process was given: the affinity mask when this was first asked, because
/// threads that are pinned later no longer show it.
const std::vector<int>& allowed_cpus();

/// `0-3,8` is 0 1 2 3 8. What is malformed is left out.
std::vector<int> parse_cpu_list(std::string_view list);

}  // namespace gpugauge
