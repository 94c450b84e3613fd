#include "harness/analyze/money/bootstrap.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>

#include "harness/analyze/money/cost.hpp"
#include "harness/base/estimate.hpp"
#include "harness/base/random.hpp"
#include "harness/base/units.hpp"

namespace gpugauge {
namespace {

/// What a weight of 1 is stored as: fine against the spread of the weights.
constexpr double kWeightUnit = 256;
/// Where the random bits of the intervals begin, far beyond those of any row of weights.
constexpr std::uint64_t kIntervalBits = std::uint64_t{1} << 48;

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

const Replicates& Bootstrap::places_of(std::size_t origin) {
  Replicates& places = places_[origin];
  for (std::size_t r = places.size(); r < kReplicates; ++r) {
    const std::uint64_t bits = random_bits(seed_, kIntervalBits + origin * kReplicates + r);
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
    const Replicates& places = places_of(origin);
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

Replicates dollars_per_million(double hourly_rate, int num_gpus,
                               std::span<const double> tokens_per_second) {
  const double of_one = dollars_per_million(hourly_rate, num_gpus, 1.0);
  Replicates dollars(tokens_per_second.size());
  for (std::size_t i = 0; i < dollars.size(); ++i) dollars[i] = of_one / tokens_per_second[i];
  return dollars;
}

double probability_less(std::span<const double> a, std::span<const double> b) {
  std::vector<double> first(a.begin(), a.end()), second(b.begin(), b.end());
  std::sort(first.begin(), first.end());
  std::sort(second.begin(), second.end());
  return probability_less_sorted(first, second);
}

double probability_less_sorted(std::span<const double> a, std::span<const double> b) {
  if (a.back() < b.front()) return 1;
  if (b.back() < a.front()) return 0;
  // For each of b: those of a that are below it, and those that are not above it.
  auto below = a.begin(), up_to = a.begin();
  double pairs = 0;
  for (const double value : b) {
    while (below != a.end() && *below < value) ++below;
    while (up_to != a.end() && *up_to <= value) ++up_to;
    pairs += 0.5 * static_cast<double>((below - a.begin()) + (up_to - a.begin()));
  }
  return pairs / (static_cast<double>(a.size()) * static_cast<double>(b.size()));
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

Cheaper cheaper(double probability_first_is_less, double confidence) {
  if (probability_first_is_less >= confidence) return Cheaper::kFirst;
  if (1 - probability_first_is_less >= confidence) return Cheaper::kSecond;
  return Cheaper::kUndecided;
}

}  // namespace gpugauge
