#include "harness/render/answers/verdict_words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "harness/answer/imported_files.hpp"
#include "harness/base/shell_word.hpp"
#include "harness/render/table/number.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

constexpr const char* kTestIt = "gpugauge run --suite datasheet";

using Findings = std::vector<const DatasheetFinding*>;

Findings with(const DatasheetReport& report, Verdict verdict) {
  Findings found;
  for (const DatasheetFinding& finding : report.findings) {
    if (finding.verdict == verdict) found.push_back(&finding);
  }
  return found;
}

std::string metrics_of(const Findings& findings) {
  std::vector<std::string> names;
  for (const DatasheetFinding* f : findings) names.push_back(f->metric);
  return fmt::format("{}", fmt::join(names, ", "));
}

/// `memory read`; of `fp8_e4m3 dense GEMM` what people call the type: `FP8`.
std::string short_metric(const std::string& metric) {
  constexpr std::string_view kGemm = " dense GEMM";
  if (!metric.ends_with(kGemm)) return metric;
  std::string type = metric.substr(0, metric.size() - kGemm.size());
  if (type == "fp8_e4m3") type = "fp8";
  for (char& c : type)
    c = c == '_' ? ' ' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return type;
}

/// `H100 SXM5` of `NVIDIA H100 SXM5 80 GB`.
std::string short_card(std::string title) {
  constexpr std::string_view kMaker = "NVIDIA ", kMemory = " GB";
  if (title.starts_with(kMaker)) title.erase(0, kMaker.size());
  if (!title.ends_with(kMemory)) return title;
  const std::size_t number = title.find_last_of(' ', title.size() - kMemory.size() - 1);
  return number == std::string::npos ? title : title.substr(0, number);
}

/// Whole percent, unless that would put the share on the wrong side of its pass mark.
std::string percent_of(const DatasheetFinding& f) {
  const double share = 100 * f.share().value, mark = 100 * f.pass_mark.value_or(0);
  const bool misleads = (share < mark) != (std::round(share) < mark);
  return misleads ? fmt::format("{:.1f}%", std::floor(10 * share) / 10)
                  : fmt::format("{:.0f}%", share);
}

/// `memory read 92%, BF16 73%`, each what it reaches of the datasheet.
std::string shares_of(const Findings& findings) {
  std::string text;
  for (const DatasheetFinding* f : findings)
    text +=
        fmt::format("{}{} {}", text.empty() ? "" : ", ", short_metric(f->metric), percent_of(*f));
  return text;
}

/// `of the datasheet (pass marks 90, 70)`.
std::string beside_marks(const Findings& findings) {
  std::vector<std::string> marks;
  for (const DatasheetFinding* f : findings)
    marks.push_back(fmt::format("{:.3g}", 100 * f->pass_mark.value_or(0)));
  return fmt::format("of the datasheet (pass mark{} {})", marks.size() > 1 ? "s" : "",
                     fmt::join(marks, ", "));
}

std::string passing(const Findings& findings) {
  return findings.empty()
             ? ""
             : fmt::format("; {} {}", shares_of(findings), findings.size() > 1 ? "pass" : "passes");
}

/// `bf16 dense GEMM: 30.0 points below its pass mark: power-capped`.
std::string shortfall(const DatasheetFinding& f) {
  std::string text =
      f.verdict == Verdict::kUndecided
          ? fmt::format("{}: {} of the datasheet {}", f.metric, format_percent(f.share().value),
                        format_plus_minus(f.share()))
          : fmt::format("{}: {:.1f} points below its pass mark", f.metric,
                        100 * (f.pass_mark.value_or(0) - f.share().value));
  return f.reason.empty() ? text : text + ": " + f.reason;
}

/// `tables of aiconfigurator (vLLM 0.24.0): no card was tested`.
std::string tables_of(const Record& record) {
  const ImportedFile file = imported_files({&record, 1}).front();
  return fmt::format("tables of {}{}: no card was tested", file.tables,
                     file.engine.empty() ? "" : fmt::format(" ({})", file.engine));
}

/// Sentence, tone and what to do, of a card that has a datasheet and numbers.
void judge(VerdictWords& verdict, const Record& record, const DatasheetReport& report) {
  const Findings good = with(report, Verdict::kOk), bad = with(report, Verdict::kBelowPassMark),
                 open = with(report, Verdict::kUndecided);
  const std::string card = short_card(report.datasheet);
  verdict.is_verdict = true;
  if (!bad.empty()) {
    verdict.tone = Tone::kBad;
    verdict.sentence = fmt::format("Slower than a healthy {}: {} {}{}", card, shares_of(bad),
                                   beside_marks(bad), passing(good));
    verdict.next = fmt::format("gpugauge explain {} {}, then ask the provider for another card",
                               bad.front()->metric, shell_word(record.path.string()));
  } else if (!open.empty()) {
    verdict.tone = Tone::kWarning;
    verdict.sentence = fmt::format("Too close to the pass mark of a healthy {}: {} {}{}", card,
                                   shares_of(open), beside_marks(open), passing(good));
    verdict.next = kTestIt;
  } else if (!good.empty()) {
    verdict.tone = Tone::kGood;
    verdict.sentence =
        fmt::format("As fast as a healthy {}: {} {}", card, shares_of(good), beside_marks(good));
  } else {
    verdict.is_verdict = false;
    verdict.tone = Tone::kWarning;
    verdict.sentence =
        fmt::format("{} is not judged: nothing in this file tests its datasheet", report.device);
    verdict.next = kTestIt;
  }
}

}  // namespace

VerdictWords verdict_words(const Record& record, const DatasheetReport& report) {
  VerdictWords verdict;
  const bool is_imported =
      !record.measurements.empty() &&
      std::all_of(record.measurements.begin(), record.measurements.end(),
                  [](const Measurement& m) { return m.origin == Origin::kImported; });
  if (is_imported) {
    verdict.sentence = tables_of(record);
  } else if (std::none_of(record.measurements.begin(), record.measurements.end(),
                          [](const Measurement& m) { return m.counts(); })) {
    verdict.tone = Tone::kBad;
    verdict.sentence = fmt::format("{} is not judged: no case gave a number", record.device.name);
  } else if (report.datasheet.empty()) {
    verdict.sentence = fmt::format(
        "{} is not judged: no datasheet is known for it; these are its own peaks", report.device);
  } else {
    judge(verdict, record, report);
  }
  for (const Verdict failed : {Verdict::kBelowPassMark, Verdict::kUndecided}) {
    for (const DatasheetFinding* f : with(report, failed))
      verdict.shortfalls.push_back(printable(shortfall(*f)));
  }
  if (!report.datasheet.empty() && !is_imported)
    verdict.untested = printable(metrics_of(with(report, Verdict::kNotMeasured)));
  verdict.sentence = printable(verdict.sentence);
  return verdict;
}

}  // namespace gpugauge
