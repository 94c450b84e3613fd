#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/analyze/compare/environment.hpp"
#include "harness/analyze/compare/match.hpp"
#include "harness/analyze/compare/ratio.hpp"
#include "harness/analyze/compare/side.hpp"

namespace gpugauge {

/// A number of both sides, where they know it.
struct Both {
  std::optional<double> base, other;
  /// other / base, if both are there.
  std::optional<double> ratio() const;
};

/// One case on two sides. Every ratio is other over base of a cost (time, cycles, energy, money):
/// above 1 the other side is worse.
struct CaseComparison {
  std::string name;
  std::string_view family;
  Estimate base_ns, other_ns;
  std::size_t base_runs = 1, other_runs = 1;
  Estimate ratio;  ///< of times, with its 95% interval
  Estimate joint;  ///< the same, widened so that those of all cases hold together
  std::optional<double> cliffs_delta;  ///< of times: 1 if every sample of other is slower
  Both clock_mhz, power_w;
  /// Time × clock, time × power, time × price: what is left where clock, watts or dollars are
  /// equal.
  std::optional<double> cycles_ratio, energy_ratio, dollars_ratio;
  Both share_of_datasheet;  ///< the roof time of each card's own datasheet over the time
  Judgement judgement;
};

/// The geometric mean of one family's cases.
struct FamilyMean {
  std::string_view family;
  std::size_t cases = 0;
  Estimate ratio;
  std::optional<double> cycles_ratio, energy_ratio, dollars_ratio;  ///< over the cases that have it
};

/// Two sides, case by case.
struct ComparisonReport {
  std::string base, other;  ///< labels
  std::string base_device, other_device;
  std::string base_origin, other_origin;  ///< of the numbers of their first files
  CardRelation relation = CardRelation::kSameModel;
  double threshold = kDefaultThreshold;
  double widening = 1;  ///< of `joint` against `ratio`
  std::vector<CaseComparison>
      cases;  ///< by family, in the order of the base; the largest change first
  std::vector<NotCompared> not_compared;
  std::vector<FamilyMean> families;  ///< in the same order
  std::vector<EnvironmentDifference> differences;
  /// Cards of the two that have no price although prices were asked for: there is no ratio of
  /// money.
  std::vector<std::string> unpriced;

  std::size_t count(Change change) const;
};

struct CompareSettings {
  double threshold = kDefaultThreshold;  ///< as a share: the smallest change that counts
};

/// Each of `others` against `base`. False alarms are kept down twice: a change must be beyond the
/// threshold, and it must be so with the intervals of all cases of all comparisons at once
/// (`joint_widening`). On one model of card a change is then held against the clock, as
/// nvbench-compare does: what differs in time but not in cycles is ambiguous, as is what was
/// throttled on one side alone. Throws UsageError unless the threshold is above 0 and below 1.
std::vector<ComparisonReport> compare(const Side& base, std::span<const Side> others,
                                      const CompareSettings& settings = {});

}  // namespace gpugauge
