#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kernels/cuda/memory/memory.hpp"
#include "kernels/implementation.hpp"

namespace gpugauge {

/// One way to stream the arrays of a slot.
struct Streamer {
  std::function<void(Stream, const StreamArrays&)> launch;
  std::string details;
  int sums = 0;  ///< how many 32-bit sums a read leaves in `out`
};

/// A memory op done by the fastest of `streamers` on this device.
std::unique_ptr<Workload> make_memory_workload(const MemoryStream& op, Device& device,
                                               const CaseOptions& options,
                                               std::vector<Streamer> streamers);

}  // namespace gpugauge
