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

/// Sets everything but the status of a night that is no candidate.
void judge_tonight(const Night& tonight, const std::optional<Night>& rerun,
                   const UsualConditions& usual, const Baseline& baseline,
                   const GateSettings& settings, GateFinding& finding) {
  const Excess excess = excess_of(tonight.y, baseline, finding.delta, settings);
  finding.stage = Stage::kTonight;
  finding.change = excess.change;
  finding.threshold = excess.threshold;
  const std::string where = fmt::format("{} against the baseline (limit {})",
                                        percent(excess.change.value), percent(excess.threshold));
  finding.reason = where;
  if (!excess.is_candidate) return;
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
  const Excess again = excess_of(rerun->y, baseline, finding.delta, settings);
  if (again.is_candidate) finding.status = GateStatus::kRegression;
  finding.reason = fmt::format("{}; the rerun {} it with {}", where,
                               again.is_candidate ? "confirms" : "does not confirm",
                               percent(again.change.value));
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
    finding.reason =
        fmt::format("{} accepted nights since the last acknowledged change ({} required)",
                    finding.baseline_nights, settings.baseline_least);
    return finding;
  }

  finding.delta = delta_of(accepted, settings);
  const Regime regime = regime_of(accepted.y, finding.delta, settings);
  const auto before = accepted.before_tonight();
  const std::size_t end = std::min(regime.end, before.size());
  auto baseline =
      baseline_of(before.subspan(regime.begin, end - regime.begin), finding.delta, settings);
  if (!baseline) baseline = baseline_of(before, finding.delta, settings);
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
    judge_tonight(tonight, rerun, usual, *baseline, settings, finding);
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
