#include "harness/analyze/money/bootstrap.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

#include "harness/base/estimate.hpp"
#include "harness/base/random.hpp"
#include "harness/base/units.hpp"

namespace gpugauge {
namespace {

/// What a weight of 1 is stored as: fine against the spread of the weights.
constexpr double kWeightUnit = 256;
/// Where the random bits of the intervals begin, far beyond those of any row of weights.
constexpr std::uint64_t kIntervalBits = std::uint64_t{1} << 48;

constexpr std::uint64_t kMethodSeed = 0;

/// Exp(1) by its quantiles: an even draw from these has its distribution.
constexpr int kQuantileBits = 12;
using Quantiles = std::array<std::uint16_t, std::size_t{1} << kQuantileBits>;

Quantiles exponential_quantiles() {
  Quantiles quantiles;
  constexpr double kCount = quantiles.size();
  for (std::size_t i = 0; i < quantiles.size(); ++i) {
    const double upper_share = (static_cast<double>(i) + 0.5) / kCount;
    quantiles[i] = static_cast<std::uint16_t>(std::lround(-kWeightUnit * std::log(upper_share)));
  }
  return quantiles;
}

void add_weights(std::vector<std::uint16_t>& weights, std::uint64_t seed, std::size_t rows) {
  static const Quantiles kQuantiles = exponential_quantiles();
  weights.reserve(rows * kReplicates);
  while (weights.size() < rows * kReplicates)
    weights.push_back(kQuantiles[random_bits(seed, weights.size()) >> (64 - kQuantileBits)]);
}

/// The rows 0 to n - 1 in the order of the places that they stand for.
std::vector<std::size_t> rows_by_place(std::size_t n) {
  const auto bits = static_cast<int>(std::bit_width(n - 1));
  std::vector<std::size_t> rows;
  rows.reserve(n);
  for (std::size_t place = 0; place < std::size_t{1} << bits; ++place) {
    std::size_t row = 0;
    for (int bit = 0; bit < bits; ++bit) row |= (place >> bit & 1) << (bits - 1 - bit);
    if (row < n) rows.push_back(row);
  }
  return rows;
}

struct TimedRow {
  double ns;
  std::size_t row;
};

/// The samples with their rows, by time.
std::vector<TimedRow> timed_rows(const SampleColumns& samples) {
  const std::size_t n = samples.time_ns.size();
  std::vector<std::size_t> by_clock(n);
  std::iota(by_clock.begin(), by_clock.end(), std::size_t{0});
  if (samples.clock_mhz.size() == n)
    std::stable_sort(by_clock.begin(), by_clock.end(), [&](std::size_t a, std::size_t b) {
      return samples.clock_mhz[a] < samples.clock_mhz[b];
    });
  const std::vector<std::size_t> rows = rows_by_place(n);
  std::vector<TimedRow> result(n);
  for (std::size_t rank = 0; rank < n; ++rank)
    result[rank] = {samples.time_ns[by_clock[rank]], rows[rank]};
  std::sort(result.begin(), result.end(),
            [](const TimedRow& a, const TimedRow& b) { return a.ns < b.ns; });
  return result;
}

/// Every replicate's weighted median: the first sample with which half of the weight is reached.
Replicates weighted_medians(const std::vector<TimedRow>& samples, const std::uint16_t* weights) {
  std::vector<std::uint32_t> total(kReplicates), sum(kReplicates), below(kReplicates);
  for (std::size_t row = 0; row < samples.size(); ++row) {
    const std::uint16_t* weight = weights + row * kReplicates;
    for (std::size_t r = 0; r < kReplicates; ++r) total[r] += weight[r];
  }
  for (const TimedRow& sample : samples) {
    const std::uint16_t* weight = weights + sample.row * kReplicates;
    for (std::size_t r = 0; r < kReplicates; ++r) {
      sum[r] += weight[r];
      below[r] += 2 * sum[r] < total[r] ? 1U : 0U;
    }
  }
  Replicates medians(kReplicates);
  for (std::size_t r = 0; r < kReplicates; ++r) medians[r] = samples[below[r]].ns;
  return medians;
}

bool has_samples(const OpTime& time) {
  return time.origin == Origin::kMeasured && time.measurement != nullptr &&
         !time.measurement->samples.time_ns.empty();
}

}  // namespace

const Replicates& Bootstrap::medians_of(const Measurement& measurement) {
  const auto [found, is_new] = medians_.try_emplace(&measurement);
  if (is_new) {
    const std::vector<TimedRow> samples = timed_rows(measurement.samples);
    add_weights(weights_, seed_, samples.size());
    found->second = weighted_medians(samples, weights_.data());
  }
  return found->second;
}

const Replicates& Bootstrap::places_of(Origin origin) {
  const bool is_of_method = is_interpolated(origin) || origin == Origin::kModelled;
  const auto index =
      static_cast<std::size_t>(is_interpolated(origin) ? Origin::kInterpolated : origin);
  Replicates& places = places_[index];
  for (std::size_t r = places.size(); r < kReplicates; ++r) {
    const std::uint64_t bits =
        random_bits(is_of_method ? kMethodSeed : seed_, kIntervalBits + index * kReplicates + r);
    places.push_back(static_cast<double>(bits >> 11) * 0x1p-52 - 1);
  }
  return places;
}

Replicates Bootstrap::step_ns(const EngineStep& step) {
  Replicates total(kReplicates);
  std::array<Estimate, std::tuple_size_v<OriginShares>> by_origin{};
  for (const OpLine& line : step.ops) {
    const auto count = static_cast<double>(line.step.count);
    if (has_samples(line.time)) {
      const Replicates& medians = medians_of(*line.time.measurement);
      for (std::size_t r = 0; r < kReplicates; ++r) total[r] += count * medians[r];
    } else {
      Estimate& of_origin = by_origin[static_cast<std::size_t>(line.time.origin)];
      of_origin = sum(of_origin, scaled(line.time.time_ns, count));
    }
  }
  for (std::size_t origin = 0; origin < by_origin.size(); ++origin) {
    const Estimate& e = by_origin[origin];
    if (e.value == 0) continue;
    const Replicates& places = places_of(static_cast<Origin>(origin));
    for (std::size_t r = 0; r < kReplicates; ++r)
      total[r] += e.value + places[r] * (places[r] < 0 ? e.value - e.low : e.high - e.value);
  }
  return total;
}

Replicates output_tokens_per_second(const ServingPoint& point, std::span<const double> decode_ns,
                                    std::span<const double> prefill_ns) {
  const auto output = static_cast<double>(point.output_tokens);
  const auto batch = static_cast<double>(point.batch);
  Replicates rate(decode_ns.size());
  for (std::size_t i = 0; i < rate.size(); ++i)
    rate[i] = batch * output * kNsPerSecond / (output * decode_ns[i] + batch * prefill_ns[i]);
  return rate;
}

Resampled resampled(double value, Replicates replicates) {
  const Estimate interval = interval_of(value, replicates);
  return {interval, std::move(replicates)};
}

Estimate interval_of(double value, std::span<const double> replicates, double confidence) {
  std::vector<double> sorted(replicates.begin(), replicates.end());
  const auto tail =
      static_cast<std::ptrdiff_t>(std::min(static_cast<double>(sorted.size()) * (1 - confidence),
                                           static_cast<double>(sorted.size() - 1)) /
                                  2);
  const auto at_low = sorted.begin() + tail, at_high = sorted.end() - 1 - tail;
  std::nth_element(sorted.begin(), at_low, sorted.end());
  const double low = *at_low;
  std::nth_element(at_low, at_high, sorted.end());
  return {.value = value, .low = std::min(low, value), .high = std::max(*at_high, value)};
}

}  // namespace gpugauge
