#pragma once

#include <optional>
#include <string_view>

namespace gpugauge {

/// What is to be known of a field beside its type: for the schema, and where the writer rounds. Of
/// a list the rules are those of its items.
struct FieldRule {
  std::string_view text = {};  ///< for people: what it is, and its unit
  /// Numbers are at least 0 if nothing else is said.
  std::optional<int> least = std::nullopt, above = std::nullopt, below = std::nullopt;
  bool any_sign = false;
  std::string_view pattern = {};  ///< a regular expression for texts
  bool not_empty = false;         ///< of a text
  bool some = false;              ///< a list of at least one
  bool unique = false;            ///< a list in which nothing stands twice
  int decimals = kExact;          ///< where digits end that only cost space

  static constexpr int kExact = -1;
};

// Where digits end: 0.01 ns is far below any timer's resolution.
inline constexpr int kSampleNsDecimals = 2;
inline constexpr int kEstimateNsDecimals = 3;  // the median of an even count lies between two
inline constexpr int kMhzDecimals = 1;
inline constexpr int kWattDecimals = 2;
inline constexpr int kCelsiusDecimals = 1;
inline constexpr int kPercentDecimals = 2;
inline constexpr int kSecondsDecimals = 3;

}  // namespace gpugauge
