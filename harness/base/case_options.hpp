#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>

#include "harness/base/enum_table.hpp"

namespace gpugauge {

/// Where the operands are when a launch begins.
enum class CacheState : std::uint8_t {
  kCold,  ///< rotated through buffers that together exceed the last-level cache five times, and on
          ///< a card a model's footprint
  kHot,   ///< one set of buffers, launched again and again
};
template <>
struct EnumTable<CacheState> {
  static constexpr std::array rows{EnumName{CacheState::kCold, "cold"},
                                   EnumName{CacheState::kHot, "hot"}};
};

/// What the inputs hold. Normal is N(0,1), quantised with a true scale; the others flatter a card
/// because fewer bits toggle, and exist only as labelled variants.
enum class Distribution : std::uint8_t { kNormal, kUniform, kZeros, kSmallIntegers };
template <>
struct EnumTable<Distribution> {
  static constexpr std::array rows{EnumName{Distribution::kNormal, "normal"},
                                   EnumName{Distribution::kUniform, "uniform"},
                                   EnumName{Distribution::kZeros, "zeros"},
                                   EnumName{Distribution::kSmallIntegers, "small_integers"}};
};

/// How launches follow each other where that is not without a break. A burst flatters a card that
/// heat or power limits, and exists only as a labelled variant.
enum class Pace : std::uint8_t {
  kBurst,  ///< eight launches after five seconds of rest and one more launch
};
template <>
struct EnumTable<Pace> {
  static constexpr std::array rows{EnumName{Pace::kBurst, "burst"}};
};

struct CaseOptions {
  CacheState cache = CacheState::kCold;
  Distribution data = Distribution::kNormal;
  std::optional<Pace> pace = std::nullopt;  ///< absent: without a break
  /// What a cold rotation on a card goes through at least, where a quarter of its memory is as
  /// much.
  std::int64_t cold_bytes = 0;

  auto operator<=>(const CaseOptions&) const = default;
};

}  // namespace gpugauge
