#include "harness/analyze/rates/datasheet.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "harness/base/estimate.hpp"

namespace gpugauge {
namespace {

constexpr const char* kHowToMeasure = "measure it with: gpugauge run --suite datasheet";

/// What held the device back in this case, in a person's words.
std::string circumstances(const Measurement& m) {
  std::vector<std::string> parts;
  const auto raised = [&](Flag flag) {
    return std::find(m.flags.begin(), m.flags.end(), flag) != m.flags.end();
  };
  if (raised(Flag::kPowerCapped))
    parts.push_back(m.mean_power_w ? fmt::format("power-capped at {:.0f} W", *m.mean_power_w)
                                   : "power-capped");
  if (raised(Flag::kThermalThrottled))
    parts.push_back(m.temperature_max_c
                        ? fmt::format("thermally throttled at {:.0f} °C", *m.temperature_max_c)
                        : "thermally throttled");
  if (raised(Flag::kHardwareSlowdown)) parts.emplace_back("hardware slowdown");
  if (raised(Flag::kClockDropped)) parts.emplace_back("clock fell while sampling");
  if (raised(Flag::kSteal)) parts.emplace_back("CPU time stolen by the hypervisor");
  if (raised(Flag::kContended)) parts.emplace_back("CPU shared with other programs");
  if (raised(Flag::kNotConverged)) parts.emplace_back("not converged");
  if (const auto clock = m.core_clock_mhz(); clock && !parts.empty())
    parts.push_back(fmt::format("clock {:.0f} MHz", *clock));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string memory_metric(MemoryPattern pattern) {
  return fmt::format("memory {}", name_of(pattern));
}
std::string gemm_metric(DType dtype) { return fmt::format("{} dense GEMM", name_of(dtype)); }

DatasheetFinding measured_finding(std::string metric, std::string unit, const Peak& peak) {
  DatasheetFinding finding;
  finding.metric = std::move(metric);
  finding.unit = std::move(unit);
  finding.measured = peak.rate;
  finding.case_name = peak.measurement->name;
  finding.shape = shape_path(peak.measurement->c.op);
  finding.origin = peak.measurement->origin;
  finding.verdict = Verdict::kNoDatasheet;
  finding.reason = circumstances(*peak.measurement);
  return finding;
}

DatasheetFinding missing_finding(std::string metric, std::string unit, std::string reason) {
  DatasheetFinding finding;
  finding.metric = std::move(metric);
  finding.unit = std::move(unit);
  finding.reason = std::move(reason);
  return finding;
}

/// Why a kind of case (`gemm/bf16`) has no number that counts.
std::string why_missing(const Record& record, const std::string& kind, bool too_small) {
  if (too_small) return fmt::format("its cases in this file are memory-bound; {}", kHowToMeasure);
  for (const NotMeasured& n : record.not_measured) {
    if (n.name.starts_with(kind + "/")) return fmt::format("{}: {}", name_of(n.status), n.reason);
  }
  return kHowToMeasure;
}

void judge(DatasheetFinding& finding, const DatasheetMetric& metric) {
  finding.datasheet = metric.datasheet;
  finding.published = metric.published;
  finding.pass_mark = metric.pass_mark;
  if (!finding.measured) return;
  if (finding.origin == Origin::kImported) {
    finding.verdict = Verdict::kNotMeasured;
    finding.reason = "imported, no card was tested";
    return;
  }
  const Estimate share = finding.share();
  if (share.low >= metric.pass_mark) {
    finding.verdict = Verdict::kOk;
  } else if (share.high < metric.pass_mark) {
    finding.verdict = Verdict::kBelowPassMark;
  } else {
    finding.verdict = Verdict::kUndecided;
    if (finding.reason.empty())
      finding.reason = "the pass mark lies inside the interval: measure longer";
  }
}

class Check {
 public:
  Check(const Record& record, const Datasheet* sheet)
      : record_(record), sheet_(sheet), read_(best_bandwidth(record, MemoryPattern::kRead)) {}

  std::vector<DatasheetFinding> findings() const {
    std::vector<DatasheetFinding> all;
    for (const MemoryPattern pattern : all_of<MemoryPattern>) add(all, memory(pattern));
    for (const DType dtype : dtypes()) add(all, gemm(dtype));
    return all;
  }

 private:
  static void add(std::vector<DatasheetFinding>& all, std::optional<DatasheetFinding> finding) {
    if (finding) all.push_back(std::move(*finding));
  }

  const DatasheetMetric* metric(std::optional<DType> dtype) const {
    return sheet_ == nullptr ? nullptr : metric_of(*sheet_, dtype);
  }

  /// Those of the datasheet, in its order, then what else was measured.
  std::vector<DType> dtypes() const {
    std::vector<DType> all;
    if (sheet_ != nullptr) {
      for (const DatasheetMetric& m : sheet_->metrics) {
        if (m.dtype) all.push_back(*m.dtype);
      }
    }
    for (const DType dtype : gemm_dtypes(record_)) {
      if (std::find(all.begin(), all.end(), dtype) == all.end()) all.push_back(dtype);
    }
    return all;
  }

  std::optional<DatasheetFinding> memory(MemoryPattern pattern) const {
    const std::string name = memory_metric(pattern);
    const DatasheetMetric* stated = metric(std::nullopt);
    const std::optional<Peak> peak = best_bandwidth(record_, pattern);
    const bool judged = pattern == MemoryPattern::kRead;
    if (!peak && !judged) return std::nullopt;
    DatasheetFinding finding =
        peak ? measured_finding(name, "GB/s", *peak)
             : missing_finding(name, "GB/s",
                               why_missing(record_, kind_path(MemoryStream{pattern, 0}), false));
    if (stated != nullptr && judged) judge(finding, *stated);
    if (stated != nullptr && !judged) {
      finding.datasheet = stated->datasheet;
      finding.verdict = Verdict::kNoPassMark;
    }
    return finding;
  }

  DatasheetFinding gemm(DType dtype) const {
    const DatasheetMetric* stated = metric(dtype);
    const std::optional<Peak> peak = arithmetic_peak(dtype, stated);
    DatasheetFinding finding =
        peak ? measured_finding(gemm_metric(dtype), "TFLOPS", *peak)
             : missing_finding(gemm_metric(dtype), "TFLOPS",
                               why_missing(record_, fmt::format("gemm/{}", name_of(dtype)),
                                           best_gemm(record_, dtype) && (read_ || stated)));
    if (stated != nullptr) judge(finding, *stated);
    if (peak && read_)
      finding.ridge_flops_per_byte = ridge_flops_per_byte(peak->rate.value, read_->rate.value);
    return finding;
  }

  /// The ridge point of the datasheet decides which shapes count; without one, the measured one.
  std::optional<Peak> arithmetic_peak(DType dtype, const DatasheetMetric* stated) const {
    const DatasheetMetric* bandwidth = metric(std::nullopt);
    if (stated == nullptr || bandwidth == nullptr) return best_arithmetic(record_, dtype);
    return best_gemm(
        record_, dtype,
        kRidgeMultiple * ridge_flops_per_byte(stated->datasheet.value, bandwidth->datasheet.value));
  }

  const Record& record_;
  const Datasheet* sheet_;
  std::optional<Peak> read_;
};

}  // namespace

Estimate DatasheetFinding::share() const {
  return scaled(measured.value(), 1 / datasheet.value().value);
}

DatasheetReport check_datasheet(const Record& record, const Datasheet* sheet) {
  return {.file = record.path.string(),
          .device = record.device.name,
          .datasheet = sheet != nullptr ? sheet->title : std::string(),
          .findings = Check(record, sheet).findings(),
          .has_refused = std::any_of(
              record.not_measured.begin(), record.not_measured.end(),
              [](const NotMeasured& n) { return n.status == NotMeasuredStatus::kRefused; }),
          .has_failed = record.has_failed()};
}

ExitStatus status_of(std::span<const DatasheetReport> reports) {
  for (const DatasheetReport& report : reports) {
    if (report.has_refused || report.has_failed) return ExitStatus::kCheckFailed;
    for (const DatasheetFinding& finding : report.findings) {
      if (finding.verdict == Verdict::kBelowPassMark) return ExitStatus::kCheckFailed;
    }
  }
  return ExitStatus::kDone;
}

}  // namespace gpugauge
