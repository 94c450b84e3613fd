#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdlib>

#include "harness/answer/imported_files.hpp"
#include "harness/config/iso_date.hpp"
#include "harness/render/answers/summary.hpp"
#include "harness/render/answers/verdict_words.hpp"
#include "harness/render/report/report_data.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

/// `20 Nov 2026` of a moment in ISO 8601.
std::string day_of(const std::string& utc) {
  constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::string date = utc.substr(0, 10);
  if (!is_iso_date(date)) return utc;
  return fmt::format("{} {} {}", std::stoi(date.substr(8)),
                     kMonths.at(static_cast<std::size_t>(std::stoi(date.substr(5, 2)) - 1)),
                     date.substr(0, 4));
}

/// `20 min`, below two minutes `62 s`.
std::string short_duration(double seconds) {
  return seconds < 120 ? fmt::format("{:.0f} s", seconds) : fmt::format("{:.0f} min", seconds / 60);
}

/// `measured 20 Nov 2026, suite quick, 20 min`.
std::string when(const Record& record) {
  const Provenance& p = record.provenance;
  if (p.sessions.empty()) return {};
  const std::string day = day_of(p.sessions.front().started_utc);
  if (is_imported(record)) return "imported " + day;
  std::string text = "measured " + day;
  if (!p.suite.empty()) text += ", suite " + p.suite;
  if (p.wall_seconds > 0) text += ", " + short_duration(p.wall_seconds);
  return text;
}

/// How many cases there are, and of what the page lists fewer, of how many.
std::string counts_of(const Record& record, const Record& listed) {
  if (!is_imported(record)) return summary_line(record);
  const std::size_t all = record.measurements.size(), own = listed.measurements.size();
  return own == all ? fmt::format("{} imported cases", all)
                    : fmt::format("{} of {} imported cases are of the model's shapes", own, all);
}

}  // namespace

Json verdicts_json(const ReportInput& input) {
  const std::vector<std::string> labels = labels_of(input.records);
  Json all = Json::array();
  for (std::size_t i = 0; i < input.records.size(); ++i) {
    const Record& record = *input.records[i].record;
    const VerdictWords verdict = verdict_words(record, input.datasheets[i]);
    Json reasons = verdict.shortfalls;
    if (!verdict.untested.empty()) reasons.push_back("not tested: " + verdict.untested);
    for (const std::string& warning : warnings_of(record)) reasons.push_back(warning);
    if (!record.complete()) reasons.push_back("the run was not finished");
    all.push_back({{"device", printable(labels[i])},
                   {"file", printable(record.path.string())},
                   {"tone", static_cast<int>(verdict.tone)},
                   {"words", verdict.sentence},
                   {"next", printable(verdict.next)},
                   {"facts", facts_json(input, i)},
                   {"when", printable(when(record))},
                   {"counts", counts_of(record, *input.listed[i].record)},
                   {"reasons", std::move(reasons)}});
  }
  return all;
}

}  // namespace gpugauge
