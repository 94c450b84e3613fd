// Text exposition format 0.0.4: base units, HELP and TYPE once a metric, all of its series
// together.

#include <fmt/format.h>

#include <chrono>
#include <functional>
#include <iomanip>
#include <map>
#include <sstream>
#include <utility>

#include "harness/analyze/rates/peaks.hpp"
#include "harness/render/export/export.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

using Labels = std::vector<std::pair<std::string_view, std::string>>;

std::string escaped(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    if (c == '\n') {
      text += "\\n";
    } else {
      text += c;
    }
  }
  return text;
}

/// One gauge with its series. Written when it ends, and only if there is one.
class Gauge {
 public:
  Gauge(std::ostream& out, std::string_view name, std::string_view help)
      : out_(&out), name_(name), help_(help) {}
  Gauge(const Gauge&) = delete;
  Gauge& operator=(const Gauge&) = delete;
  ~Gauge() {
    if (!lines_.empty())
      *out_ << fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", name_, help_) << lines_;
  }

  void add(const Labels& labels, double value) {
    std::string pairs;
    for (const auto& [key, text] : labels) {
      if (!text.empty())
        pairs += fmt::format("{}{}=\"{}\"", pairs.empty() ? "" : ",", key, escaped(text));
    }
    lines_ += fmt::format("{}{{{}}} {}\n", name_, pairs, value);
  }

 private:
  std::ostream* out_;
  std::string name_, help_, lines_;
};

Labels labels_of(const DeviceInfo& device) {
  return {{"device", device.name}, {"gpu", device.uuid.value_or(device.id)}};
}

/// `imported`; empty, and so no label, for what was measured.
std::string origin_label(Origin origin) {
  return origin == Origin::kMeasured ? std::string() : std::string(name_of(origin));
}

Labels with(Labels labels, std::string_view key, std::string value) {
  labels.emplace_back(key, std::move(value));
  return labels;
}

/// Of `2026-05-26T01:02:03Z`.
std::optional<double> unix_seconds(const std::string& utc) {
  std::tm parts{};
  std::istringstream text(utc);
  text >> std::get_time(&parts, "%Y-%m-%dT%H:%M:%SZ");
  if (text.fail()) return std::nullopt;
  return static_cast<double>(timegm(&parts));
}

}  // namespace

void write_prometheus(std::ostream& out, const ExportInput& input) {
  const Record& record = *input.record;
  const Labels device = labels_of(record.device);
  const std::vector<const Measurement*> cases = one_per_case(record);

  const auto of_cases = [&](std::string_view name, std::string_view help,
                            const std::function<std::optional<double>(const Measurement&)>& value) {
    Gauge gauge(out, name, help);
    for (const Measurement* m : cases) {
      if (const auto v = value(*m))
        gauge.add(with(with(device, "case", m->name), "origin", origin_label(m->origin)), *v);
    }
  };
  const auto positive = [](double v) { return v > 0 ? std::optional(v) : std::nullopt; };
  of_cases("gpugauge_case_duration_seconds", "Median device time of one launch.",
           [](const Measurement& m) { return m.time_ns.value * 1e-9; });
  of_cases("gpugauge_case_duration_low_seconds", "Lower end of its 95% interval.",
           [](const Measurement& m) { return m.time_ns.low * 1e-9; });
  of_cases("gpugauge_case_duration_high_seconds", "Upper end of its 95% interval.",
           [](const Measurement& m) { return m.time_ns.high * 1e-9; });
  of_cases("gpugauge_case_bandwidth_bytes_per_second", "Fewest bytes of the op over its time.",
           [&](const Measurement& m) { return positive(m.gbps() * 1e9); });
  of_cases("gpugauge_case_operations_per_second", "Floating-point operations over the time.",
           [&](const Measurement& m) { return positive(m.tflops() * 1e12); });
  of_cases("gpugauge_case_clock_hertz", "Median core clock while sampling.",
           [](const Measurement& m) {
             return m.clock_mhz ? std::optional(*m.clock_mhz * 1e6) : std::nullopt;
           });
  of_cases("gpugauge_case_power_watts", "Mean board power over warm-up and samples.",
           [](const Measurement& m) { return m.mean_power_w; });
  of_cases("gpugauge_case_temperature_celsius", "The hottest sample.",
           [](const Measurement& m) { return m.temperature_max_c; });
  {
    Gauge flags(out, "gpugauge_case_flag", "1 where the measurement carries the flag.");
    for (const Measurement* m : cases) {
      for (const Flag flag : m->flags)
        flags.add(with(with(device, "case", m->name), "flag", std::string(name_of(flag))), 1);
    }
  }
  {
    Gauge ratio(out, "gpugauge_datasheet_ratio",
                "Measured (or as its origin says) over the datasheet's value.");
    for (const DatasheetFinding& f : input.report.findings) {
      if (f.measured && f.datasheet)
        ratio.add(with(with(device, "metric", f.metric), "origin", origin_label(f.origin)),
                  f.share().value);
    }
  }
  {
    Gauge checks(out, "gpugauge_checks", "Cases and datasheet values by outcome.");
    std::map<AssessmentStatus, int> counts;
    for (const Assessment& check : input.assessments) ++counts[check.status];
    for (const auto status : {AssessmentStatus::kPassed, AssessmentStatus::kFailed,
                              AssessmentStatus::kError, AssessmentStatus::kSkipped})
      checks.add(with(device, "status", std::string(name_of(status))), counts[status]);
  }
  const Provenance& p = record.provenance;
  {
    Gauge info(out, "gpugauge_run_info", "1; what the numbers were measured with.");
    Labels labels = with(with(device, "suite", p.suite), "version", p.gpugauge_version);
    labels = with(std::move(labels), "driver", record.device.driver_version.value_or(""));
    info.add(with(std::move(labels), "run_id", p.run_id), 1);
  }
  if (!p.sessions.empty()) {
    const Session& last = p.sessions.back();
    const auto end = unix_seconds(last.ended_utc.empty() ? last.started_utc : last.ended_utc);
    if (end) Gauge(out, "gpugauge_run_timestamp_seconds", "When the run ended.").add(device, *end);
  }
}

}  // namespace gpugauge
