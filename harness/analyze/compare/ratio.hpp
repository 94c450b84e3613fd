#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "harness/base/enum_table.hpp"
#include "harness/base/statistics.hpp"

namespace gpugauge {

/// The change that counts where nobody says another one: half of the smallest shift that is to be
/// caught, on machines whose runs scatter by more than 0.3%.
inline constexpr double kDefaultThreshold = 0.01;

/// other / base. The interval joins those of the two in log space by the method of variance
/// estimates recovery, which asks for no distribution and keeps their asymmetry (Zou and Donner,
/// Statistics in Medicine 27, 2008); `widening` scales its distances from the value. All of both
/// must be positive.
Estimate ratio_of(const Estimate& other, const Estimate& base, double widening = 1);

/// How much wider 95% intervals of medians must be so that `count` of them hold together with 95%
/// (Bonferroni, by the normal quantiles that medians approach): 1 for one, 2.1 for 2000.
double joint_widening(std::size_t count);

enum class Change : std::uint8_t { kSame, kFaster, kSlower, kAmbiguous };
template <>
struct EnumTable<Change> {
  static constexpr std::array rows{
      EnumName{Change::kSame, "same"}, EnumName{Change::kFaster, "faster"},
      EnumName{Change::kSlower, "slower"}, EnumName{Change::kAmbiguous, "ambiguous"}};
};

/// What kept a change from being called one, or what stands against it.
enum class ChangeReason : std::uint8_t {
  kNone,
  kStraddles,         ///< the threshold lies inside the interval
  kOneOfMany,         ///< beyond the threshold, but not further than chance takes one of so many
  kFewSamples,        ///< too few for any interval
  kExplainedByClock,  ///< the clock differs, and in cycles it is not what it is in time
  kThrottled,         ///< one side alone was throttled
};
struct ChangeReasonRow {
  ChangeReason value;
  std::string_view name, meaning;
};
template <>
struct EnumTable<ChangeReason> {
  static constexpr std::array rows{
      ChangeReasonRow{ChangeReason::kNone, "", ""},
      ChangeReasonRow{ChangeReason::kStraddles, "noise",
                      "the threshold lies inside the interval: measure longer, or more runs"},
      ChangeReasonRow{ChangeReason::kOneOfMany, "one of many",
                      "beyond the threshold, but not with the interval widened for all cases"},
      ChangeReasonRow{ChangeReason::kFewSamples, "few samples",
                      "no usable interval: fewer than six samples or five rounds, or imported"},
      ChangeReasonRow{ChangeReason::kExplainedByClock, "clock",
                      "the clocks differ, and the ratio in cycles is within the threshold"},
      ChangeReasonRow{ChangeReason::kThrottled, "throttled", "only one side was throttled"},
  };
};

struct Judgement {
  Change change = Change::kAmbiguous;
  ChangeReason reason = ChangeReason::kNone;
};

/// Slower or faster if the whole of `joint` lies beyond the threshold, same if the whole of `ratio`
/// lies within it. Of times; `threshold` is a share, 0.01 for 1%.
Judgement judge(const Estimate& ratio, const Estimate& joint, double threshold);

/// Cliff's delta: how much oftener a value of `other` is above one of `base` than below it, from -1
/// to 1. Both sorted and not empty. Source: N. Cliff, Psychological Bulletin 114, 1993.
double cliffs_delta(std::span<const double> base, std::span<const double> other);

/// `negligible`, `small`, `medium` or `large`, from 0.147, 0.33 and 0.474 on. Source: Romano et
/// al., AIR Forum 2006.
std::string_view effect_words(double delta);

/// The geometric mean of ratios of times, with Student's interval of the mean of their logarithms:
/// how far it stands for other cases of the kind. Of a single one the interval is unbounded, and is
/// left out: low = high = value. `ratios` must not be empty.
Estimate geometric_mean(std::span<const double> ratios);

}  // namespace gpugauge
