#include "harness/render/answers/track_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "harness/base/grouping.hpp"
#include "harness/base/shell_word.hpp"
#include "harness/device/throttle.hpp"
#include "harness/render/answers/summary.hpp"
#include "harness/render/answers/track_sentence.hpp"
#include "harness/render/table/columns.hpp"
#include "harness/render/table/spark.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

/// In the order in which they are counted; the summary names the first in any case.
constexpr std::array kStatuses{GateStatus::kPass,         GateStatus::kRegression,
                               GateStatus::kNeedsRerun,   GateStatus::kUnconfirmed,
                               GateStatus::kInconclusive, GateStatus::kNoBaseline,
                               GateStatus::kAdvice};

Tone tone_of(GateStatus status) {
  switch (status) {
    case GateStatus::kPass:
      return Tone::kGood;
    case GateStatus::kRegression:
      return Tone::kBad;
    default:
      return Tone::kWarning;
  }
}

Cell verdict_cell(const TrackFinding& f) {
  const std::string name(name_of(f.gate.status));
  return f.muted ? Cell(name + " (muted)", name)
                 : Cell(name, Cell::Value(name), tone_of(f.gate.status));
}

double percent_of(double log_change) { return 100 * std::expm1(log_change); }

/// A difference of ln(time), shown and carried as percent of the time.
Cell change_cell(std::optional<double> log_change) {
  if (!log_change) return {};
  const double percent = percent_of(*log_change);
  return {fmt::format("{:+.2f}%", percent), percent};
}

/// Only a stage that compared tonight has a change to show.
bool has_change(const TrackFinding& f) {
  return f.gate.stage != Stage::kBaseline && f.gate.stage != Stage::kQuarantine;
}
std::optional<double> change_part(const TrackFinding& f, double Estimate::*part) {
  return has_change(f) ? std::optional(f.gate.change.*part) : std::nullopt;
}

/// With the key of each row.
template <typename Rows, typename Get>
auto key_columns(const Rows& rows, Get key_of) {
  ColumnList<typename Rows::value_type> c;
  c.add(case_column(), [=](auto& r) { return key_of(r).case_name; });
  c.add(visible_if(differ(rows, [=](auto& r) { return key_of(r).card; }),
                   shortening(12, text_column("card", "card"))),
        [=](auto& r) { return key_of(r).card; });
  c.data("semantics_version", [=](auto& r) { return key_of(r).semantics_version; });
  c.data("driver_major", [=](auto& r) { return text_cell(key_of(r).driver_major); });
  c.data("clock_policy", [=](auto& r) { return text_cell(key_of(r).clock_policy); });
  return c;
}

std::string quarantine_text(std::span<const QuarantineReason> reasons) {
  std::vector<std::string_view> names;
  for (const QuarantineReason reason : reasons) names.push_back(name_of(reason));
  return fmt::format("{}", fmt::join(names, ", "));
}

/// Many cases for one reason are one line.
std::vector<std::string> reasons_of(std::span<const TrackFinding> findings) {
  std::map<std::string, std::vector<const TrackFinding*>> by_reason;
  for (const TrackFinding& f : findings) by_reason[f.gate.reason].push_back(&f);
  std::vector<std::string> lines;
  for (const auto& [reason, cases] : by_reason) {
    std::string line = cases.size() == 1
                           ? fmt::format("{}: {}", cases.front()->key.case_name, reason)
                           : fmt::format("{} cases: {}", cases.size(), reason);
    if (!cases.front()->change_night.empty())
      line += fmt::format(" (since {})", cases.front()->change_night);
    if (const std::string changed = change_words(cases.front()->changes); !changed.empty())
      line += "; " + changed;
    lines.push_back(std::move(line));
  }
  return lines;
}

/// How many cases, nights and runs of a card there are.
struct CardRow {
  std::string card, sku;
  std::set<std::string> nights, hosts;
  std::set<std::uint32_t> cases;
  std::int64_t runs = 0;
};

std::string trend_of(const Series& series) {
  constexpr std::size_t kNights = 20;
  constexpr double kLeastRange = 0.01;  // of the time: less is noise on most cards
  std::vector<double> y;
  const std::size_t begin = series.nights.size() - std::min(kNights, series.nights.size());
  for (std::size_t i = begin; i < series.nights.size(); ++i) y.push_back(series.nights[i].y);
  return spark_line(y, kLeastRange);
}

