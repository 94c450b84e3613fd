#include "harness/analyze/money/calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
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

  /// Takes what is derived at a calibration's own point instead of the proxy that its file names.
  /// `rate` as for `add`.
  template <typename IsAt>
  void anchor(const CalibratedRate& rate, IsAt is_at) {
    for (const Calibration& c : all_) {
      if (!applies(c, rate) || !is_near(static_cast<double>(rate.batch), c.batch) || !is_at(c))
        continue;
      derived_[{rate.file, &c}] = rate.raw.value;
      if (c.proxy < rate.raw.low || c.proxy > rate.raw.high)
        report_.warnings.push_back(fmt::format(
            "{}: its proxy of {:g} tok/s is not what is derived at that point from {}, {:.4g} "
            "({:.4g} to {:.4g}): the measured {:.4g} counts, factor {:.4g}",
            c.file, c.proxy, rate.file, rate.raw.value, rate.raw.low, rate.raw.high, c.measured,
            c.measured / rate.raw.value));
    }
  }

  /// `rate` says where; its raw number is there already. `is_at` tells whether the lengths of a
  /// calibration are those of the point.
  template <typename IsAt>
  void add(CalibratedRate rate, IsAt is_at) {
    const auto batch = static_cast<double>(rate.batch);
    Chosen chosen = nearest(rate, batch, is_at);
    if (chosen.empty()) return;
    used_.insert(chosen.begin(), chosen.end());
    rate.factor = factor_of(chosen, rate.file);
    rate.tokens_per_second = {.value = rate.raw.value * rate.factor.value,
                              .low = rate.raw.low * rate.factor.low,
                              .high = rate.raw.high * rate.factor.high};
    for (CalibratedCost& cost : rate.costs)
      cost.calibrated = {.value = cost.raw.value / rate.factor.value,
                         .low = cost.raw.low / rate.factor.high,
                         .high = cost.raw.high / rate.factor.low};
    const Calibration& c = *chosen.front();
    if (!is_near(batch, c.batch) || !is_at(c)) {
      rate.extrapolated_from =
          fmt::format("batch {:g}, {:g}+{:g}", c.batch, c.input_tokens, c.output_tokens);
    } else if (derived_.count({rate.file, &c}) > 0) {
      // It was measured here: how far the derived rate may be off is no longer a question.
      rate.tokens_per_second.low = rate.raw.value * rate.factor.low;
      rate.tokens_per_second.high = rate.raw.value * rate.factor.high;
    }
    report_.rates.push_back(std::move(rate));
  }

  CalibrationReport report() && {
    for (const Calibration& c : all_) {
      for (const std::string& warning : c.warnings)
        report_.warnings.push_back(fmt::format("{}: {}", c.file, warning));
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

  Estimate factor_of(const Chosen& runs, const std::string& file) const {
    std::vector<Estimate> factors;
    for (const Calibration* run : runs) {
      const auto derived = derived_.find({file, run});
      const double scale = derived == derived_.end() ? 1 : run->proxy / derived->second;
      factors.push_back({.value = run->factor.value * scale,
                         .low = run->factor.low * scale,
                         .high = run->factor.high * scale});
    }
    const auto middle = factors.begin() + static_cast<std::ptrdiff_t>(factors.size() / 2);
    std::nth_element(factors.begin(), middle, factors.end(),
                     [](const Estimate& a, const Estimate& b) { return a.value < b.value; });
    Estimate factor = *middle;
    for (const Estimate& each : factors) {
      factor.low = std::min(factor.low, each.low);
      factor.high = std::max(factor.high, each.high);
    }
    return factor;
  }

  std::span<const Calibration> all_;
  std::set<const Calibration*> used_;
  std::map<std::pair<std::string, const Calibration*>, double> derived_;
  CalibrationReport report_;
};

/// What is derived for a request, to be calibrated.
CalibratedRate rate_of(const ServingFinding& finding) {
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
  return rate;
}

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
  const auto is_at = [](const ServingPoint& point) {
    return [&point](const Calibration& c) {
      return is_near(static_cast<double>(point.input_tokens), c.input_tokens) &&
             is_near(static_cast<double>(point.output_tokens), c.output_tokens);
    };
  };
  std::vector<std::pair<CalibratedRate, const ServingPoint*>> rates;
  for (const ServingFinding& finding : findings) {
    if (finding.library) rates.emplace_back(rate_of(finding), &finding.point);
  }
  for (const auto& [rate, point] : rates) calibrator.anchor(rate, is_at(*point));
  for (auto& [rate, point] : rates) calibrator.add(std::move(rate), is_at(*point));
  return std::move(calibrator).report();
}

}  // namespace gpugauge
