#include "harness/analyze/track/track.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace gpugauge {
namespace {

using Runs = std::vector<const RunEntry*>;

/// What people decided about a metric, as the gate takes it.
struct Decisions {
  GateMemory memory;
  GateSettings gate;
  bool muted = false;
};

/// `history` are the nights before `tonight`. Of several entries the last one counts.
Decisions decisions_on(const Series& history, const std::string& tonight, std::span<const Ack> acks,
                       const TrackSettings& settings) {
  Decisions decisions{.memory = {}, .gate = settings.gate, .muted = false};
  const std::size_t usual = history.usual_processes();
  if (settings.processes) {
    decisions.gate.processes = *settings.processes;
  } else if (usual > 0) {
    decisions.gate.processes = usual;
  } else {
    decisions.gate.processes = 1;
  }
  for (const Ack& ack : acks) {
    if (!ack.covers(history.key.case_name, history.key.card)) continue;
    if (ack.night && *ack.night <= tonight)
      decisions.memory.since = std::max(decisions.memory.since, history.before(*ack.night));
    if (ack.delta) decisions.gate.delta = ack.delta;
    decisions.muted = decisions.muted || ack.mute;
  }
  return decisions;
}

TrackFinding judge(const Series& history, const Night& tonight, const NightFacts& facts,
                   const std::optional<Night>& rerun, std::span<const Ack> acks,
                   const TrackSettings& settings) {
  const Decisions decisions = decisions_on(history, facts.date, acks, settings);
  TrackFinding finding;
  finding.key = history.key;
  finding.nights = history.nights.size();
  finding.facts = facts;
  finding.time_ns = std::exp(tonight.y);
  finding.processes = tonight.processes.size();
  finding.gate = check(history.nights, tonight, rerun, decisions.gate, decisions.memory);
  finding.muted = decisions.muted;
  if (finding.gate.change_point) {
    const std::size_t at = *finding.gate.change_point;
    const NightFacts& first = at < history.facts.size() ? history.facts[at] : facts;
    finding.change_night = first.date;
    if (at > 0) finding.changes = changes_between(history.facts[at - 1], first);
  }
  return finding;
}

TrackFinding not_measured(const MetricKey& key, std::size_t nights, std::string reason,
                          std::span<const Ack> acks) {
  TrackFinding finding;
  finding.key = key;
  finding.nights = nights;
  finding.gate.status = GateStatus::kInconclusive;
  finding.gate.stage = Stage::kQuarantine;
  finding.gate.quarantine = {QuarantineReason::kNotVerified};
  finding.gate.reason = std::move(reason);
  finding.muted = std::any_of(acks.begin(), acks.end(), [&](const Ack& ack) {
    return ack.mute && ack.covers(key.case_name, key.card);
  });
  return finding;
}

const Series* find_series(const std::vector<Series>& all, const MetricKey& key) {
  const auto found = std::lower_bound(
      all.begin(), all.end(), key, [](const Series& s, const MetricKey& k) { return s.key < k; });
  return found != all.end() && found->key == key ? &*found : nullptr;
}

/// Card, driver and clock policy: a key without its case.
MetricKey setting_of(const RunEntry& run, CardMatch match) {
  return {.case_name = {},
          .semantics_version = 0,
          .card = match == CardMatch::kUuid ? run.card : run.sku,
          .driver_major = run.driver_major,
          .clock_policy = run.clock_policy};
}
MetricKey setting_of(MetricKey key) {
  key.case_name.clear();
  key.semantics_version = 0;
  return key;
}

/// Copies that all are of one date.
std::vector<RunEntry> of_date(std::span<const RunEntry> runs, const std::string& date) {
  std::vector<RunEntry> copies(runs.begin(), runs.end());
  for (RunEntry& run : copies) run.night = date;
  return copies;
}

Runs pointers_to(std::span<const RunEntry> runs) {
  Runs pointers;
  for (const RunEntry& run : runs) pointers.push_back(&run);
  return pointers;
}

/// Tonight's date. A run that is in the history is of the night that it was added to.
std::string date_of(std::span<const RunEntry> history, std::span<const RunEntry> tonight) {
  std::map<std::string_view, const std::string*> nights;
  for (const RunEntry& run : history) nights.emplace(run.run_id, &run.night);
  std::string date;
  for (const RunEntry& run : tonight) {
    const auto known = nights.find(run.run_id);
    const std::string& night = known == nights.end() ? run.night : *known->second;
    if (date.empty() || night < date) date = night;
  }
  return date;
}

/// The runs of earlier nights with a card, driver and clock policy of tonight's.
struct Earlier {
  Runs runs;
  std::vector<std::string> notes;  ///< on those that are left out
};

Earlier earlier_runs(std::span<const RunEntry> history, std::span<const RunEntry> tonight,
                     std::span<const RunEntry> rerun, const std::string& date, CardMatch match) {
  std::set<std::string_view> own;
  std::set<MetricKey> settings;
  std::set<std::string> cards;
  for (const auto runs : {tonight, rerun}) {
    for (const RunEntry& run : runs) {
      own.insert(run.run_id);
      settings.insert(setting_of(run, match));
      cards.insert(setting_of(run, match).card);
    }
  }
  Earlier earlier;
  std::size_t other_cards = 0, other_settings = 0;
  for (const RunEntry& run : history) {
    if (run.night >= date || own.contains(run.run_id)) continue;
    const MetricKey setting = setting_of(run, match);
    if (settings.contains(setting)) {
      earlier.runs.push_back(&run);
    } else if (cards.contains(setting.card)) {
      ++other_settings;
    } else {
      ++other_cards;
    }
  }
  if (other_cards > 0)
    earlier.notes.push_back(
        fmt::format("{} earlier runs are of other cards and are ignored", other_cards));
  if (other_settings > 0)
    earlier.notes.push_back(
        fmt::format("{} earlier runs of this card had another driver or clock policy and are "
                    "ignored: a change of either starts a new baseline",
                    other_settings));
  return earlier;
}

/// The cases that should have had a number tonight.
void add_missing(const CaseNames& names, std::span<const RunEntry> tonight,
                 const std::vector<Series>& history, std::span<const Ack> acks, CardMatch match,
                 TrackReport& report) {
  std::set<std::pair<MetricKey, std::string>> measured;  // setting, case
  for (const TrackFinding& f : report.findings)
    measured.emplace(setting_of(f.key), f.key.case_name);
  std::map<MetricKey, std::string> last_night;
  for (const Series& s : history) {
    std::string& last = last_night[setting_of(s.key)];
    last = std::max(last, s.facts.back().date);
  }
  std::set<std::pair<MetricKey, std::string>> failed;
  for (const RunEntry& run : tonight) {
    for (const std::uint32_t name : run.failed) failed.emplace(setting_of(run, match), names[name]);
  }
  for (const Series& s : history) {
    const std::pair which(setting_of(s.key), s.key.case_name);
    if (measured.contains(which) || failed.contains(which)) continue;
    if (s.facts.back().date == last_night[which.first])
      report.findings.push_back(not_measured(
          s.key, s.nights.size(),
          fmt::format("not measured tonight; last measured on {}", s.facts.back().date), acks));
  }
  for (const auto& [setting, name] : failed) {
    if (measured.contains({setting, name})) continue;
    MetricKey key = setting;
    key.case_name = name;
    key.semantics_version = 1;
    std::size_t nights = 0;
    for (const Series& s : history) {
      if (s.key.case_name == name && setting_of(s.key) == setting) {
        key.semantics_version = s.key.semantics_version;
        nights = s.nights.size();
      }
    }
    report.findings.push_back(
        not_measured(key, nights, "planned tonight, but has no verified number", acks));
  }
}

}  // namespace

