#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "harness/base/enum_table.hpp"

namespace gpugauge {

class NameParts;  // of a case, for `parse`

/// Floating-point operations, and the fewest bytes that must cross device memory, of one launch; of
/// a transfer or an all-reduce the bytes that must cross the link of each card, in each direction.
/// A multiply-add is two operations.
struct Work {
  double flops;
  double bytes;
};

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

/// A dimension in which the time of an op is interpolated between measured neighbours.
struct OpAxis {
  std::string_view label;  ///< as in the op's case name
  std::int64_t* place;     ///< in the op that was asked
};

}  // namespace gpugauge
