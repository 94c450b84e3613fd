#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/base/statistics.hpp"

namespace gpugauge {

/// A value as a text prints it: `~$2.22`, `3.9x`, `20-30GB`, `1,000,000+`, or a word: `L40S`,
/// `yes`.
struct PrintedValue {
  std::string text;    ///< as it was printed
  std::string prefix;  ///< `$`, or empty
  std::string unit;    ///< what follows the number: `x`, ` GB/s`; of a word empty
  /// The number, or the middle of a range; and between what a number may lie that is printed so.
  /// Nothing for a word.
  std::optional<Estimate> number;
  bool is_range = false;

  /// The number as it stands there. Of a range its ends, of `32+` all that is above.
  Estimate exact() const;
};

/// Between what a number may lie:
/// - printed alone, it is right to half of its last digit: `$2.22` is 2.215 to 2.225. Zeros that
///   end a whole number count as digits only to make two: `3,350` is 3345 to 3355, `70` is 69.5 to
///   70.5;
/// - of a range or `32+` the ends are taken at their word, to 1% of them.
/// Throws UsageError where a number begins and is none, and for a range whose end is below its
/// beginning.
PrintedValue parse_printed_value(std::string_view text);

}  // namespace gpugauge
