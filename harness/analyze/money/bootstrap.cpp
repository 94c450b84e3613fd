#include "harness/analyze/money/bootstrap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <numeric>
#include <string_view>
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

/// FNV-1a, 64 bits, far beyond the bits of any row of weights.
std::uint64_t hash_of(std::string_view name) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return hash | kIntervalBits;
}

/// Half the distance of the ends, in logarithms.
double width_of(const ErrorFactors& factors) { return std::log(factors.high / factors.low) / 2; }

/// Factors at these places between the ends, which lie at -1 and 1.
Replicates errors_of(const ErrorFactors& ends, const Replicates& places) {
  const double below = -std::log(ends.low), above = std::log(ends.high);
  Replicates errors(places.size());
  for (std::size_t r = 0; r < errors.size(); ++r)
    errors[r] = std::exp(places[r] * (places[r] < 0 ? below : above));
  return errors;
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

const Replicates& Bootstrap::places_of(const std::string& name, bool is_shared) {
  const auto [found, is_new] = places_.try_emplace(name);
  if (!is_new) return found->second;
  static const boost::math::normal_distribution<double> kNormal;
  static const double kUnit = quantile(kNormal, (1 + kDerivedConfidence) / 2);
  const std::uint64_t first = hash_of(name);
  for (std::size_t r = 0; r < kReplicates; ++r) {
    const std::uint64_t bits = random_bits(is_shared ? kMethodSeed : seed_, first + r);
    const double share = (static_cast<double>(bits >> 11) + 0.5) * 0x1p-53;
    found->second.push_back(quantile(kNormal, share) / kUnit);
  }
  return found->second;
}

std::uint64_t bootstrap_seed(const Record& record) {
  return hash_of(record.provenance.run_id + '\n' + record.device.name);
}

Replicates Bootstrap::step_ns(const EngineStep& step) {
  Replicates total(kReplicates);
  std::map<ErrorGroup, Estimate> groups;
  for (const OpLine& line : step.ops) {
    const auto count = static_cast<double>(line.step.count);
    if (has_samples(line.time)) {
      const Replicates& medians = medians_of(*line.time.measurement);
      for (std::size_t r = 0; r < kReplicates; ++r) total[r] += count * medians[r];
    } else {
      Estimate& of_group = groups[error_group_of(line)];
      of_group = sum(of_group, scaled(line.time.time_ns, count));
    }
  }
  for (const auto& [group, e] : groups) {
    const std::string name =
        fmt::format("{} {}", name_of(group.origin),
                    group.imported != nullptr ? group.imported->name : group.family);
    const Replicates errors = errors_of({.low = e.low / e.value, .high = e.high / e.value},
                                        places_of(name, group.origin == Origin::kModelled));
    for (std::size_t r = 0; r < kReplicates; ++r) total[r] += e.value * errors[r];
  }
  return total;
}

Replicates Bootstrap::with_error(Replicates figure, const EngineError& error) {
  const double total = width_of(error.total);
  if (total == 0) return figure;
  const double own_share = std::min(1.0, std::pow(width_of(error.between_cards) / total, 2) / 2);
  const Replicates &shared = places_of("engine", true), &own = places_of("card", false);
  Replicates places(kReplicates);
  for (std::size_t r = 0; r < kReplicates; ++r)
    places[r] = std::sqrt(1 - own_share) * shared[r] + std::sqrt(own_share) * own[r];
  const Replicates errors = errors_of(error.total, places);
  for (std::size_t r = 0; r < kReplicates; ++r) figure[r] *= errors[r];
  return figure;
}

Replicates output_tokens_per_second(const ServingPoint& point, const ServingEngine& engine,
                                    std::span<const double> decode_ns,
                                    std::span<const double> prefill_ns) {
  const auto output = static_cast<double>(point.output_tokens);
  const auto batch = static_cast<double>(point.batch);
  const double prefills = batch / static_cast<double>(point.prompts);
  Replicates rate(decode_ns.size());
  for (std::size_t i = 0; i < rate.size(); ++i)
    rate[i] = batch * output * kNsPerSecond /
              (output * engine.step_ns(decode_ns[i], point.batch) + prefills * prefill_ns[i]);
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
