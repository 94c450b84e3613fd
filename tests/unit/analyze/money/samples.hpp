#pragma once

#include <cmath>
#include <deque>
#include <functional>
#include <numbers>
#include <random>
#include <vector>

#include "harness/analyze/step/engine_step.hpp"
#include "harness/base/statistics.hpp"
#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge::fake {

/// Numbers in [0, 1) and N(0, 1) that are the same with any standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  double uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
  double normal() {
    return std::sqrt(-2 * std::log(1 - uniform())) * std::cos(2 * std::numbers::pi * uniform());
  }
  std::size_t below(std::size_t n) { return engine_() % n; }

 private:
  std::mt19937_64 engine_;
};

using Draw = std::function<double(Random&)>;

/// Measurements that stay where they are, and steps of them.
class Card {
 public:
  Measurement& add(std::vector<double> time_ns, std::vector<float> clock_mhz = {}) {
    Measurement m = measurement(gemm_of(DType::kBf16, 1, 64, 64), median(time_ns));
    m.samples.time_ns = std::move(time_ns);
    m.samples.clock_mhz = std::move(clock_mhz);
    return measurements_.emplace_back(std::move(m));
  }

 private:
  std::deque<Measurement> measurements_;
};

inline OpLine line(const Measurement& m, std::int64_t count = 1) {
  return {{OpGroup::kLinears, "qkv", m.c.op, count}, {m.time_ns, m.origin, {}, &m}};
}

inline OpLine line(Estimate ns, Origin origin, std::int64_t count = 1) {
  return {{OpGroup::kLinears, "qkv", gemm_of(DType::kBf16, 1, 64, 64), count}, {ns, origin, ""}};
}

inline EngineStep step_with(std::vector<OpLine> lines) { return step_of(std::move(lines), 1); }

inline std::vector<double> draws(Random& random, std::size_t count, const Draw& draw) {
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(draw(random));
  return values;
}

}  // namespace gpugauge::fake
