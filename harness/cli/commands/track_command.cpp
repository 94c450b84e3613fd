#include <fmt/ostream.h>

#include <iostream>
#include <optional>

#include "harness/base/shell_word.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/options/definitions.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/cli/options/result_files.hpp"
#include "harness/cli/options/track_options.hpp"
#include "harness/config/catalog.hpp"
#include "harness/history/ack_file.hpp"
#include "harness/render/answers/track_sentence.hpp"
#include "harness/render/answers/track_table.hpp"
#include "harness/render/export/track_github.hpp"
#include "harness/render/table/columns.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

constexpr const char* kTrackExamples = R"(
A history is a folder of result files, date=…/host=…/gpu=…/<run id>.json, which never change, and an index that is
rebuilt from them if it is wrong. A night is compared only with earlier nights of the same case, semantics version,
card, driver major version and clock policy.

Examples:
  gpugauge track add night/*.json                      tonight's runs join the history
  gpugauge track check night/*.json                    is anything slower than the nights before?
  gpugauge track check night/*.json --rerun again/*.json   after 'needs rerun': is it still slower?
  gpugauge track show                                  every case: its latest night and its trend
  gpugauge track show 'gemm/fp8*'                      every night of these cases
  gpugauge track ack 'gemm/fp8*' --reason 'cuBLAS 13.1' --commit 1a2b3c4   accept a change)";

constexpr const char* kCheckFooter = R"(
Exit status: 0 all pass; 1 a regression; 5 inconclusive: a case could not be judged tonight; 6 no baseline: too few
nights yet; 7 a case needs its confirming rerun; 2 or 3 something could not be read. The first of 1, 7, 5, 6 that applies.)";

struct CheckOptions : TrackOptions {
  std::string report_format = "table";
};

std::vector<std::filesystem::path> paths_of(const std::vector<std::string>& files) {
  return {files.begin(), files.end()};
}

ExitStatus add(const TrackOptions& options) {
  require_files(options.files, "result files of your own runs (gpugauge run)");
  const Additions additions = add_to_history(options.history, paths_of(options.files),
                                             options.night, Catalog::locate().datasheets());
  log_warnings(additions.history.warnings);
  ColumnList<AddedFile> c;
  c.text("source", "file", [](auto& f) { return f.source.string(); });
  c.text("file", "in the history", [](auto& f) { return f.file.string(); });
  c.text("was_there", "",
         [](auto& f) { return Cell(f.was_there ? "already there" : "", f.was_there); });
  print_tables(std::cout, {c.table("added", {}, additions.files)}, options.printed);
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

/// Of the options those that `track ack` needs to find the same history.
std::string ack_options(const TrackOptions& options) {
  std::string words;
  if (options.history != TrackOptions{}.history)
    words += " --history " + shell_word(options.history);
  if (options.acks) words += " --acks " + shell_word(*options.acks);
  return words;
}

/// The sentence first, and how to accept what is slower last.
void print_for_people(const TrackReport& report, const Table& table, Format format,
                      const TrackOptions& options) {
  const std::string heading =
      fmt::format("{}: {}", report.night, track_sentence(report.findings).words);
  if (format == Format::kMarkdown) {
    fmt::print(std::cout, "{}\n\n", heading);
  } else {
    print_text(std::cout, heading);
    std::cout << '\n';
  }
  if (!table.rows.empty()) {
    print_tables(std::cout, {table}, {.format = format, .table = {}});
  } else {
    for (const std::string& note : table.notes) print_text(std::cout, note);
  }
  fmt::print(std::cout, "{}{}\n", table.rows.empty() && table.notes.empty() ? "" : "\n",
             check_line(report));
  const char* mark = format == Format::kMarkdown ? "`" : "";
  for (const std::string& line : accept_lines(report, ack_options(options)))
    fmt::print(std::cout, "{0}{1}{2}{1}\n", format == Format::kMarkdown ? "\n" : "", mark, line);
}

ExitStatus check(const CheckOptions& options) {
  History history = open_history(options);
  const std::vector<Ack> acks = load_acks(options.acks_file());
  const std::vector<Datasheet> sheets = Catalog::locate().datasheets();
  for (const auto* files : {&options.files, &options.rerun})
    require_files(*files, "result files of tonight's runs (gpugauge run)");
  std::vector<std::string> warnings;
  const auto read = [&](const std::vector<std::string>& files) {
    return read_runs(paths_of(files), history.index.names, sheets, warnings);
  };
  const auto tonight = read(options.files), rerun = read(options.rerun);
  log_warnings(warnings);
  const TrackReport report = check_tonight(history.index.names, history.index.runs, tonight, rerun,
                                           acks, options.settings());
  if (options.report_format == "github") {
    write_github(std::cout, report);
    return status_of(report);
  }
  const Format format = *from_name<Format>(options.report_format);
  const Table table = check_table(report, options.all);
  if (format == Format::kTable || format == Format::kMarkdown) {
    print_for_people(report, table, format, options);
  } else {
    print_tables(std::cout, {table, check_counts_table(report)}, {.format = format, .table = {}});
  }
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
  print_tables(std::cout, tables, options.printed);
  return ExitStatus::kDone;
}

/// The first night of what is slower now in the cases that the pattern names.
std::optional<std::string> standing_change(const History& history, const std::vector<Ack>& acks,
                                           const TrackOptions& options) {
  TrackSettings settings = options.settings();
  settings.night.reset();
  const TrackedHistory tracked = tracked_history(history.index.names, history.index.runs,
                                                 options.case_pattern, acks, settings);
  std::optional<std::string> first;
  for (const TrackedCase& each : tracked.cases) {
    const std::string& night = each.finding.change_night;
    if (!night.empty() && each.finding.gate.status != GateStatus::kPass)
      first = first ? std::min(*first, night) : night;
  }
  return first;
}

struct AckOptions : TrackOptions {
  Ack ack;
  std::optional<double> threshold_percent;
};

ExitStatus acknowledge(const AckOptions& options) {
  Ack ack = options.ack;
  if (ack.reason.empty()) throw UsageError("track ack: --reason is empty, expected a reason");
  if (options.threshold_percent) ack.delta = *options.threshold_percent / 100;
  const History history = open_history(options);
  require_case(history.index.names, options.case_pattern);
  ack.cases = options.case_pattern;
  ack.night = options.night;
  if (!ack.night && !ack.mute && !ack.delta) {
    ack.night = standing_change(history, load_acks(options.acks_file()), options);
    if (!ack.night)
      throw UsageError(
          fmt::format("track ack: nothing that '{}' names is slower than the nights before; "
                      "--night DATE accepts "
                      "a change from another night on, --mute and --threshold need none",
                      options.case_pattern));
  }
  append_ack(options.acks_file(), ack);
  fmt::print(std::cout, "{}: {}{}; commit it\n", options.acks_file().string(), ack.cases,
             ack.night ? " is accepted from " + *ack.night + " on" : " is noted");
  return ExitStatus::kDone;
}

void add_ack_command(Command& track) {
  auto [command, options] = track.add_command<AckOptions>(
      "ack", "accept a change, mute a case or set its threshold", acknowledge, "");
  command.argument("CASE", options.case_pattern, "a case, or a pattern: gemm/fp8*")
      .names_of("PATTERN");
  command.option(option::kReason, options.ack.reason).required();
  command.option(option::kCommit, options.ack.commit);
  command.option(option::kBy, options.ack.by).environment("USER");
  command.option(option::kCard, options.ack.card).detail("default: every card");
  command.flag(option::kMute, options.ack.mute);
  command.option(option::kThreshold, options.threshold_percent);
  command.option(option::kNight, options.night)
      .detail("the night on which the change begins; default: where what is slower now begins");
  add_history_options(command, options);
}

}  // namespace

void add_track_command(Command& program) {
  Command& track = program.add_command(
      "track", "compare the nights of a card: add, check, show, ack", kTrackExamples);

  auto [adding, added] =
      track.add_command<TrackOptions>("add", "copy result files into the history", add, "");
  adding.argument("FILE", added.files, "finished result files");
  adding.option(option::kNight, added.night)
      .detail("default: the UTC date on which each run began");
  add_history_options(adding, added);
  add_format_option(adding, added.printed);

  auto [checking, checked] = track.add_command<CheckOptions>(
      "check", "fail if tonight is slower than the history", check, kCheckFooter);
  checking.argument("FILE", checked.files, "tonight's result files, one a process");
  checking.option(option::kRerun, checked.rerun);
  checking.flag(option::kAll, checked.all);
  checking.option(option::kNight, checked.night).detail("default: the date of the earliest file");
  add_history_options(checking, checked);
  add_judge_options(checking, checked);
  std::vector<std::string> formats;
  for (const std::string_view name : names_of<Format>) formats.emplace_back(name);
  formats.emplace_back("github");
  checking.option(option::kFormat, checked.report_format).one_of(formats);

  auto [showing, shown] = track.add_command<TrackOptions>(
      "show", "list the history, and each case over time", show, "");
  showing.argument("CASE", shown.case_pattern, "every night of this case, or pattern")
      .names_of("PATTERN")
      .count(0, 1);
  add_history_options(showing, shown);
  add_judge_options(showing, shown);
  add_format_option(showing, shown.printed);

  add_ack_command(track);
}

}  // namespace gpugauge
