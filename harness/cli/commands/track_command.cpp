#include <fmt/ostream.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <iostream>
#include <memory>

#include "harness/cli/command.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/cli/options/track_options.hpp"
#include "harness/history/ack_file.hpp"
#include "harness/render/answers/track_table.hpp"
#include "harness/render/table/columns.hpp"

namespace gpugauge {
namespace {

constexpr const char* kTrackExamples = R"(
A history is a folder of result files, date=…/host=…/gpu=…/<run id>.json, which are never changed, and an
index that is made again from them where it is wrong. Nights are compared where case, semantics version,
card, driver's major version and clock policy are the same.

Examples:
  gpugauge track add night/*.json                      tonight's runs join the history
  gpugauge track check night/*.json                    is anything slower than the nights before?
  gpugauge track check night/*.json --rerun again/*.json   after 'needs rerun': does it stay so?
  gpugauge track show                                  every case: its latest night and its course
  gpugauge track show 'gemm/fp8*'                      every night of these cases
  gpugauge track ack 'gemm/fp8*' --reason 'cuBLAS 13.1' --commit 1a2b3c4   accept a change for good)";

constexpr const char* kCheckFooter = R"(
Exit status: 0 all pass; 1 a regression; 5 inconclusive: a case could not be judged tonight; 6 no baseline: too few
nights yet; 7 a case needs its confirming rerun; 2 or 3 something could not be read. The first of 1, 7, 5, 6 that holds.)";

std::vector<std::filesystem::path> paths_of(const std::vector<std::string>& files) {
  return {files.begin(), files.end()};
}

ExitStatus add(const TrackOptions& options) {
  const Additions additions =
      add_to_history(options.history, paths_of(options.files), options.night);
  for (const std::string& warning : additions.history.warnings) spdlog::warn("{}", warning);
  print_tables(std::cout,
               {make_table<AddedFile>("added", {},
                                      {{text_column("source", "file"),
                                        [](const AddedFile& f) { return Cell(f.source.string()); }},
                                       {text_column("file", "in the history"),
                                        [](const AddedFile& f) { return Cell(f.file.string()); }},
                                       {text_column("was_there", ""),
                                        [](const AddedFile& f) {
                                          return Cell(f.was_there ? "already there" : "",
                                                      f.was_there);
                                        }}},
                                      additions.files)},
               options.format);
  return ExitStatus::kDone;
}

ExitStatus status_of(const TrackReport& report) {
  if (report.count(GateStatus::kRegression) > 0) return ExitStatus::kCheckFailed;
  if (report.count(GateStatus::kNeedsRerun) > 0) return ExitStatus::kNeedsRerun;
  if (report.count(GateStatus::kInconclusive) > 0) return ExitStatus::kInconclusive;
  if (report.count(GateStatus::kNoBaseline) > 0) return ExitStatus::kNoBaseline;
  // Files without a single case have shown nothing.
  return report.findings.empty() ? ExitStatus::kInconclusive : ExitStatus::kDone;
}

ExitStatus check(const TrackOptions& options) {
  History history = open_history(options);
  const std::vector<Ack> acks = load_acks(options.acks_file());
  const auto tonight = read_runs(paths_of(options.files), history.index.names);
  const auto rerun = read_runs(paths_of(options.rerun), history.index.names);
  const TrackReport report = check_tonight(history.index.names, history.index.runs, tonight, rerun,
                                           acks, options.settings());
  const bool for_people = options.format == Format::kTable || options.format == Format::kMarkdown;
  std::vector<Table> tables{check_table(report, options.all)};
  if (!for_people) tables.push_back(check_counts_table(report));
  print_tables(std::cout, tables, options.format);
  if (for_people) fmt::print(std::cout, "\n{}\n", check_line(report));
  return status_of(report);
}

ExitStatus show(const TrackOptions& options) {
  const History history = open_history(options);
  const std::vector<Ack> acks = load_acks(options.acks_file());
  const bool one = !options.case_pattern.empty();
  if (one) require_case(history.index.names, options.case_pattern);
  const TrackedHistory tracked = tracked_history(history.index.names, history.index.runs,
                                                 options.case_pattern, acks, options.settings());
  std::vector<Table> tables;
  if (one) {
    for (const TrackedCase& each : tracked.cases) tables.push_back(series_table(each, acks));
  } else {
    tables = {cards_table(history.index.runs), tracked_cases_table(tracked.cases)};
  }
  print_tables(std::cout, tables, options.format);
  return ExitStatus::kDone;
}

ExitStatus acknowledge(const TrackOptions& options, Ack ack) {
  const History history = open_history(options);
  require_case(history.index.names, options.case_pattern);
  ack.cases = options.case_pattern;
  ack.night = options.night;
  if (!ack.night && !ack.mute && !ack.delta) ack.night = history.index.runs.back().night;
  append_ack(options.acks_file(), ack);
  fmt::print(std::cout, "{}: {}{}; commit it\n", options.acks_file().string(), ack.cases,
             ack.night ? " is accepted from " + *ack.night + " on" : " is noted");
  return ExitStatus::kDone;
}

void add_ack_command(CLI::App& track, Action& action) {
  auto* command = track.add_subcommand("ack", "accept a change, mute a case or set its threshold");
  auto options = std::make_shared<TrackOptions>();
  auto ack = std::make_shared<Ack>();
  if (const char* user = std::getenv("USER")) ack->by = user;
  command->add_option("CASE", options->case_pattern, "a case, or a pattern: gemm/fp8*")
      ->type_name("PATTERN")
      ->required();
  command->add_option("--reason", ack->reason, "why")->required();
  command->add_option("--commit", ack->commit, "the commit that changed it");
  command->add_option("--by", ack->by, "who says so (default: $USER)");
  command->add_option("--card", ack->card, "a UUID or a pattern (default: every card)");
  command->add_flag("--mute", ack->mute, "show it, but never fail");
  command
      ->add_option_function<double>(
          "--threshold", [ack](const double& percent) { ack->delta = percent / 100; },
          "the smallest change that counts, in percent")
      ->check(CLI::Range(0.01, 100.0));
  add_night_option(*command, *options,
                   "accept the change that begins on this date (default: the newest night)");
  add_history_options(*command, *options);
  command->callback([=, &action] {
    if (ack->reason.empty()) throw UsageError("--reason is empty, expected why");
    action = [=] { return acknowledge(*options, *ack); };
  });
}

}  // namespace

void add_track_command(CLI::App& app, const GlobalOptions&, Action& action) {
  auto* track = app.add_subcommand("track", "the nights of a card: add, check, show, ack");
  track->require_subcommand(1);
  track->footer(kTrackExamples);

  auto* add_files = track->add_subcommand("add", "copy result files into the history");
  auto added = std::make_shared<TrackOptions>();
  add_files->add_option("FILE", added->files, "finished result files")->required();
  add_night_option(*add_files, *added,
                   "the night that they belong to (default: the UTC date on which each began)");
  add_history_options(*add_files, *added);
  add_format_option(*add_files, added->format);
  add_files->callback([=, &action] { action = [=] { return add(*added); }; });

  auto* check_files = track->add_subcommand("check", "fail if tonight is slower than the history");
  auto checked = std::make_shared<TrackOptions>();
  check_files->add_option("FILE", checked->files, "tonight's result files, one a process")
      ->required();
  check_files->add_option("--rerun", checked->rerun, "those of the confirming rerun")
      ->type_name("FILE");
  check_files->add_flag("--all", checked->all, "show what passes, too");
  add_night_option(*check_files, *checked, "tonight's date (default: that of the earliest file)");
  add_history_options(*check_files, *checked);
  add_judge_options(*check_files, *checked);
  check_files->footer(kCheckFooter);
  check_files->callback([=, &action] { action = [=] { return check(*checked); }; });

  auto* show_history = track->add_subcommand("show", "what the history holds, and its course");
  auto shown = std::make_shared<TrackOptions>();
  show_history->add_option("CASE", shown->case_pattern, "every night of this case, or pattern")
      ->type_name("PATTERN");
  add_history_options(*show_history, *shown);
  add_judge_options(*show_history, *shown);
  show_history->callback([=, &action] { action = [=] { return show(*shown); }; });

  add_ack_command(*track, action);
}

}  // namespace gpugauge
