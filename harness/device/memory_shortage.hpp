#pragma once

#include <cstdint>
#include <string>

#include "harness/base/error.hpp"

namespace gpugauge {

/// An allocation that a device refused.
struct MemoryShortage {
  std::int64_t needed_bytes = 0;  ///< what is held already and what was asked for now
  std::int64_t free_bytes = 0;    ///< what there would be for it if nothing were held
  std::int64_t device_bytes = 0;  ///< the device's whole memory
};

/// The device is too small for it, whoever else uses it: the driver, contexts and workspaces take
/// an eighth of a small device, and no more than 2 GiB.
bool is_device_too_small(const MemoryShortage& shortage);

/// `needs 12 GiB, and 9.2 GiB of the device's 9.8 GiB are free`
std::string describe(const MemoryShortage& shortage);

/// A case needs more memory than the device has: it is no failure of either.
class TooLargeForDevice : public OutOfMemory {
 public:
  using OutOfMemory::OutOfMemory;
};

/// Throws TooLargeForDevice, or OutOfMemory where the device would have room and others take it.
[[noreturn]] void throw_shortage(const MemoryShortage& shortage);

}  // namespace gpugauge
