#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/analyze/compare/match.hpp"
#include "harness/analyze/compare/ratio.hpp"
#include "harness/analyze/compare/side.hpp"
#include "harness/base/error.hpp"

namespace gpugauge {

/// With fewer rounds the lower end of the interval is no evidence: of five the chance that all lie
/// on one side is 1 in 16.
inline constexpr std::size_t kLeastRounds = 5;

/// The median with its 95% percentile bootstrap interval, the same for the same values. Source:
/// Efron and Tibshirani, An Introduction to the Bootstrap, 13.3. `values` must not be empty.
Estimate bootstrap_median(std::span<const double> values);

/// One case of two builds that took turns.
struct AbCase {
  std::string name;
  std::string_view family;
  std::vector<double> log_ratios;  ///< ln(time of B / time of A), one a round
  Estimate ratio;                  ///< exp of their median, with the interval over rounds
  Judgement judgement;
};

struct AbFinding {
  std::size_t rounds = 0;
  double threshold = kDefaultThreshold;
  std::vector<AbCase> cases;  ///< in the order of A
  std::vector<NotCompared> not_compared;
};

/// Two builds on one card: the i-th record of each side is of the i-th round, in fresh processes
/// next to each other in time, so that what drifts over the night cancels in each pair. The pairs
/// are what is resampled; a change is called if their interval lies beyond the threshold. Throws
/// UsageError if the sides are of different cards or not of as many rounds.
AbFinding compare_ab(const Side& a, const Side& b, double threshold = kDefaultThreshold);

/// kCheckFailed if any case of B is slower.
ExitStatus status_of(const AbFinding& finding);

}  // namespace gpugauge
