#include "harness/analyze/compare/ratio.hpp"

#include <algorithm>
#include <array>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace gpugauge {
namespace {

constexpr double kTail = 0.025;  // of a 95% interval

}  // namespace

Estimate ratio_of(const Estimate& other, const Estimate& base, double widening) {
  const auto distance = [&](double of_other, double of_base) {
    return widening * std::hypot(std::log(other.value / of_other), std::log(base.value / of_base));
  };
  const double ratio = other.value / base.value;
  return {.value = ratio,
          .low = ratio * std::exp(-distance(other.low, base.high)),
          .high = ratio * std::exp(distance(other.high, base.low))};
}

double joint_widening(std::size_t count) {
  const boost::math::normal_distribution<double> normal;
  const double tail = kTail / static_cast<double>(std::max<std::size_t>(count, 1));
  return quantile(complement(normal, tail)) / quantile(complement(normal, kTail));
}

Judgement judge(const Estimate& ratio, const Estimate& joint, double threshold) {
  const double slower = 1 + threshold;
  const double faster = 1 / slower;
  if (joint.low > slower) return {Change::kSlower, ChangeReason::kNone};
  if (joint.high < faster) return {Change::kFaster, ChangeReason::kNone};
  if (ratio.low >= faster && ratio.high <= slower) return {Change::kSame, ChangeReason::kNone};
  const bool alone = ratio.low > slower || ratio.high < faster;
  return {Change::kAmbiguous, alone ? ChangeReason::kOneOfMany : ChangeReason::kStraddles};
}

double cliffs_delta(std::span<const double> base, std::span<const double> other) {
  double balance = 0;
  std::size_t below = 0, not_above = 0;  // values of base against the one of other in hand
  for (const double value : other) {
    while (below < base.size() && base[below] < value) ++below;
    while (not_above < base.size() && base[not_above] <= value) ++not_above;
    balance += static_cast<double>(below) - static_cast<double>(base.size() - not_above);
  }
  return balance / (static_cast<double>(base.size()) * static_cast<double>(other.size()));
}

std::string_view effect_words(double delta) {
  const double size = std::abs(delta);
  if (size < 0.147) return "negligible";
  if (size < 0.33) return "small";
  return size < 0.474 ? "medium" : "large";
}

Estimate geometric_mean(std::span<const double> ratios) {
  const auto count = static_cast<double>(ratios.size());
  double mean = 0;
  for (const double ratio : ratios) mean += std::log(ratio) / count;
  double squares = 0;
  for (const double ratio : ratios) squares += std::pow(std::log(ratio) - mean, 2);
  double half_width = 0;
  if (ratios.size() > 1) {
    const boost::math::students_t_distribution<double> t(count - 1);
    half_width = quantile(complement(t, kTail)) * std::sqrt(squares / (count - 1) / count);
  }
  return {.value = std::exp(mean),
          .low = std::exp(mean - half_width),
          .high = std::exp(mean + half_width)};
}

}  // namespace gpugauge
