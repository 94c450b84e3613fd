#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/analyze/track/track.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// What is not a pass, or with `all` every metric; the reasons stand under it.
Table check_table(const TrackReport& report, bool all);
/// The counts, for programs: one row.
Table check_counts_table(const TrackReport& report);
/// `38 pass, 1 regression, 1 inconclusive, 2 no baseline`.
std::string check_line(const TrackReport& report);

/// The lines that accept what `track check` called a regression, ready to be run: `accept: gpugauge
/// track ack 'gemm/…' --night 2026-11-19 --reason '…'`. `options` stand at their end.
std::vector<std::string> accept_lines(const TrackReport& report, const std::string& options);

/// The cards of a history with their nights and runs.
Table cards_table(std::span<const RunEntry> runs);
/// One line a metric: its latest night, how far that is from the baseline, its trend.
Table tracked_cases_table(std::span<const TrackedCase> cases);
/// One line a night of one metric, with what was odd about it and what was decided.
Table series_table(const TrackedCase& tracked, std::span<const Ack> acks);

}  // namespace gpugauge
