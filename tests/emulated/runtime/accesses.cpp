#include "tests/emulated/runtime/accesses.hpp"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <unordered_map>
#include <utility>

#include "tests/emulated/broken_rule.hpp"
#include "tests/emulated/runtime/memory.hpp"
#include "tests/simt/machine.hpp"
#include "tests/simt/work.hpp"

namespace gpugauge::emulated {
namespace {

constexpr std::uintptr_t kWordBytes = 4, kSectorBytes = 32;

/// A number for every so many bytes of device memory. Pages that are not touched cost nothing.
template <std::uintptr_t kBytes>
class Shadow {
 public:
  std::uint32_t& at(std::uintptr_t address) {
    return numbers_[(address - device_range.begin) / kBytes];
  }

 private:
  static std::uint32_t* reserve() {
    void* range = mmap(nullptr, device_range.bytes / kBytes * sizeof(std::uint32_t),
                       PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (range == MAP_FAILED) std::abort();
    return static_cast<std::uint32_t*>(range);
  }
  std::uint32_t* numbers_ = reserve();
};

struct Log {
  Shadow<kWordBytes> writers, readers;  ///< the launch that did so last
  Shadow<kSectorBytes> touched;
  Shadow<kWordBytes> read_in, written_in;  ///< the period that did so
  std::uint32_t periods = 0;
  bool watches_period = false;
  std::unordered_map<std::uintptr_t, std::uint32_t> read_values;  ///< of words written since
  bool running = false;
  Order order;
  std::uint64_t sectors = 0, loads = 0;
  std::string violation;
  Allocation last;  ///< that was touched
};
Log& log() {
  static auto* all = new Log;
  return *all;
}

std::string described(const void* begin, std::size_t bytes, bool writes) {
  return fmt::format("{} {} bytes at {}", writes ? "writes" : "reads", bytes, begin);
}

void violate(Log& log, std::string what) {
  if (log.violation.empty()) log.violation = std::move(what);
}

bool is_within(const Allocation& allocation, const char* begin, std::size_t bytes) {
  return begin >= allocation.begin && begin + bytes <= allocation.begin + allocation.bytes;
}

/// Whether the launch of that number may not have ended.
bool is_open(const Order& order, bool early, std::uint32_t number) {
  const std::uint32_t from = early ? order.early_from : order.late_from;
  const std::uint32_t to = early ? order.number : order.number - 1;
  return from != 0 && number >= from && number < to;
}

void check_order(Log& log, const char* begin, std::size_t bytes, bool writes) {
  const Order& order = log.order;
  const bool early = simt::is_early();
  const auto first = reinterpret_cast<std::uintptr_t>(begin) / kWordBytes * kWordBytes;
  for (std::uintptr_t word = first; word < reinterpret_cast<std::uintptr_t>(begin) + bytes;
       word += kWordBytes) {
    std::uint32_t& writer = log.writers.at(word);
    std::uint32_t& reader = log.readers.at(word);
    const char* conflict = is_open(order, early, writer)             ? "writes"
                           : writes && is_open(order, early, reader) ? "reads"
                                                                     : nullptr;
    if (conflict != nullptr) {
      violate(log, fmt::format("{}, which a launch before it {}, {}",
                               described(begin, bytes, writes), conflict,
                               early ? "without a wait_for_previous before"
                                     : "and the launch between the two never waited for that one"));
      return;
    }
    if (order.recorded) (writes ? writer : reader) = order.number;
  }
}

std::uint32_t value_at(std::uintptr_t word) {
  std::uint32_t value = 0;
  std::memcpy(&value, reinterpret_cast<const void*>(word), sizeof value);
  return value;
}

void watch_period(Log& log, std::uintptr_t address, std::size_t bytes, bool writes) {
  for (std::uintptr_t word = address / kWordBytes * kWordBytes; word < address + bytes;
       word += kWordBytes) {
    if (log.written_in.at(word) == log.periods) continue;
    if (writes) {
      log.written_in.at(word) = log.periods;
      if (log.read_in.at(word) == log.periods) log.read_values.emplace(word, value_at(word));
    } else {
      log.read_in.at(word) = log.periods;
    }
  }
}

void note(const void* pointer, std::size_t bytes, bool writes) {
  Log& all = log();
  const auto* begin = static_cast<const char*>(pointer);
  if (!all.running) {
    if (!device_memory_is_open()) {
      broken("the host", fmt::format("{} of device memory", described(begin, bytes, writes)));
    }
    return;
  }
  if (!is_within(all.last, begin, bytes)) {
    const Allocation* found = allocation_at(begin);
    if (found == nullptr || !is_within(*found, begin, bytes)) {
      violate(all, fmt::format("{}, which is in no allocation", described(begin, bytes, writes)));
      return;
    }
    all.last = *found;
  }
  if (!writes) ++all.loads;
  const auto address = reinterpret_cast<std::uintptr_t>(begin);
  for (std::uintptr_t sector = address / kSectorBytes * kSectorBytes; sector < address + bytes;
       sector += kSectorBytes) {
    std::uint32_t& number = all.touched.at(sector);
    if (number != all.order.number) ++all.sectors;
    number = all.order.number;
  }
  if (all.watches_period) watch_period(all, address, bytes, writes);
  if (all.order.recorded || all.order.early_from != 0 || all.order.late_from != 0) {
    check_order(all, begin, bytes, writes);
  }
}

inline void note_if_device(const void* pointer, std::size_t bytes, bool writes) {
  if (device_range.contains(pointer)) note(pointer, bytes, writes);
}

}  // namespace

void note_access(const void* begin, std::size_t bytes, bool writes) {
  note_if_device(begin, bytes, writes);
}

void begin_accesses(const Order& order) {
  Log& all = log();
  all.running = true;
  all.order = order;
  all.sectors = all.loads = 0;
  all.violation.clear();
  all.last = {};
}

Accesses end_accesses() {
  Log& all = log();
  all.running = false;
  return {.bytes = static_cast<double>(all.sectors) * kSectorBytes,
          .loads = static_cast<double>(all.loads),
          .violation = std::exchange(all.violation, {})};
}

void begin_period() {
  Log& all = log();
  ++all.periods;
  all.watches_period = true;
  all.read_values.clear();
}

bool end_period_feeds_back() {
  Log& all = log();
  all.watches_period = false;
  return std::ranges::any_of(all.read_values,
                             [](const auto& read) { return value_at(read.first) != read.second; });
}

}  // namespace gpugauge::emulated

void gpugauge::simt::note_access(const void* begin, std::size_t bytes, bool writes) {
  emulated::note_if_device(begin, bytes, writes);
}

// What the compiler calls. An access of a kernel must not throw from here: the compiler takes these
// for functions that do not.
extern "C" {
void __tsan_init() {}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}
void __tsan_vptr_update(void**, void*) {}
// Atomics of the host's own: the standard library's counters.
std::uint32_t __tsan_atomic32_fetch_add(volatile std::uint32_t* at, std::uint32_t value, int) {
  return __atomic_fetch_add(at, value, __ATOMIC_SEQ_CST);
}
std::uint32_t __tsan_atomic32_fetch_sub(volatile std::uint32_t* at, std::uint32_t value, int) {
  return __atomic_fetch_sub(at, value, __ATOMIC_SEQ_CST);
}
void __tsan_read_range(void* begin, std::size_t bytes) {
  gpugauge::emulated::note_if_device(begin, bytes, false);
}
void __tsan_write_range(void* begin, std::size_t bytes) {
  gpugauge::emulated::note_if_device(begin, bytes, true);
}
#define GPUGAUGE_ACCESSES(bytes)                             \
  void __tsan_read##bytes(void* begin) {                     \
    gpugauge::emulated::note_if_device(begin, bytes, false); \
  }                                                          \
  void __tsan_write##bytes(void* begin) {                    \
    gpugauge::emulated::note_if_device(begin, bytes, true);  \
  }                                                          \
  void __tsan_unaligned_read##bytes(void* begin) {           \
    gpugauge::emulated::note_if_device(begin, bytes, false); \
  }                                                          \
  void __tsan_unaligned_write##bytes(void* begin) {          \
    gpugauge::emulated::note_if_device(begin, bytes, true);  \
  }
GPUGAUGE_ACCESSES(1)
GPUGAUGE_ACCESSES(2)
GPUGAUGE_ACCESSES(4)
GPUGAUGE_ACCESSES(8)
GPUGAUGE_ACCESSES(16)
#undef GPUGAUGE_ACCESSES
}
