#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/device/device.hpp"
#include "kernels/case_options.hpp"
#include "kernels/op.hpp"
#include "kernels/verification.hpp"

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

/// Nothing if a device can run the op, else the reason in one line for the user.
using Unsupported = std::optional<std::string>;

/// One way to run a family of ops on a backend.
struct Implementation {
  std::string_view name;    ///< `openmp`, `onednn`, `cublaslt_search`: a part of the case name
  std::string_view family;  ///< the family of ops, as `family_of` says
  Backend backend;
  /// Raised whenever the meaning of the number changes; results are never compared across it.
  int semantics_version;
  /// What a framework would run today; the others compete only for "best".
  bool is_library;
  Unsupported (*supports)(const Op&, const DeviceInfo&);
  std::unique_ptr<Workload> (*make)(const Op&, Device&, const CaseOptions&);
};

/// Every implementation that was built in. A new one adds one line to registry.cpp.
std::span<const Implementation> implementations();

/// The implementation of that name for the op's family on that backend, or null.
const Implementation* find_implementation(std::string_view name, const Op& op, Backend backend);

/// How many sets of buffers make a rotation cold: their sum is at least five times the last-level
/// cache; a cache of unknown size (0) is taken for a very large one. One if the case is hot.
int rotation_slots(std::int64_t bytes_per_slot, std::int64_t cache_bytes, CacheState cache);

}  // namespace gpugauge
