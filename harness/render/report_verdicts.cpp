#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/render/number.hpp"
#include "harness/render/report_data.hpp"
#include "harness/render/summary.hpp"
#include "harness/render/text.hpp"

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
  std::string text =
      fmt::format("{} reaches {} of its datasheet value; a card in order reaches at least {}",
                  f.metric, format_percent(f.share().value), format_percent(f.floor.value_or(0)));
  if (f.verdict == Verdict::kUndecided) text += ", which lies within the interval";
  return f.reason.empty() ? text : text + ": " + f.reason;
}

struct Judgement {
  Tone tone = Tone::kPlain;
  std::string words;
};

Judgement judge(const Record& record, const DatasheetReport& report) {
  const auto is_number = [](const Measurement& m) {
    return m.verification.passed || m.origin != Origin::kMeasured;
  };
  if (std::none_of(record.measurements.begin(), record.measurements.end(), is_number))
    return {Tone::kBad, "says nothing about its speed: not one case gave a number"};
  const bool is_verified = std::any_of(record.measurements.begin(), record.measurements.end(),
                                       [](const Measurement& m) { return m.verification.passed; });
  if (!is_verified)
    return {Tone::kWarning, "is not judged: its numbers were imported, and not verified here"};
  const auto good = with(report, Verdict::kOk), bad = with(report, Verdict::kBelowFloor),
             open = with(report, Verdict::kUndecided);
  if (!bad.empty())
    return {Tone::kBad, "does not deliver its datasheet: too slow in " + metrics_of(bad)};
  if (!open.empty())
    return {Tone::kWarning, "may deliver its datasheet: too close to call in " + metrics_of(open)};
  if (!good.empty())
    return {Tone::kGood, "delivers its datasheet in all that was measured: " + metrics_of(good)};
  if (report.datasheet.empty())
    return {Tone::kPlain, "is not judged: no datasheet is known for it, these are its own peaks"};
  return {
      Tone::kWarning,
      "is not judged: nothing in this file tests its datasheet (gpugauge run --suite datasheet)"};
}

}  // namespace

Json verdicts_json(const ReportInput& input) {
  Json all = Json::array();
  for (std::size_t i = 0; i < input.records.size(); ++i) {
    const Record& record = *input.records[i].record;
    const DatasheetReport& report = input.datasheets[i];
    const Judgement judgement = judge(record, report);
    Json reasons = Json::array();
    for (const Verdict verdict : {Verdict::kBelowFloor, Verdict::kUndecided}) {
      for (const DatasheetFinding* f : with(report, verdict))
        reasons.push_back(printable(shortfall(*f)));
    }
    const auto untested = with(report, Verdict::kNotMeasured);
    if (!untested.empty() && !report.datasheet.empty())
      reasons.push_back("not tested: " + metrics_of(untested));
    for (const std::string& warning : warnings_of(record)) reasons.push_back(warning);
    if (!record.complete()) reasons.push_back("the run was not finished");
    all.push_back({{"device", printable(record.device.name)},
                   {"file", printable(record.path.string())},
                   {"tone", static_cast<int>(judgement.tone)},
                   {"words", printable(judgement.words)},
                   {"counts", summary_line(record)},
                   {"reasons", std::move(reasons)}});
  }
  return all;
}

}  // namespace gpugauge
