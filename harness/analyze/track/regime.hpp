#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "harness/analyze/track/change_points.hpp"
#include "harness/analyze/track/gate.hpp"

namespace gpugauge {

/// A slower level that has not been left again.
struct StandingRegression {
  std::size_t begin = 0;  ///< index of its first night
  Estimate change;        ///< of the level when it came, ln(time)
  double now = 0;         ///< today's level minus the one before it
};

/// What the change points say about a series of accepted nights.
struct Regime {
  /// Nights that a baseline may be made of: those before a standing regression, else from the last
  /// change to a better level on.
  std::size_t begin = 0, end = 0;
  /// The first change for the worse of `delta` or more whose level from before is still missed by
  /// as much.
  std::optional<StandingRegression> regression;
};

Regime regime_of(std::span<const double> accepted, double delta, const GateSettings& settings);

}  // namespace gpugauge
