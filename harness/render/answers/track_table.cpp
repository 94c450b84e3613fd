#include "harness/render/answers/track_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "harness/device/throttle.hpp"
#include "harness/render/answers/summary.hpp"
#include "harness/render/table/columns.hpp"
#include "harness/render/table/spark.hpp"

namespace gpugauge {
namespace {

/// In the order in which they are counted; the summary names the first in any case.
constexpr std::array kStatuses{GateStatus::kPass,       GateStatus::kRegression,
                               GateStatus::kNeedsRerun, GateStatus::kInconclusive,
                               GateStatus::kNoBaseline, GateStatus::kAdvice};

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

Cell time_cell(std::optional<double> ns) {
  return ns ? Cell(format_duration_ns(*ns), *ns) : Cell();
}

template <typename Row, typename Get>
std::vector<ColumnOf<Row>> key_columns(bool several_cards, Get key_of) {
  return {
      {case_column(), [=](const Row& r) { return Cell(key_of(r).case_name); }},
      {visible_if(several_cards, shortening(12, text_column("card", "card"))),
       [=](const Row& r) { return Cell(key_of(r).card); }},
      {data_column("semantics_version"),
       [=](const Row& r) { return integer_cell(key_of(r).semantics_version); }},
      {data_column("driver_major"),
       [=](const Row& r) { return text_cell(key_of(r).driver_major); }},
      {data_column("clock_policy"),
       [=](const Row& r) { return text_cell(key_of(r).clock_policy); }},
  };
}

template <typename Rows, typename Get>
bool has_several_cards(const Rows& rows, Get key_of) {
  return std::any_of(rows.begin(), rows.end(), [&](const auto& row) {
    return key_of(row).card != key_of(rows.front()).card;
  });
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

/// `+0.12%` of the level that the latest night was held against.
std::optional<double> change_at(const TrackedCase& tracked, std::size_t night) {
  if (tracked.finding.gate.stage == Stage::kBaseline) return std::nullopt;
  return tracked.series->nights[night].y - tracked.finding.gate.level;
}

std::string course_of(const Series& series) {
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
  for (const Flag flag : {Flag::kSteal, Flag::kContended, Flag::kClockDropped}) {
    if (facts.has(flag)) remarks.push_back(words_of(flag));
  }
  if (facts.date == tracked.finding.change_night) remarks.emplace_back("slower from here on");
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
  const auto key_of = [](const TrackFinding& f) -> const MetricKey& { return f.key; };
  auto columns = key_columns<TrackFinding>(has_several_cards(shown, key_of), key_of);
  append<TrackFinding>(
      columns,
      {
          {number_column("time_ns", "tonight"),
           [](const TrackFinding& f) { return time_cell(f.time_ns); }},
          {number_column("change_percent", "change"),
           [](const TrackFinding& f) { return change_cell(change_part(f, &Estimate::value)); }},
          {data_column("change_low_percent"),
           [](const TrackFinding& f) { return change_cell(change_part(f, &Estimate::low)); }},
          {data_column("change_high_percent"),
           [](const TrackFinding& f) { return change_cell(change_part(f, &Estimate::high)); }},
          {dispensable(2, number_column("limit_percent", "limit")),
           [](const TrackFinding& f) {
             return change_cell(has_change(f) ? std::optional(f.gate.threshold) : std::nullopt);
           }},
          {dispensable(3, number_column("baseline_nights", "nights")),
           [](const TrackFinding& f) {
             return integer_cell(static_cast<std::int64_t>(f.gate.baseline_nights));
           }},
          {wrapping(12, text_column("verdict", "verdict")), verdict_cell},
          {data_column("muted"),
           [](const TrackFinding& f) { return Cell(f.muted ? "yes" : "no", f.muted); }},
          {data_column("stage"), [](const TrackFinding& f) { return Cell(name_of(f.gate.stage)); }},
          {data_column("since"), [](const TrackFinding& f) { return text_cell(f.change_night); }},
          {data_column("quarantine"),
           [](const TrackFinding& f) { return text_cell(quarantine_text(f.gate.quarantine)); }},
          {data_column("reason"), [](const TrackFinding& f) { return text_cell(f.gate.reason); }},
      });
  Table table = make_table<TrackFinding>(
      "check", fmt::format("{} {}", all ? "every case on" : "not passed on", report.night), columns,
      shown);
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
  const auto count = [](std::size_t n) { return integer_cell(static_cast<std::int64_t>(n)); };
  return make_table<CardRow>(
      "cards", "cards of the history",
      {
          {shortening(12, text_column("card", "card")),
           [](const CardRow& r) { return Cell(r.card); }},
          {wrapping(12, text_column("sku", "kind")), [](const CardRow& r) { return Cell(r.sku); }},
          {data_column("hosts"),
           [](const CardRow& r) { return Cell(fmt::format("{}", fmt::join(r.hosts, " "))); }},
          {text_column("first_night", "first"),
           [](const CardRow& r) { return Cell(*r.nights.begin()); }},
          {dispensable(4, text_column("last_night", "last")),
           [](const CardRow& r) { return Cell(*r.nights.rbegin()); }},
          {dispensable(3, number_column("nights", "nights")),
           [=](const CardRow& r) { return count(r.nights.size()); }},
          {dispensable(2, number_column("runs", "runs")),
           [](const CardRow& r) { return integer_cell(r.runs); }},
          {number_column("cases", "cases"),
           [=](const CardRow& r) { return count(r.cases.size()); }},
      },
      rows);
}

Table tracked_cases_table(std::span<const TrackedCase> cases) {
  const auto key_of = [](const TrackedCase& t) -> const MetricKey& { return t.series->key; };
  auto columns = key_columns<TrackedCase>(has_several_cards(cases, key_of), key_of);
  const bool several_ends = std::any_of(cases.begin(), cases.end(), [&](const TrackedCase& t) {
    return t.series->facts.back().date != cases.front().series->facts.back().date;
  });
  append<TrackedCase>(
      columns,
      {
          {dispensable(3, number_column("nights", "nights")),
           [](const TrackedCase& t) { return integer_cell(std::ssize(t.series->nights)); }},
          {visible_if(several_ends, dispensable(4, text_column("last_night", "last"))),
           [](const TrackedCase& t) { return Cell(t.series->facts.back().date); }},
          {number_column("time_ns", "time"),
           [](const TrackedCase& t) { return time_cell(t.finding.time_ns); }},
          {number_column("change_percent", "change"),
           [](const TrackedCase& t) {
             return change_cell(change_at(t, t.series->nights.size() - 1));
           }},
          {dispensable(2, text_column("course", "course")),
           [](const TrackedCase& t) { return Cell(course_of(*t.series)); }},
          {wrapping(12, text_column("verdict", "verdict")),
           [](const TrackedCase& t) { return verdict_cell(t.finding); }},
          {data_column("reason"),
           [](const TrackedCase& t) { return text_cell(t.finding.gate.reason); }},
      });
  return make_table<TrackedCase>("cases", "cases, the last night of each against those before it",
                                 columns, cases);
}

Table series_table(const TrackedCase& tracked, std::span<const Ack> acks) {
  const Series& series = *tracked.series;
  std::vector<std::size_t> nights(series.nights.size());
  for (std::size_t i = 0; i < nights.size(); ++i) nights[i] = i;
  const auto night = [&series](std::size_t i) -> const Night& { return series.nights[i]; };
  const auto key_of = [&series](std::size_t) -> const MetricKey& { return series.key; };
  auto columns = key_columns<std::size_t>(false, key_of);
  columns.front().column.data_only = true;
  append<std::size_t>(
      columns,
      {
          {text_column("night", "night"),
           [&](const std::size_t& i) { return Cell(series.facts[i].date); }},
          {number_column("time_ns", "time"),
           [=](const std::size_t& i) { return time_cell(std::exp(night(i).y)); }},
          {number_column("change_percent", "change"),
           [&](const std::size_t& i) { return change_cell(change_at(tracked, i)); }},
          {dispensable(3, number_column("processes", "processes")),
           [=](const std::size_t& i) { return integer_cell(std::ssize(night(i).processes)); }},
          {dispensable(2, number_column("clock_mhz", "MHz")),
           [=](const std::size_t& i) {
             const auto mhz = night(i).clock_mhz_median;
             return mhz ? Cell(fmt::format("{:.0f}", *mhz), *mhz) : Cell();
           }},
          {sentence_column("remarks", "remarks"),
           [&](const std::size_t& i) { return text_cell(remarks_on(tracked, i, acks)); }},
      });
  Table table = make_table<std::size_t>(
      "series", fmt::format("{} on {}", series.key.case_name, series.key.card), columns, nights);
  table.notes.push_back(
      fmt::format("{}: {}", name_of(tracked.finding.gate.status), tracked.finding.gate.reason));
  return table;
}

}  // namespace gpugauge
