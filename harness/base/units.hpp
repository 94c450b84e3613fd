#pragma once

#include <cstdint>

namespace gpugauge {

// What one unit holds of another. Decimal for rates and money, binary (Gib, Page) for memory.
inline constexpr double kNsPerSecond = 1e9;
inline constexpr double kNsPerMs = 1e6;
inline constexpr double kSecondsPerMinute = 60;
inline constexpr double kSecondsPerHour = 3600;
inline constexpr std::int64_t kSecondsPerDay = 86'400;
inline constexpr double kMillion = 1e6;
inline constexpr double kBillion = 1e9;
inline constexpr double kGib = 1024.0 * 1024 * 1024;
/// Operations of a launch are counted whole.
inline constexpr std::int64_t kFlopsPerGflop = 1'000'000'000;
inline constexpr double kFlopsPerNsPerTflops = 1e3;
/// Of memory: the smallest part that the host and the kernels here give a thread of its own.
inline constexpr std::int64_t kSmallPageBytes = 4096;

/// Of a count that is far below 2^53.
constexpr double as_double(std::int64_t value) { return static_cast<double>(value); }

}  // namespace gpugauge