/// What was odd about a night and what was decided then.
std::string remarks_on(const TrackedCase& tracked, std::size_t i, std::span<const Ack> acks) {
  const NightFacts& facts = tracked.series->facts[i];
  std::vector<std::string> remarks;
  if (!tracked.series->nights[i].quarantine.empty())
    remarks.push_back("kept out: " + quarantine_text(tracked.series->nights[i].quarantine));
  for (const std::string& reason : throttle_reason_names(facts.throttle & ~throttle::kIdle))
    remarks.push_back(reason);
  for (const Flag flag : {Flag::kSteal, Flag::kContended, Flag::kQuota, Flag::kThrottleUnknown,
                          Flag::kClockDropped}) {
    if (facts.has(flag)) remarks.push_back(words_of(flag));
  }
  if (facts.date == tracked.finding.change_night) remarks.emplace_back("slower from here on");
  if (i > 0) {
    const std::string changed = change_words(changes_between(tracked.series->facts[i - 1], facts));
    if (!changed.empty()) remarks.push_back(changed);
  }
  for (const Ack& ack : acks) {
    if (!ack.night || !ack.covers(tracked.series->key.case_name, tracked.series->key.card))
      continue;
    if (tracked.series->before(*ack.night) == i)
      remarks.push_back(fmt::format("accepted: {}{}", ack.reason,
                                    ack.commit.empty() ? "" : " (" + ack.commit + ")"));
  }
  return fmt::format("{}", fmt::join(remarks, "; "));
}

}  // namespace

Table check_table(const TrackReport& report, bool all) {
  std::vector<TrackFinding> shown;
  std::copy_if(report.findings.begin(), report.findings.end(), std::back_inserter(shown),
               [&](const TrackFinding& f) { return all || f.gate.status != GateStatus::kPass; });
  std::vector<TrackFinding> to_explain;
  std::copy_if(shown.begin(), shown.end(), std::back_inserter(to_explain),
               [](const TrackFinding& f) { return f.gate.status != GateStatus::kPass; });
  auto c = key_columns(shown, [](const TrackFinding& f) -> const MetricKey& { return f.key; });
  c.number("time_ns", "tonight", [](auto& f) { return duration_cell(f.time_ns); });
  c.number("change_percent", "change",
           [](auto& f) { return change_cell(change_part(f, &Estimate::value)); });
  c.data("change_low_percent", [](auto& f) { return change_cell(change_part(f, &Estimate::low)); });
  c.data("change_high_percent",
         [](auto& f) { return change_cell(change_part(f, &Estimate::high)); });
  c.number(2, "limit_percent", "limit", [](auto& f) {
    return change_cell(has_change(f) ? std::optional(f.gate.threshold) : std::nullopt);
  });
  c.number(3, "baseline_nights", "nights", [](auto& f) { return f.gate.baseline_nights; });
  c.add(wrapping(12, text_column("verdict", "verdict")), verdict_cell);
  c.data("muted", [](auto& f) { return yes_no_cell(f.muted); });
  c.data("stage", [](auto& f) { return name_of(f.gate.stage); });
  c.data("since", [](auto& f) { return text_cell(f.change_night); });
  c.data("quarantine", [](auto& f) { return text_cell(quarantine_text(f.gate.quarantine)); });
  c.data("reason", [](auto& f) { return text_cell(f.gate.reason); });
  Table table = c.table(
      "check", fmt::format("{} {}", all ? "every case on" : "to look at on", report.night), shown);
  table.notes = reasons_of(to_explain);
  table.notes.insert(table.notes.end(), report.notes.begin(), report.notes.end());
  return table;
}

Table check_counts_table(const TrackReport& report) {
  Table table{.name = "counts", .title = {}, .columns = {}, .rows = {}, .notes = {}};
  std::vector<Cell> row{Cell(report.night)};
  table.columns.push_back(data_column("night"));
  const auto add = [&](std::string key, std::size_t count) {
    std::replace(key.begin(), key.end(), ' ', '_');
    table.columns.push_back(data_column(std::move(key)));
    row.push_back(integer_cell(static_cast<std::int64_t>(count)));
  };
  for (const GateStatus status : kStatuses) add(std::string(name_of(status)), report.count(status));
  add("muted", report.muted());
  table.rows.push_back(std::move(row));
  return table;
}

std::string check_line(const TrackReport& report) {
  std::string line = fmt::format("{} pass", report.count(GateStatus::kPass));
  const auto add = [&](std::size_t count, std::string_view what) {
    if (count > 0) line += fmt::format(", {} {}", count, what);
  };
  for (const GateStatus status : kStatuses) {
    if (status != GateStatus::kPass) add(report.count(status), name_of(status));
  }
  add(report.muted(), "muted");
  return line;
}

