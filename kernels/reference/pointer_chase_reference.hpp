#pragma once

#include <cstdint>
#include <vector>

namespace gpugauge {

/// The distance between two links of a chain: no two share a cache line, nor the pair of lines that
/// some CPUs fetch together.
inline constexpr std::int64_t kChaseLineBytes = 128;

/// The line that follows each line, in one random cycle through all of `lines`. No prefetcher can
/// foresee it, and a walk meets every line once before it meets one again.
std::vector<std::uint32_t> random_cycle(std::int64_t lines, std::uint64_t seed);

/// Where a walk of `steps` steps from a line of a cycle ends; however many, it goes round once.
std::uint32_t walk(const std::vector<std::uint32_t>& cycle, std::uint32_t from, std::int64_t steps);

}  // namespace gpugauge
