#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "harness/base/enum_table.hpp"
#include "kernels/ops/op.hpp"

namespace gpugauge {

/// What a person reads off a case.
enum class RateUnit : std::uint8_t {
  kGbps,             ///< bytes over time
  kTflops,           ///< where arithmetic is the limit
  kTokensPerSecond,  ///< a whole decode step: batch over time
  kNsEach,           ///< one load or one launch
};
template <>
struct EnumTable<RateUnit> {
  static constexpr std::array rows{
      EnumName{RateUnit::kGbps, "GB/s"}, EnumName{RateUnit::kTflops, "TFLOPS"},
      EnumName{RateUnit::kTokensPerSecond, "tok/s"}, EnumName{RateUnit::kNsEach, "ns each"}};
};

struct CaseRate {
  double value;
  RateUnit unit;
};

/// The rate that says most of an op, from the time of one launch.
CaseRate rate_of(const Op& op, double time_ns);
/// The same in the unit of another op of its family, so that the two compare.
double rate_in(RateUnit unit, const Op& op, double time_ns);

}  // namespace gpugauge
