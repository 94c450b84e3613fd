#pragma once

#include <cstdint>
#include <optional>

namespace gpugauge {

/// The device's state at one moment. Absent fields are not known to the device.
struct Telemetry {
  std::optional<double> clock_mhz;
  std::optional<double> memory_clock_mhz;
  /// A reading of the board's power. On most cards since Ampere it is the mean of the last second,
  /// and so not of the sample alone (nvml.h, nvmlDeviceGetPowerUsage).
  std::optional<double> power_w;
  std::optional<double> instant_power_w;  ///< of about the last tenth of a second
  std::optional<double> energy_j;         ///< that the board took since its driver was loaded
  std::optional<double> temperature_c;
  std::optional<double> memory_temperature_c;  ///< of HBM
  /// CPU time that the hypervisor took away, in percent of the wall time since it was last known.
  /// Only in some samples: it is counted in ticks of 10 ms.
  std::optional<double> steal_percent;
  /// Time that the process's threads could have run and others of this machine did, in percent of
  /// the wall time of all CPUs since it was last known.
  std::optional<double> wait_percent;
  /// CPU time that the control group's quota withheld, as `wait_percent`.
  std::optional<double> quota_percent;
  /// NVML clock-event reasons, a bit mask.
  std::optional<std::uint64_t> throttle_reasons;
};

/// One timed replay.
struct Sample {
  double seconds = 0.0;
  Telemetry telemetry;
};

}  // namespace gpugauge
