#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "harness/device/device.hpp"

namespace gpugauge {

/// Host memory that is kept once it was touched: what a buffer gives back goes to the next one, not
/// to the system. On a virtual machine whose monitor takes free pages back, touching them again
/// costs over a second a gigabyte, between every two cases.
///
/// Buffers are aligned to huge pages, lie on them where the kernel has them, and hold anything.
/// Their pages are touched first by the team, in the shares of static_partition.hpp.
class HostArena {
 public:
  /// How many more bytes the system can give: checked first, because Linux would promise them and
  /// end the process when it touches them.
  using AvailableBytes = std::function<std::int64_t()>;

  /// Reserves addresses, no memory. Throws OutOfMemory if there are not so many.
  HostArena(std::int64_t address_bytes, AvailableBytes available_bytes);

  /// Throws OutOfMemory. The buffer may outlive the arena.
  Buffer allocate(std::int64_t bytes);

 private:
  class Region;
  std::shared_ptr<Region> region_;
};

/// 0xFF in every byte, by the whole team.
void poison_host_memory(void* data, std::int64_t bytes);

}  // namespace gpugauge
