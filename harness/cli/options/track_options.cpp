#include "harness/cli/options/track_options.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/config/iso_date.hpp"

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

void add_history_options(CLI::App& command, TrackOptions& options) {
  command
      .add_option("--history", options.history,
                  "folder of the history (default: history, or $GPUGAUGE_HISTORY)")
      ->type_name("FOLDER")
      ->envname("GPUGAUGE_HISTORY");
  command
      .add_option("--acks", options.acks,
                  "file of what was acknowledged (default: acks.yaml in the history)")
      ->type_name("FILE");
}

void add_judge_options(CLI::App& command, TrackOptions& options) {
  command
      .add_option("--match", options.match,
                  "which cards are one: uuid, the very same; sku, all of a kind (default: uuid)")
      ->check(CLI::IsMember({"uuid", "sku"}));
  command
      .add_option("--processes", options.processes,
                  "fresh processes that make a night (default: as many as most nights had)")
      ->check(CLI::PositiveNumber);
  add_format_option(command, options.format);
}

void add_night_option(CLI::App& command, TrackOptions& options, const std::string& meaning) {
  command.add_option_function<std::string>(
      "--night",
      [&options](const std::string& night) {
        if (!is_iso_date(night))
          throw UsageError(
              fmt::format("--night is {}, expected a date like 2025-11-22", in_quotes(night)));
        options.night = night;
      },
      meaning);
}

History open_history(const TrackOptions& options) {
  History history = read_history(options.history);
  for (const std::string& warning : history.warnings) spdlog::warn("{}", warning);
  return history;
}

void require_case(const CaseNames& names, const std::string& pattern) {
  const std::vector<std::string> all(names.all().begin(), names.all().end());
  if (std::any_of(all.begin(), all.end(),
                  [&](const std::string& name) { return matches_glob(pattern, name); }))
    return;
  const auto meant = nearest(pattern, all);
  throw UsageError(fmt::format("no case of the history is {}{}; gpugauge track show lists them",
                               in_quotes(pattern),
                               meant ? fmt::format("; did you mean '{}'?", *meant) : ""));
}

}  // namespace gpugauge
