#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/analyze/rates/peaks.hpp"
#include "harness/base/estimate.hpp"
#include "harness/base/units.hpp"
#include "harness/record/layout.hpp"
#include "harness/render/export/export.hpp"

namespace gpugauge {
namespace {

using Json = nlohmann::ordered_json;

// bencher cuts nothing: a name that is longer is refused with the whole file (Bencher Metric
// Format, "Order of Precedence").
constexpr std::size_t kLongestBencherName = 1024;

Json metric(const Estimate& e) {
  return {{"value", e.value}, {"lower_value", e.low}, {"upper_value", e.high}};
}

}  // namespace

void write_bencher(std::ostream& out, const ExportInput& input) {
  Json file = Json::object();
  for (const Measurement* m : one_per_case(*input.record)) {
    const std::string label = m->origin == Origin::kMeasured
                                  ? std::string()
                                  : fmt::format(" ({})", row_of(m->origin).words);
    Json& measures = file[m->name.substr(0, kLongestBencherName - label.size()) + label];
    measures["latency"] = metric(m->time_ns);
    if (m->gbps() > 0) measures["bandwidth-gbps"] = metric(reciprocal(m->work.bytes, m->time_ns));
    if (m->tflops() > 0)
      measures["tflops"] = metric(reciprocal(m->work.flops / kFlopsPerNsPerTflops, m->time_ns));
  }
  out << format_readable(file);
}

}  // namespace gpugauge
