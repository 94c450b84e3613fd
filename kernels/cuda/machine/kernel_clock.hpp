#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "harness/base/statistics.hpp"

namespace gpugauge {

/// What one block says of its last launches: how many cycles a part of them took on its
/// multiprocessor, and how many nanoseconds. That is the clock at which the part really ran, where
/// the driver tells the one of up to 20 ms ago. Zeros before the first launch.
struct KernelClock {
  static constexpr int kKept = 64;
  struct Span {
    std::uint64_t cycles, nanoseconds;
  };
  std::uint64_t launches;
  Span spans[kKept];  ///< of launch i at i % kKept
};

/// The median clock over the blocks and so many of the newest launches, as far as they are kept, in
/// MHz.
inline std::optional<double> kernel_clock_mhz(std::span<const KernelClock> blocks,
                                              std::int64_t newest_launches) {
  std::vector<double> mhz;
  for (const KernelClock& block : blocks) {
    const std::uint64_t known =
        std::min({block.launches, static_cast<std::uint64_t>(newest_launches),
                  std::uint64_t{KernelClock::kKept}});
    for (std::uint64_t back = 1; back <= known; ++back) {
      const KernelClock::Span& span = block.spans[(block.launches - back) % KernelClock::kKept];
      if (span.nanoseconds > 0) {
        mhz.push_back(1e3 * static_cast<double>(span.cycles) /
                      static_cast<double>(span.nanoseconds));
      }
    }
  }
  if (mhz.empty()) return std::nullopt;
  return median(std::move(mhz));
}

}  // namespace gpugauge
