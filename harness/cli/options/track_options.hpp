#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/analyze/track/track.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/history/history.hpp"

namespace gpugauge {

/// What the commands of `gpugauge track` share.
struct TrackOptions {
  std::vector<std::string> files, rerun;
  std::string history = "history";
  std::optional<std::string> acks, night;
  std::string match = "uuid";
  std::optional<std::size_t> processes;
  std::string case_pattern;
  bool all = false;
  Printed printed;

  std::filesystem::path acks_file() const;
  TrackSettings settings() const;
};

void add_history_options(Command& command, TrackOptions& options);
/// What `check` and `show` judge by.
void add_judge_options(Command& command, TrackOptions& options);

/// Reads the history and passes its warnings to the log.
History open_history(const TrackOptions& options);
/// Throws UsageError, with the nearest name, if the pattern matches no case of the history.
void require_case(const CaseNames& names, const std::string& pattern);

}  // namespace gpugauge
