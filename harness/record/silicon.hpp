#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/config/datasheet.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

/// What no measurement of a device can exceed, as far as somebody says it.
struct Silicon {
  std::optional<double> pin_rate_gbps;  ///< of the memory
  int multiprocessors = 0;              ///< 0 is unknown
  std::optional<int> compute_capability;
  std::optional<double> max_clock_mhz;

  /// SMs x FLOP a clock (harness/device/matrix_rate.hpp) x the highest clock, in TFLOPS; dense.
  std::optional<double> tflops(DType operands) const;
};

/// From what the device says of itself and from its datasheet, which may be null. Of two rates or
/// clocks the higher counts: there are cards that go beyond the clock that CUDA names.
Silicon silicon_of(const DeviceInfo& device, const Datasheet* sheet);

/// Why a measurement cannot be true: `1250 GB/s is above the 864.1 GB/s of the memory pins: a cache
/// was measured`. Bytes of cold cases are held against the pins, operations against the multi-
/// processors; a clock that was read beside the samples counts where it is the highest.
std::optional<std::string> above_silicon(const Measurement& m, const Silicon& silicon);

/// Turns measurements that cannot be true into refused cases, with a warning that names the file,
/// the first such case and its limit. A rate above the datasheet's stays where nobody says what the
/// silicon can do, with a warning too.
void refuse_above_silicon(Record& record, const std::vector<Datasheet>& sheets);

}  // namespace gpugauge
