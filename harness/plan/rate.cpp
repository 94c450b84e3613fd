#include "harness/plan/rate.hpp"

#include <array>

namespace gpugauge {
namespace {

/// Below this a launch is shown by its bytes: no card's ridge point lies lower.
constexpr double kArithmeticFlopsPerByte = 64;

}  // namespace

std::string_view name_of(RateUnit unit) {
  constexpr std::array<std::string_view, 4> kNames{"GB/s", "TFLOPS", "tok/s", "ns each"};
  return kNames.at(static_cast<std::size_t>(unit));
}

CaseRate rate_of(const Op& op, double time_ns) {
  if (const auto* latency = std::get_if<Latency>(&op))
    return {time_ns / static_cast<double>(latency->count), RateUnit::kNsEach};
  if (const auto* step = std::get_if<DecodeStep>(&op))
    return {static_cast<double>(step->batch) * 1e9 / time_ns, RateUnit::kTokensPerSecond};
  const Work work = work_of(op);
  if (work.flops > kArithmeticFlopsPerByte * work.bytes)
    return {work.flops / time_ns / 1e3, RateUnit::kTflops};
  return {work.bytes / time_ns, RateUnit::kGbps};
}

}  // namespace gpugauge
