#include "harness/plan/rate.hpp"

#include <array>

namespace gpugauge {
namespace {

/// Below this a launch is shown by its bytes: no card's ridge point lies lower.
constexpr double kArithmeticFlopsPerByte = 64;

RateUnit unit_of(const Op& op) {
  if (std::holds_alternative<Latency>(op)) return RateUnit::kNsEach;
  if (std::holds_alternative<DecodeStep>(op)) return RateUnit::kTokensPerSecond;
  const Work work = work_of(op);
  return work.flops > kArithmeticFlopsPerByte * work.bytes ? RateUnit::kTflops : RateUnit::kGbps;
}

}  // namespace

double rate_in(RateUnit unit, const Op& op, double time_ns) {
  switch (unit) {
    case RateUnit::kNsEach:
      return time_ns / static_cast<double>(std::get<Latency>(op).count);
    case RateUnit::kTokensPerSecond:
      return static_cast<double>(std::get<DecodeStep>(op).batch) * 1e9 / time_ns;
    case RateUnit::kTflops:
      return work_of(op).flops / time_ns / 1e3;
    case RateUnit::kGbps:
      break;
  }
  return work_of(op).bytes / time_ns;
}

CaseRate rate_of(const Op& op, double time_ns) {
  const RateUnit unit = unit_of(op);
  return {rate_in(unit, op, time_ns), unit};
}

}  // namespace gpugauge
