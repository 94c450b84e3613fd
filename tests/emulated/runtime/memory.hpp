#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

/// Memory of the emulated devices: a part of the address space that the host may not touch, at
/// addresses aligned to 256 bytes and to nothing more. The host's own memory stands in for it.
namespace gpugauge::emulated {

/// One allocation.
struct Allocation {
  char* begin = nullptr;
  std::size_t bytes = 0;
  int device = 0;
};

/// Where all device memory lies.
struct DeviceRange {
  std::uintptr_t begin, bytes;
  bool contains(const void* pointer) const {
    return reinterpret_cast<std::uintptr_t>(pointer) - begin < bytes;
  }
};
extern const DeviceRange device_range;

/// The one that holds the address; null where there is none.
const Allocation* allocation_at(const void* pointer);
/// Whether all bytes lie in one allocation.
bool is_device_memory(const void* begin, std::size_t bytes);
bool is_pinned_memory(const void* begin, std::size_t bytes);

/// The device works: its memory can be touched. These may nest.
class DeviceMemoryOpen {
 public:
  DeviceMemoryOpen();
  ~DeviceMemoryOpen();
  DeviceMemoryOpen(const DeviceMemoryOpen&) = delete;
  DeviceMemoryOpen& operator=(const DeviceMemoryOpen&) = delete;
};
bool device_memory_is_open();

/// The most bytes of a device that were allocated at once.
std::size_t peak_device_bytes();
/// What is allocated still, for the check of leaks; empty where all was freed.
std::string memory_not_freed();

}  // namespace gpugauge::emulated
