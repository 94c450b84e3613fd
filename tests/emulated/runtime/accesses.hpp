#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

/// Every load and store of a kernel, and who is allowed to do it. The compiler calls this for the
/// kernels' source (with -fsanitize=thread, whose own library is not linked), tests/simt for what
/// it does in their name.
namespace gpugauge::emulated {

/// Of the node that runs: `begin` … `end` bytes of device memory are looked at or changed.
void note_access(const void* begin, std::size_t bytes, bool writes);

/// Which earlier launches may not have ended while this one runs, by their numbers.
struct Order {
  std::uint32_t number = 0;  ///< of this launch
  /// From this one on, for a thread that has not waited; 0: all have ended.
  std::uint32_t early_from = 0;
  /// From this one on and before the previous, for a thread that has; 0: all have ended.
  std::uint32_t late_from = 0;
  bool recorded = false;  ///< the next launch may begin before the end of this one
};

struct Accesses {
  double bytes = 0;       ///< each 32-byte sector once
  double loads = 0;       ///< of device memory, by all threads
  std::string violation;  ///< the first; empty where there was none
};

/// What a node does between these two is checked and counted.
void begin_accesses(const Order& order);
Accesses end_accesses();

/// Of the nodes that run between these two: whether they go on from what they leave, so that a
/// second time they would do something else. They do where a word has another value than they read
/// there before they wrote it.
void begin_period();
bool end_period_feeds_back();

}  // namespace gpugauge::emulated
