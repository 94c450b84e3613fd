#include "harness/device/memory_shortage.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/units.hpp"

namespace gpugauge {
namespace {

double in_gib(std::int64_t bytes) { return as_double(bytes) / kGib; }

}  // namespace

bool is_device_too_small(const MemoryShortage& shortage) {
  constexpr std::int64_t kMostReserved = std::int64_t{2} << 30;
  const std::int64_t reserved = std::min(shortage.device_bytes / 8, kMostReserved);
  return shortage.needed_bytes > shortage.device_bytes - reserved;
}

std::string describe(const MemoryShortage& shortage) {
  return fmt::format("needs {:.1f} GiB, and {:.1f} of the device's {:.1f} GiB are free",
                     in_gib(shortage.needed_bytes), in_gib(shortage.free_bytes),
                     in_gib(shortage.device_bytes));
}

void throw_shortage(const MemoryShortage& shortage) {
  if (is_device_too_small(shortage)) throw TooLargeForDevice(describe(shortage));
  throw OutOfMemory(describe(shortage) + ": other processes hold memory (nvidia-smi lists them)");
}

}  // namespace gpugauge
