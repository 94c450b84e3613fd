#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/analyze/track/series.hpp"
#include "harness/config/acks.hpp"

namespace gpugauge {

/// What the user may set of a check.
struct TrackSettings {
  CardMatch match = CardMatch::kUuid;
  std::optional<std::size_t> processes;  ///< a night's R; unset: as many as most nights had
  std::optional<std::string> night;      ///< tonight's date; unset: that of the earliest file
  GateSettings gate;
};

/// What is said of one metric.
struct TrackFinding {
  MetricKey key;
  std::size_t nights = 0;           ///< of the history, before tonight
  std::optional<NightFacts> facts;  ///< tonight's; none if it was not measured
  std::optional<double> time_ns;    ///< tonight's
  GateFinding gate;
  bool muted = false;
  std::string change_night;            ///< the date of `gate.change_point`
  std::vector<VersionChange> changes;  ///< of that night, against the one before it
  std::size_t processes = 0;           ///< tonight's
};

struct TrackReport {
  std::string night;
  std::vector<TrackFinding> findings;  ///< by key
  std::vector<std::string> notes;

  /// Of those that are not muted.
  std::size_t count(GateStatus status) const;
  std::size_t muted() const;
};

/// Judges tonight's runs, and the confirming rerun if there was one, against the nights before
/// theirs in the history. A case that a run planned and has no number for, or that the night before
/// had, is inconclusive. Runs of the history that are of other cards, drivers or clock policies are
/// counted in a note.
TrackReport check_tonight(const CaseNames& names, std::span<const RunEntry> history,
                          std::span<const RunEntry> tonight, std::span<const RunEntry> rerun,
                          std::span<const Ack> acks, const TrackSettings& settings);

/// A metric of the history with what its last night says.
struct TrackedCase {
  const Series* series;
  TrackFinding finding;

  /// Of a night, from the level that the last was held against: a difference of ln(time). Nothing
  /// where there was no baseline.
  std::optional<double> change_at(std::size_t night) const {
    if (finding.gate.stage == Stage::kBaseline) return std::nullopt;
    return series->nights[night].y - finding.gate.level;
  }
};

/// The metrics of a history.
struct TrackedHistory {
  std::vector<Series> series;
  std::vector<TrackedCase> cases;  ///< they point into `series`
};
/// Those whose case matches the pattern; an empty one is every case's.
TrackedHistory tracked_history(const CaseNames& names, std::span<const RunEntry> runs,
                               const std::string& pattern, std::span<const Ack> acks,
                               const TrackSettings& settings);

/// The last night of a series against those before it.
TrackFinding latest_finding(const Series& series, std::span<const Ack> acks,
                            const TrackSettings& settings);

}  // namespace gpugauge
