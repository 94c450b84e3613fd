#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/enum_table.hpp"
#include "harness/base/estimate.hpp"

namespace gpugauge {

/// Why a night says nothing: it is kept in the history, but out of every baseline and verdict.
enum class QuarantineReason : std::uint8_t {
  kThrottled,        ///< throttle reasons beyond idle or application clocks
  kOtherProcesses,   ///< the card was shared
  kDeviceErrors,     ///< new XIDs or uncorrected ECC errors
  kNotVerified,      ///< a process computed something wrong, or did not get to this case
  kIncomplete,       ///< fewer processes than the settings want; the gate finds it
  kClockLow,         ///< clock under its share of the history's median; the gate finds it
  kThrottleUnknown,  ///< the driver did not say whether the card throttled, as it does on others
  kLinkChanged,      ///< PCIe generation or width not as in the history; the gate finds it
};
template <>
struct EnumTable<QuarantineReason> {
  static constexpr std::array rows{
      EnumName{QuarantineReason::kThrottled, "throttled"},
      EnumName{QuarantineReason::kOtherProcesses, "other processes"},
      EnumName{QuarantineReason::kDeviceErrors, "card errors"},
      EnumName{QuarantineReason::kNotVerified, "not verified"},
      EnumName{QuarantineReason::kIncomplete, "too few processes"},
      EnumName{QuarantineReason::kClockLow, "clock low"},
      EnumName{QuarantineReason::kThrottleUnknown, "throttling unknown"},
      EnumName{QuarantineReason::kLinkChanged, "link changed"}};
};

/// One night of one metric: a case on one card, in fresh processes.
struct Night {
  std::int64_t utc_s = 0;
  double y = 0;                                   ///< median of `processes`
  std::vector<double> processes = {};             ///< ln(time) of each process: larger is worse
  std::vector<QuarantineReason> quarantine = {};  ///< what its record alone shows
  std::optional<double> clock_mhz_median = std::nullopt;
  std::optional<int> pcie_generation = std::nullopt, pcie_width = std::nullopt;
};

/// A night of the given times (any unit, the same every night): y = median of ln(time).
Night night_of(std::int64_t utc_s, std::span<const double> times);

enum class GateStatus : std::uint8_t {
  kPass,
  kAdvice,       ///< worth a look, does not fail: an unstable metric, or the ratchet's warning
  kNeedsRerun,   ///< tonight is a candidate: cool down, measure R processes again, check again
  kUnconfirmed,  ///< tonight was a candidate, and its rerun was as fast as ever
  kRegression,
  kInconclusive,  ///< tonight is quarantined
  kNoBaseline,    ///< too few accepted nights since the last acknowledged change
};
template <>
struct EnumTable<GateStatus> {
  static constexpr std::array rows{EnumName{GateStatus::kPass, "pass"},
                                   EnumName{GateStatus::kAdvice, "advice"},
                                   EnumName{GateStatus::kNeedsRerun, "needs rerun"},
                                   EnumName{GateStatus::kUnconfirmed, "unconfirmed"},
                                   EnumName{GateStatus::kRegression, "regression"},
                                   EnumName{GateStatus::kInconclusive, "inconclusive"},
                                   EnumName{GateStatus::kNoBaseline, "no baseline"}};
};

/// The stage that decided.
enum class Stage : std::uint8_t { kQuarantine, kBaseline, kTonight, kHistory, kRatchet };
template <>
struct EnumTable<Stage> {
  static constexpr std::array rows{
      EnumName{Stage::kQuarantine, "quarantine"}, EnumName{Stage::kBaseline, "baseline"},
      EnumName{Stage::kTonight, "tonight"}, EnumName{Stage::kHistory, "history"},
      EnumName{Stage::kRatchet, "ratchet"}};
};

/// The gate's constants. All shares are of the time: 0.005 is half a percent (as a difference of
/// logarithms).
struct GateSettings {
  /// The smallest change that counts. Unset: `fine_delta` where nights scatter by no more than
  /// `fine_scatter`, else `coarse_delta`.
  std::optional<double> delta = std::nullopt;
  double fine_delta = 0.005, coarse_delta = 0.01, fine_scatter = 0.0045;

  std::size_t processes = 5;         ///< fresh processes a night (R)
  double clock_share = 0.97;         ///< of the history's median clock
  std::size_t baseline_nights = 30;  ///< the last accepted ones (W)
  std::size_t baseline_least = 20;   ///< fewer are no baseline
  double collecting_delta = 0.05;    ///< until then only a change beyond this one counts
  double scatter_floor = 0.001;
  double unstable_ratio = 2.0;  ///< quantile spread over MAD: above, the metric only advises
  double candidate_sigmas = 4.5;
  /// A candidate is also slower than what these nights have seen, but for one in `baseline_nights`,
  /// and by so many standard deviations of a night: a second level that comes back is no news.
  std::size_t seen_nights = 90;
  double seen_sigmas = 2.0;
  /// Up to so many candidates in a row, right before tonight, are one change that nobody has
  /// confirmed yet: neither baseline nor seen.
  std::size_t unconfirmed_nights = 7;

  double spike_sigmas = 4.0;       ///< Hampel filter
  std::size_t spike_reach = 3;     ///< nights to either side
  std::size_t change_window = 50;  ///< nights
  double change_p = 5e-6;
  std::size_t change_nights_after = 3;  ///< the first slower one

  double ratchet_warn_deltas = 2.0, ratchet_fail_deltas = 4.0;
  std::size_t ratchet_nights = 7;  ///< whose median is held against the pinned baseline
};

/// What was decided about the metric outside of its measurements.
struct GateMemory {
  /// Index into the history of the first night of the last acknowledged change: baseline, change
  /// points and ratchet begin there.
  std::size_t since = 0;
  /// Level that the ratchet holds on to, as ln(time). Unset: the median of the first accepted
  /// nights since then, as many as a baseline.
  std::optional<double> pinned_level = std::nullopt;
};

struct GateFinding {
  GateStatus status = GateStatus::kPass;
  Stage stage = Stage::kTonight;  ///< that decided
  /// Difference of ln(time) that the stage judged, + is slower, with its 95% interval.
  Estimate change;
  double threshold = 0;  ///< that `change.value` was held against
  double delta = 0;      ///< in force
  double scatter = 0;    ///< of the baseline's nights
  double level = 0;      ///< the baseline's median, ln(time)
  std::size_t baseline_nights = 0;
  bool is_unstable = false;  ///< two levels by turns: the metric advises, and never fails
  std::optional<std::size_t> change_point;   ///< first slower night; history.size() is tonight
  std::vector<QuarantineReason> quarantine;  ///< tonight's
  std::string reason;                        ///< one sentence
};

/// Judges tonight against the history (oldest first) from `memory.since` on. `rerun` is the
/// confirming rerun of tonight, if it was made. A regression of stage kHistory or kRatchet lasts
/// until it is acknowledged or gone; one of kTonight is of tonight alone.
/// Throws UsageError if `memory.since` is beyond the history's end + 1.
GateFinding check(std::span<const Night> history, const Night& tonight,
                  const std::optional<Night>& rerun, const GateSettings& settings,
                  const GateMemory& memory);

}  // namespace gpugauge
