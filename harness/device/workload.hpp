#pragma once

#include <cstdint>
#include <string>

#include "harness/base/verification.hpp"
#include "harness/device/device.hpp"

namespace gpugauge {

/// What times a workload.
enum class Timing : std::uint8_t {
  kDeviceGraph,  ///< device time of a captured graph, or the CPU's own clock
  kHostClock,    ///< the host's clock around enqueueing and waiting: the host's part is what counts
};

/// One op made ready to run on one device. Made once per case: it allocates, packs and searches
/// there, so that `enqueue` only enqueues.
class Workload {
 public:
  Workload() = default;
  Workload(const Workload&) = delete;
  Workload& operator=(const Workload&) = delete;
  virtual ~Workload() = default;

  /// How many distinct sets of buffers `enqueue` may be given; consecutive launches rotate through
  /// them.
  virtual int slots() const = 0;
  /// Launches the op once on the buffers of `slot`, asynchronously where the device is. Capturable
  /// in a CUDA graph.
  virtual void enqueue(Stream stream, int slot) = 0;
  /// Poisons the outputs, launches every slot once more and compares with kernels/reference.
  virtual Verification verify() = 0;
  /// What was chosen, for people: `algo 66, tile 128x64, split-K 4`. Empty if there was no choice.
  virtual std::string details() const { return {}; }
  /// False if two launches on the same inputs may differ in the last bits (atomics, split-K).
  virtual bool deterministic() const { return true; }
  virtual Timing timing() const { return Timing::kDeviceGraph; }
};

}  // namespace gpugauge