std::vector<std::string> accept_lines(const TrackReport& report, const std::string& options) {
  constexpr std::size_t kMost = 3;
  std::vector<std::string> lines;
  std::size_t more = 0;
  for (const TrackFinding& f : report.findings) {
    if (f.muted || f.gate.status != GateStatus::kRegression) continue;
    if (lines.size() == kMost) {
      ++more;
      continue;
    }
    lines.push_back(fmt::format("accept: gpugauge track ack {} --night {} --reason '…'{}",
                                shell_quoted(f.key.case_name),
                                f.change_night.empty() ? report.night : f.change_night, options));
  }
  if (more > 0)
    lines.push_back(fmt::format("and {} more; a pattern accepts several: 'gemm/*'", more));
  return lines;
}

Table cards_table(std::span<const RunEntry> runs) {
  std::map<std::string, CardRow> by_card;
  for (const RunEntry& run : runs) {
    CardRow& row = by_card[run.card];
    row.card = run.card;
    row.sku = run.sku;
    row.nights.insert(run.night);
    row.hosts.insert(run.host);
    for (const CaseEntry& c : run.cases) row.cases.insert(c.name);
    ++row.runs;
  }
  std::vector<CardRow> rows;
  for (auto& [card, row] : by_card) rows.push_back(std::move(row));
  ColumnList<CardRow> c;
  c.add(shortening(12, text_column("card", "card")), [](auto& r) { return r.card; });
  c.add(wrapping(12, text_column("sku", "kind")), [](auto& r) { return r.sku; });
  c.data("hosts", [](auto& r) { return fmt::format("{}", fmt::join(r.hosts, " ")); });
  c.text("first_night", "first", [](auto& r) { return *r.nights.begin(); });
  c.text(4, "last_night", "last", [](auto& r) { return *r.nights.rbegin(); });
  c.number(3, "nights", "nights", [](auto& r) { return r.nights.size(); });
  c.number(2, "runs", "runs", [](auto& r) { return r.runs; });
  c.number("cases", "cases", [](auto& r) { return r.cases.size(); });
  return c.table("cards", "cards of the history", rows);
}

Table tracked_cases_table(std::span<const TrackedCase> cases) {
  const auto end_of = [](const TrackedCase& t) { return t.series->facts.back().date; };
  auto c =
      key_columns(cases, [](const TrackedCase& t) -> const MetricKey& { return t.series->key; });
  c.number(3, "nights", "nights", [](auto& t) { return t.series->nights.size(); });
  c.text(4, "last_night", "last", end_of).data_only = !differ(cases, end_of);
  c.number("time_ns", "time", [](auto& t) { return duration_cell(t.finding.time_ns); });
  c.number("change_percent", "change",
           [](auto& t) { return change_cell(t.change_at(t.series->nights.size() - 1)); });
  c.text(2, "trend", "trend", [](auto& t) { return trend_of(*t.series); });
  c.add(wrapping(12, text_column("verdict", "verdict")),
        [](auto& t) { return verdict_cell(t.finding); });
  c.data("reason", [](auto& t) { return text_cell(t.finding.gate.reason); });
  c.data("limit_percent", [](auto& t) {
    const TrackFinding& f = t.finding;
    return change_cell(has_change(f) ? std::optional(f.gate.threshold) : std::nullopt);
  });
  return c.table("cases", "cases, the last night of each against the nights before", cases);
}

Table series_table(const TrackedCase& tracked, std::span<const Ack> acks) {
  const Series& series = *tracked.series;
  const auto place = [&](const Night& night) {
    return static_cast<std::size_t>(&night - series.nights.data());
  };
  auto c = key_columns(series.nights, [&](const Night&) -> const MetricKey& { return series.key; });
  c.front().data_only = true;
  c.text("night", "night", [&](auto& n) { return series.facts[place(n)].date; });
  c.number("time_ns", "time", [](auto& n) { return duration_cell(std::exp(n.y)); });
  c.number("change_percent", "change",
           [&](auto& n) { return change_cell(tracked.change_at(place(n))); });
  c.number(3, "processes", "processes", [](auto& n) { return n.processes.size(); });
  c.number(2, "clock_mhz", "MHz", [](auto& n) {
    const auto mhz = n.clock_mhz_median;
    return mhz ? Cell(fmt::format("{:.0f}", *mhz), *mhz) : Cell();
  });
  c.add(sentence_column("remarks", "remarks"),
        [&](auto& n) { return text_cell(remarks_on(tracked, place(n), acks)); });
  Table table = c.table("series", fmt::format("{} on {}", series.key.case_name, series.key.card),
                        series.nights);
  table.notes.push_back(
      fmt::format("{}: {}", name_of(tracked.finding.gate.status), tracked.finding.gate.reason));
  return table;
}

}  // namespace gpugauge
