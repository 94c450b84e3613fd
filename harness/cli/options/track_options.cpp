#include "harness/cli/options/track_options.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"
#include "harness/cli/options/definitions.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/config/catalog.hpp"

namespace gpugauge {

std::filesystem::path TrackOptions::acks_file() const {
  return acks ? std::filesystem::path(*acks) : std::filesystem::path(history) / "acks.yaml";
}

TrackSettings TrackOptions::settings() const {
  return {.match = match == "sku" ? CardMatch::kSku : CardMatch::kUuid,
          .processes = processes,
          .night = night,
          .gate = {}};
}

void add_history_options(Command& command, TrackOptions& options) {
  command.option(option::kHistory, options.history).environment("GPUGAUGE_HISTORY");
  command.option(option::kAcks, options.acks);
}

void add_judge_options(Command& command, TrackOptions& options) {
  command.option(option::kMatch, options.match);
  command.option(option::kProcesses, options.processes)
      .detail("default: as many as most nights had");
}

History open_history(const TrackOptions& options) {
  History history = read_history(options.history, Catalog::locate().datasheets());
  log_warnings(history.warnings);
  return history;
}

void require_case(const CaseNames& names, const std::string& pattern) {
  const std::vector<std::string> all(names.all().begin(), names.all().end());
  if (std::any_of(all.begin(), all.end(),
                  [&](const std::string& name) { return matches_glob(pattern, name); }))
    return;
  const auto meant = nearest(pattern, all);
  throw UsageError(fmt::format("the history has no case {}{}; gpugauge track show lists them",
                               in_quotes(pattern),
                               meant ? fmt::format("; did you mean '{}'?", *meant) : ""));
}

}  // namespace gpugauge
