#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/base/case_options.hpp"
#include "harness/device/device.hpp"
#include "harness/device/workload.hpp"
#include "kernels/ops/op.hpp"

namespace gpugauge {

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
  /// Each launch begins while the one before it ends: the time is its part of a row of its own
  /// kind, not what one launch adds to a step of others.
  bool overlaps_itself = false;
};

/// Every implementation that was built in. A new one adds one line to registry.cpp.
std::span<const Implementation> implementations();

/// The implementation of that name for the op's family on that backend, or null.
const Implementation* find_implementation(std::string_view name, const Op& op, Backend backend);

/// How many sets of buffers make a rotation cold: their sum is at least five times the last-level
/// cache; a cache of unknown size (0) is taken for a very large one. One if the case is hot.
int rotation_slots(std::int64_t bytes_per_slot, std::int64_t cache_bytes, CacheState cache);

/// Likewise of what a model streams, on a card: through as much as its weights are, `cold_bytes` or
/// a quarter of the memory, by at most kMostModelSlots sets unless the cache asks for more.
/// Bandwidth falls by 2 to 6% from 0.5 to 5 GB on cards with GDDR or HBM2e (gpu-benches,
/// gpu-l2-cache: L40, H100 PCIe), so that a rotation of five caches flatters an op beside a read of
/// gigabytes.
inline constexpr int kMostModelSlots = 1024;
int model_rotation_slots(std::int64_t bytes_per_slot, const DeviceInfo& device,
                         const CaseOptions& options);

}  // namespace gpugauge
