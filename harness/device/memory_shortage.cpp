#include "harness/device/memory_shortage.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/byte_size.hpp"
#include "harness/base/units.hpp"

namespace gpugauge {
bool is_device_too_small(const MemoryShortage& shortage) {
  constexpr std::int64_t kMostReserved = std::int64_t{2} << 30;
  const std::int64_t reserved = std::min(shortage.device_bytes / 8, kMostReserved);
  return shortage.needed_bytes > shortage.device_bytes - reserved;
}

std::string describe(const MemoryShortage& shortage) {
  return fmt::format("needs {}, and {} of the device's {} are free",
                     format_bytes(as_double(shortage.needed_bytes)),
                     format_bytes(as_double(shortage.free_bytes)),
                     format_bytes(as_double(shortage.device_bytes)));
}

void throw_shortage(const MemoryShortage& shortage) {
  if (is_device_too_small(shortage)) throw TooLargeForDevice(describe(shortage));
  throw OutOfMemory(describe(shortage) + ": other processes hold memory (nvidia-smi lists them)");
}

}  // namespace gpugauge
