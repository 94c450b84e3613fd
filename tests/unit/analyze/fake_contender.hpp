#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "harness/analyze/money/contender.hpp"
#include "harness/base/random.hpp"

namespace gpugauge::fake {

/// Anything within that share of the value, as likely as any other; errors of two seeds are
/// independent.
inline Resampled within(double value, double share, std::uint64_t seed = 1) {
  Replicates replicates;
  for (std::size_t i = 0; i < kReplicates; ++i) {
    const double place = static_cast<double>(random_bits(seed, i) >> 11) * 0x1p-52 - 1;
    replicates.push_back(value * (1 + share * place));
  }
  return resampled(value, std::move(replicates));
}

/// A card of so many tokens a second, give or take a share, at every load; at most at batch 64.
/// Cards whose names begin alike err alike.
inline Contender contender(const std::string& name, double dollars, double tokens,
                           double share = 0) {
  Contender c;
  c.name = name;
  c.rate.kind = RateKind::kGiven;
  c.rate.dollars_per_gpu_hour = dollars;
  c.tokens_per_second = [=](std::int64_t, std::int64_t) {
    return std::optional(within(tokens, share, static_cast<unsigned char>(name.front())));
  };
  c.largest_batch = [](std::int64_t) { return 64; };
  return c;
}

}  // namespace gpugauge::fake
