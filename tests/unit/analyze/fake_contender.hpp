#pragma once

#include <string>
#include <utility>

#include "harness/analyze/money/contender.hpp"

namespace gpugauge::fake {

inline Estimate within(double value, double share) {
  return {.value = value, .low = value * (1 - share), .high = value * (1 + share)};
}

/// A card of so many tokens a second, give or take a share, at every load; at most at batch 64.
inline Contender contender(std::string name, double dollars, double tokens, double share = 0) {
  Contender c;
  c.name = std::move(name);
  c.rate.kind = RateKind::kGiven;
  c.rate.dollars_per_gpu_hour = dollars;
  c.tokens_per_second = [=](std::int64_t, std::int64_t) {
    return std::optional(within(tokens, share));
  };
  c.largest_batch = [](std::int64_t) { return 64; };
  return c;
}

}  // namespace gpugauge::fake
