#include "harness/render/answers/verdict_words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/render/table/number.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

std::vector<const DatasheetFinding*> with(const DatasheetReport& report, Verdict verdict) {
  std::vector<const DatasheetFinding*> found;
  for (const DatasheetFinding& finding : report.findings) {
    if (finding.verdict == verdict) found.push_back(&finding);
  }
  return found;
}

std::string metrics_of(const std::vector<const DatasheetFinding*>& findings) {
  std::vector<std::string> names;
  for (const DatasheetFinding* f : findings) names.push_back(f->metric);
  return fmt::format("{}", fmt::join(names, ", "));
}

/// `bf16 dense GEMM reaches 55.1% of its datasheet value; a card in order reaches at least 70.0%:
/// power-capped`.
std::string shortfall(const DatasheetFinding& f) {
  std::string text = fmt::format(
      "{} reaches {} of its datasheet value; a healthy card reaches at least {}", f.metric,
      format_percent(f.share().value), format_percent(f.pass_mark.value_or(0)));
  if (f.verdict == Verdict::kUndecided) text += ", which lies within the interval";
  return f.reason.empty() ? text : text + ": " + f.reason;
}

struct Judgement {
  Tone tone = Tone::kPlain;
  std::string words;
};

Judgement judge(const Record& record, const DatasheetReport& report) {
  if (std::none_of(record.measurements.begin(), record.measurements.end(),
                   [](const Measurement& m) { return m.counts(); }))
    return {Tone::kBad, "is not judged: no case gave a number"};
  const bool is_imported =
      std::all_of(record.measurements.begin(), record.measurements.end(),
                  [](const Measurement& m) { return m.origin == Origin::kImported; });
  const std::string by = is_imported ? " (imported numbers, not measured here)" : "";
  const auto good = with(report, Verdict::kOk), bad = with(report, Verdict::kBelowPassMark),
             open = with(report, Verdict::kUndecided);
  if (!bad.empty())
    return {Tone::kBad, fmt::format("does not deliver its datasheet{}: below its pass mark in {}",
                                    by, metrics_of(bad))};
  if (!open.empty())
    return {Tone::kWarning,
            fmt::format("may deliver its datasheet{}: undecided in {}", by, metrics_of(open))};
  if (!good.empty())
    return {Tone::kGood,
            fmt::format("delivers its datasheet{}: {}",
                        is_imported ? by : " in all that was measured", metrics_of(good))};
  if (report.datasheet.empty())
    return {Tone::kPlain, fmt::format("is not judged: no datasheet is known for it; these are {}",
                                      is_imported ? "imported numbers" : "its own peaks")};
  return {Tone::kWarning,
          fmt::format("is not judged: nothing in this file tests its datasheet ({})",
                      is_imported ? "all of it was imported" : "gpugauge run --suite datasheet")};
}

}  // namespace

VerdictWords verdict_words(const Record& record, const DatasheetReport& report) {
  const Judgement judgement = judge(record, report);
  VerdictWords verdict{.tone = judgement.tone,
                       .words = printable(judgement.words),
                       .shortfalls = {},
                       .untested = {}};
  for (const Verdict failed : {Verdict::kBelowPassMark, Verdict::kUndecided}) {
    for (const DatasheetFinding* f : with(report, failed))
      verdict.shortfalls.push_back(printable(shortfall(*f)));
  }
  if (!report.datasheet.empty())
    verdict.untested = printable(metrics_of(with(report, Verdict::kNotMeasured)));
  return verdict;
}

}  // namespace gpugauge
