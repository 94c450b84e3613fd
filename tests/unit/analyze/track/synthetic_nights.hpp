#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "harness/analyze/track/gate.hpp"

namespace gpugauge::synthetic {

/// `count` levels of ln(time) around `level`, normal with the given scatter.
inline std::vector<double> levels(std::size_t count, double level, double scatter,
                                  std::uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(level, scatter);
  std::vector<double> values(count);
  for (double& value : values) value = normal(random);
  return values;
}

inline std::vector<double> joined(std::vector<double> a, const std::vector<double>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// A good night: five processes that agree.
inline Night night(double y) {
  return {.y = y,
          .processes = std::vector<double>(5, y),
          .clock_mhz_median = 1755,
          .pcie_generation = 5,
          .pcie_width = 16};
}

inline std::vector<Night> nights(const std::vector<double>& values) {
  std::vector<Night> all;
  for (const double y : values) all.push_back(night(y));
  return all;
}

}  // namespace gpugauge::synthetic
