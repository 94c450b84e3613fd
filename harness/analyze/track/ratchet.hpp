#pragma once

#include <optional>
#include <span>

#include "harness/analyze/track/gate.hpp"

namespace gpugauge {

/// The last nights held against a level that does not move: catches a drift that is too slow for a
/// baseline that moves along.
struct Ratchet {
  double change = 0;          ///< median of the last nights minus the pinned level, ln(time)
  double warn = 0, fail = 0;  ///< thresholds

  bool warns() const { return change > warn; }
  bool fails() const { return change > fail; }
};

/// `accepted`: all nights since the last acknowledged change. Without a level of its own
/// (`pinned`) it is the median of the first of them, as many as a baseline. `accepted` must not be
/// empty.
Ratchet ratchet(std::span<const double> accepted, std::optional<double> pinned, double delta,
                const GateSettings& settings);

}  // namespace gpugauge
