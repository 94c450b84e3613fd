#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/record/record.hpp"

namespace gpugauge {

/// Keeps both ends of a text that is wider than `columns`: the family and the implementation of a
/// case. The text must be printable; no character is cut in two.
std::string shortened(std::string_view text, std::size_t columns);

/// `25.9 GB/s ±0.80%` or `790 TFLOPS ±0.31%`: the rate that the case is about. A first sample has
/// no interval yet.
std::string rate_text(const Op& op, const Estimate& time_ns);

/// A run at one moment.
struct ProgressState {
  std::size_t place = 0, total = 0;  ///< of the case that runs, from 1
  double share = 0;                  ///< of the time that was planned
  double seconds_left = 0;
  std::string case_name;
  std::string rate;              ///< so far; may be empty
  std::optional<double> target;  ///< half-width that the rate's interval is to reach, relative
  std::size_t failed = 0, not_converged = 0;
};

/// The state in one line of at most `columns`. Which parts it has depends on the columns alone, so
/// that nothing comes and goes with the names: the target goes first, then the bar, then the share
/// and the count that did not converge; a name loses its middle.
std::string progress_text(const ProgressState& state, std::size_t columns);

/// What came out of one family, in one line of at most `columns`: how many were verified, how long
/// it took, the best rate of each unit, and the curve of its longest sweep.
std::string family_text(std::string_view family, std::span<const Measurement> measurements,
                        std::size_t not_measured, double seconds, std::size_t columns);

}  // namespace gpugauge
