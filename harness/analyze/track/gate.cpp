#include "harness/analyze/track/gate.hpp"

#include <fmt/format.h>

#include <cmath>

#include "harness/analyze/stats/robust.hpp"
#include "harness/analyze/track/baseline.hpp"
#include "harness/analyze/track/quarantine.hpp"
#include "harness/analyze/track/ratchet.hpp"
#include "harness/analyze/track/regime.hpp"
#include "harness/analyze/track/tonight.hpp"
#include "harness/base/error.hpp"
#include "harness/base/statistics.hpp"

namespace gpugauge {
namespace {

/// A difference of ln(time) in percent: `+1.02%`.
std::string percent(double change) { return fmt::format("{:+.2f}%", 100 * std::expm1(change)); }

std::string reason_names(std::span<const QuarantineReason> reasons) {
  std::string names;
  for (const QuarantineReason reason : reasons)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", name_of(reason));
  return names;
}

/// The accepted nights of a history, and tonight at the end if it is one.
struct Accepted {
  std::vector<std::size_t> index;  ///< in the history
  std::vector<double> y;
  bool has_tonight = false;

  std::span<const double> before_tonight() const {
    return std::span(y).first(y.size() - (has_tonight ? 1 : 0));
  }
};

double delta_of(const Accepted& accepted, const GateSettings& settings) {
  if (settings.delta) return *settings.delta;
  return scatter_of_neighbours(accepted.y) <= settings.fine_scatter ? settings.fine_delta
                                                                    : settings.coarse_delta;
}

void judge_history(const StandingRegression& regression, const Accepted& accepted,
                   GateFinding& finding) {
  finding.status = GateStatus::kRegression;
  finding.stage = Stage::kHistory;
  finding.change = regression.change;
  finding.threshold = finding.delta;
  finding.change_point = accepted.index[regression.begin];
  finding.reason =
      fmt::format("the time changed by {} {} nights ago and is now {} against the level before",
                  percent(regression.change.value), accepted.y.size() - regression.begin,
                  percent(regression.now));
}

void judge_ratchet(const Ratchet& ratchet, GateFinding& finding) {
  finding.status = ratchet.fails() ? GateStatus::kRegression : GateStatus::kAdvice;
  finding.stage = Stage::kRatchet;
  finding.change = {.value = ratchet.change, .low = ratchet.change, .high = ratchet.change};
  finding.threshold = ratchet.fails() ? ratchet.fail : ratchet.warn;
  finding.reason = fmt::format("slow drift: {} against the pinned baseline (limit {})",
                               percent(ratchet.change), percent(finding.threshold));
}

/// Sets everything but the status of a night that is no candidate. `excess_at(y)` holds a night
/// against what is known.
template <typename ExcessAt>
void judge_tonight(const Night& tonight, const std::optional<Night>& rerun,
                   const UsualConditions& usual, const GateSettings& settings,
                   const ExcessAt& excess_at, GateFinding& finding) {
  const Excess excess = excess_at(tonight.y);
  finding.stage = Stage::kTonight;
  finding.change = excess.change;
  finding.threshold = excess.threshold;
  const std::string where = fmt::format("{} against the baseline (limit {})",
                                        percent(excess.change.value), percent(excess.threshold));
  finding.reason = where;
  if (!excess.is_candidate()) return;
  if (!rerun) {
    finding.status = GateStatus::kNeedsRerun;
    finding.reason = where + ": rerun to confirm";
    return;
  }
  if (const auto reasons = quarantine(*rerun, usual, settings); !reasons.empty()) {
    finding.status = GateStatus::kInconclusive;
    finding.reason = fmt::format("{}; the rerun is inconclusive: {}", where, reason_names(reasons));
    return;
  }
  const Excess again = excess_at(rerun->y);
  finding.status = again.is_candidate() ? GateStatus::kRegression : GateStatus::kUnconfirmed;
  finding.reason = fmt::format("{}; the rerun {} it with {}", where,
                               again.is_candidate() ? "confirms" : "does not confirm",
                               percent(again.change.value));
}

/// Of too few nights for a baseline only their median is used, and only a large change counts.
void judge_while_collecting(const Accepted& accepted, const Night& tonight,
                            const std::optional<Night>& rerun, const UsualConditions& usual,
                            const GateSettings& settings, const GateMemory& memory,
                            GateFinding& finding) {
  const auto before = accepted.before_tonight();
  if (accepted.has_tonight && !before.empty()) {
    const double level = median({before.begin(), before.end()});
    const double limit = std::log1p(settings.collecting_delta);
    const auto excess_at = [&](double y) {
      return Excess{.change = {.value = y - level, .low = y - level, .high = y - level},
                    .threshold = limit};
    };
    if (excess_at(tonight.y).is_candidate()) {
      finding.delta = limit;
      finding.level = level;
      finding.change_point = accepted.index.back();
      judge_tonight(tonight, rerun, usual, settings, excess_at, finding);
      return;
    }
  }
  finding.reason =
      fmt::format("collecting{}: night {} of {}; until then only > {:.0f}% fails",
                  memory.since > 0 ? " since the accepted change" : "", finding.baseline_nights + 1,
                  settings.baseline_least, 100 * settings.collecting_delta);
}

}  // namespace

Night night_of(std::int64_t utc_s, std::span<const double> times) {
  Night night;
  night.utc_s = utc_s;
  for (const double time : times) night.processes.push_back(std::log(time));
  night.y = median(night.processes);
  return night;
}

GateFinding check(std::span<const Night> history, const Night& tonight,
                  const std::optional<Night>& rerun, const GateSettings& settings,
                  const GateMemory& memory) {
  if (memory.since > history.size() + 1) {
    throw UsageError(
        fmt::format("the acknowledged change is night {}, but the history has {} nights",
                    memory.since, history.size()));
  }
  const std::size_t since = std::min(memory.since, history.size());
  const UsualConditions usual = usual_conditions(history.subspan(since));
  Accepted accepted;
  for (std::size_t i = since; i < history.size(); ++i) {
    if (!quarantine(history[i], usual, settings).empty()) continue;
    accepted.index.push_back(i);
    accepted.y.push_back(history[i].y);
  }
  GateFinding finding;
  finding.quarantine = quarantine(tonight, usual, settings);
  accepted.has_tonight = finding.quarantine.empty();
  if (accepted.has_tonight) {
    accepted.index.push_back(history.size());
    accepted.y.push_back(tonight.y);
  }
  finding.baseline_nights = accepted.before_tonight().size();
  if (finding.baseline_nights < settings.baseline_least) {
    finding.status = GateStatus::kNoBaseline;
    finding.stage = Stage::kBaseline;
    judge_while_collecting(accepted, tonight, rerun, usual, settings, memory, finding);
    return finding;
  }

  finding.delta = delta_of(accepted, settings);
  const Regime regime = regime_of(accepted.y, finding.delta, settings);
  const auto before = accepted.before_tonight();
  const std::size_t end = std::min(regime.end, before.size());
  const auto quiet = [&](std::span<const double> nights) {
    return nights.first(nights.size() - unconfirmed_at_end(nights, finding.delta, settings));
  };
  const auto level = quiet(before.subspan(regime.begin, end - regime.begin));
  auto baseline = baseline_of(level, finding.delta, settings);
  const std::size_t standing = baseline ? regime.begin + level.size() : quiet(before).size();
  if (!baseline) baseline = baseline_of(quiet(before), finding.delta, settings);
  finding.level = baseline->level;
  finding.scatter = baseline->scatter;
  finding.baseline_nights = baseline->nights;
  finding.is_unstable = baseline->is_unstable;

  const Ratchet held = ratchet(accepted.y, memory.pinned_level, finding.delta, settings);
  if (regime.regression) {
    judge_history(*regime.regression, accepted, finding);
  } else if (held.fails()) {
    judge_ratchet(held, finding);
  } else if (!finding.quarantine.empty()) {
    finding.status = GateStatus::kInconclusive;
    finding.stage = Stage::kQuarantine;
    finding.reason = reason_names(finding.quarantine);
  } else {
    judge_tonight(
        tonight, rerun, usual, settings,
        [&](double y) { return excess_of(y, *baseline, finding.delta, settings); }, finding);
    if (finding.change.value > finding.threshold) finding.change_point = accepted.index[standing];
    if (finding.status == GateStatus::kPass && held.warns()) judge_ratchet(held, finding);
  }
  const bool is_alarm =
      finding.status == GateStatus::kRegression || finding.status == GateStatus::kNeedsRerun;
  if (finding.is_unstable && is_alarm) {
    finding.status = GateStatus::kAdvice;
    finding.reason += "; the baseline alternates between two levels, so this does not fail";
  }
  return finding;
}

}  // namespace gpugauge
