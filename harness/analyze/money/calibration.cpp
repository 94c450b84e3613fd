#include "harness/analyze/money/calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "harness/base/estimate.hpp"

namespace gpugauge {
namespace {

using Chosen = std::vector<const Calibration*>;

/// Lengths of a benchmark are averages over its requests.
bool is_near(double a, double b) {
  constexpr double kTolerance = 0.01;
  return std::abs(a - b) <= kTolerance * b;
}

auto point_of(const Calibration& c) { return std::tie(c.batch, c.input_tokens, c.output_tokens); }

bool applies(const Calibration& c, const CalibratedRate& rate) {
  return std::tie(c.device, c.model, c.precision, c.cards) ==
         std::tie(rate.device, rate.model, rate.precision, rate.cards);
}

class Calibrator {
 public:
  explicit Calibrator(std::span<const Calibration> all) : all_(all) {}

  /// `rate` says where; its raw number is there already. `is_at` tells whether the lengths of a
  /// calibration are those of the point.
  template <typename IsAt>
  void add(CalibratedRate rate, IsAt is_at) {
    const auto batch = static_cast<double>(rate.batch);
    Chosen chosen = nearest(rate, batch, is_at);
    if (chosen.empty()) return;
    used_.insert(chosen.begin(), chosen.end());
    rate.factor = factor_of(chosen);
    rate.tokens_per_second = {.value = rate.raw.value * rate.factor.value,
                              .low = rate.raw.low * rate.factor.low,
                              .high = rate.raw.high * rate.factor.high};
    for (CalibratedCost& cost : rate.costs)
      cost.calibrated = {.value = cost.raw.value / rate.factor.value,
                         .low = cost.raw.low / rate.factor.high,
                         .high = cost.raw.high / rate.factor.low};
    const Calibration& c = *chosen.front();
    if (!is_near(batch, c.batch) || !is_at(c))
      rate.extrapolated_from =
          fmt::format("batch {:g}, {:g}+{:g}", c.batch, c.input_tokens, c.output_tokens);
    report_.rates.push_back(std::move(rate));
  }

  CalibrationReport report() && {
    for (const Calibration& c : all_) {
      if (used_.count(&c) == 0) {
        report_.warnings.push_back(fmt::format("{}: not used: nothing here is {} at {} on {} × {}",
                                               c.file, c.model, name_of(c.precision), c.cards,
                                               c.device));
      } else if (!c.has_spread) {
        report_.warnings.push_back(
            fmt::format("{}: a single number of {}, without an interval", c.file, c.benchmark));
      }
    }
    return std::move(report_);
  }

 private:
  template <typename IsAt>
  Chosen nearest(const CalibratedRate& rate, double batch, IsAt is_at) const {
    const auto distance = [&](const Calibration& c) {
      return std::pair(std::abs(std::log(c.batch / batch)), is_at(c) ? 0 : 1);
    };
    const Calibration* best = nullptr;
    for (const Calibration& c : all_) {
      if (applies(c, rate) && (best == nullptr || distance(c) < distance(*best))) best = &c;
    }
    Chosen chosen;
    for (const Calibration& c : all_) {
      if (best != nullptr && point_of(c) == point_of(*best) && applies(c, rate))
        chosen.push_back(&c);
    }
    return chosen;
  }

  static Estimate factor_of(Chosen runs) {
    const auto middle = runs.begin() + static_cast<std::ptrdiff_t>(runs.size() / 2);
    std::nth_element(runs.begin(), middle, runs.end(),
                     [](const Calibration* a, const Calibration* b) {
                       return a->factor.value < b->factor.value;
                     });
    Estimate factor = (*middle)->factor;
    for (const Calibration* run : runs) {
      factor.low = std::min(factor.low, run->factor.low);
      factor.high = std::max(factor.high, run->factor.high);
    }
    return factor;
  }

  std::span<const Calibration> all_;
  std::set<const Calibration*> used_;
  CalibrationReport report_;
};

}  // namespace

CalibrationReport calibrate(std::span<const Calibration> calibrations,
                            std::span<const PricedDecode> points) {
  Calibrator calibrator(calibrations);
  for (const PricedDecode& priced : points) {
    const DecodeFinding& decode = priced.decode;
    const EngineStep* step = decode.step(Engine::kLibrary);
    if (step == nullptr) continue;
    CalibratedRate rate;
    rate.file = decode.file;
    rate.device = decode.device;
    rate.model = decode.model;
    rate.precision = decode.point.precision;
    rate.batch = decode.point.batch;
    rate.lengths = fmt::format("context {}", decode.point.context);
    rate.raw = step->tokens_per_second;
    for (const Cost& cost : priced.costs) {
      if (cost.library) rate.costs.push_back({cost.rate, *cost.library, {}});
    }
    const auto context = static_cast<double>(decode.point.context);
    calibrator.add(std::move(rate), [=](const Calibration& c) {
      return c.input_tokens <= context && context <= c.input_tokens + c.output_tokens;
    });
  }
  return std::move(calibrator).report();
}

CalibrationReport calibrate(std::span<const Calibration> calibrations,
                            std::span<const ServingFinding> findings) {
  Calibrator calibrator(calibrations);
  for (const ServingFinding& finding : findings) {
    if (!finding.library) continue;
    const ServingPoint& point = finding.point;
    CalibratedRate rate;
    rate.file = finding.decode.file;
    rate.device = finding.decode.device;
    rate.model = finding.decode.model;
    rate.precision = finding.request.precision;
    rate.cards = finding.request.group.cards;
    rate.batch = point.batch;
    rate.lengths = fmt::format("{} in, {} out", point.input_tokens, point.output_tokens);
    rate.raw = finding.library->output_tokens_per_second;
    calibrator.add(std::move(rate), [&point](const Calibration& c) {
      return is_near(static_cast<double>(point.input_tokens), c.input_tokens) &&
             is_near(static_cast<double>(point.output_tokens), c.output_tokens);
    });
  }
  return std::move(calibrator).report();
}

}  // namespace gpugauge