std::size_t TrackReport::count(GateStatus status) const {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(),
                    [&](const TrackFinding& f) { return !f.muted && f.gate.status == status; }));
}

std::size_t TrackReport::muted() const {
  return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(),
                                                [](const TrackFinding& f) { return f.muted; }));
}

TrackReport check_tonight(const CaseNames& names, std::span<const RunEntry> history,
                          std::span<const RunEntry> tonight, std::span<const RunEntry> rerun,
                          std::span<const Ack> acks, const TrackSettings& settings) {
  TrackReport report;
  report.night = settings.night ? *settings.night : date_of(history, tonight);
  Earlier earlier = earlier_runs(history, tonight, rerun, report.night, settings.match);
  report.notes = std::move(earlier.notes);

  const std::vector<Series> before = series_of(names, earlier.runs, settings.match);
  const std::vector<RunEntry> dated = of_date(tonight, report.night);
  const std::vector<RunEntry> dated_again = of_date(rerun, report.night);
  const std::vector<Series> now = series_of(names, pointers_to(dated), settings.match);
  const std::vector<Series> again = series_of(names, pointers_to(dated_again), settings.match);

  const auto night_of_series = [](const Series& s, const CardHabits& habits) {
    Night night = s.nights.front();
    night.quarantine = quarantine_of(s.facts.front(), habits);
    return night;
  };
  for (const Series& s : now) {
    const Series none{.key = s.key, .nights = {}, .facts = {}};
    const Series* known = find_series(before, s.key);
    const Series& past = known != nullptr ? *known : none;
    const CardHabits habits = habits_of(past);
    std::optional<Night> confirming;
    if (const Series* repeated = find_series(again, s.key))
      confirming = night_of_series(*repeated, habits);
    report.findings.push_back(
        judge(past, night_of_series(s, habits), s.facts.front(), confirming, acks, settings));
  }
  add_missing(names, tonight, before, acks, settings.match, report);
  std::sort(report.findings.begin(), report.findings.end(),
            [](const TrackFinding& a, const TrackFinding& b) { return a.key < b.key; });
  return report;
}

TrackedHistory tracked_history(const CaseNames& names, std::span<const RunEntry> runs,
                               const std::string& pattern, std::span<const Ack> acks,
                               const TrackSettings& settings) {
  TrackedHistory tracked{.series = series_of(names, pointers_to(runs), settings.match),
                         .cases = {}};
  for (const Series& series : tracked.series) {
    if (pattern.empty() || matches_glob(pattern, series.key.case_name))
      tracked.cases.push_back({&series, latest_finding(series, acks, settings)});
  }
  return tracked;
}

TrackFinding latest_finding(const Series& series, std::span<const Ack> acks,
                            const TrackSettings& settings) {
  Series past = series;
  past.nights.pop_back();
  past.facts.pop_back();
  return judge(past, series.nights.back(), series.facts.back(), std::nullopt, acks, settings);
}

}  // namespace gpugauge
