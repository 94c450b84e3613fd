#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/analyze/rates/peaks.hpp"
#include "harness/record/layout.hpp"
#include "harness/render/export/export.hpp"
#include "harness/render/table/number.hpp"
#include "kernels/ops/op.hpp"

namespace gpugauge {
namespace {

/// Bigger is better: of a latency how many of them there are in a second.
struct Speed {
  double value;
  std::string_view unit;
};

Speed speed_of(const Measurement& m) {
  const CaseRate rate = rate_of(m.c.op, m.time_ns.value);
  if (rate.unit == RateUnit::kNsEach) return {1e9 / rate.value, "1/s"};
  return {rate.value, name_of(rate.unit)};
}

}  // namespace

void write_github_action(std::ostream& out, const ExportInput& input) {
  auto list = nlohmann::ordered_json::array();
  for (const Measurement* m : one_per_case(*input.record)) {
    const Speed speed = speed_of(*m);
    list.push_back(
        {{"name", m->name},
         {"value", speed.value},
         {"unit", speed.unit},
         {"range", format_plus_minus(m->time_ns)},
         {"extra", m->origin == Origin::kMeasured ? input.record->device.name
                                                  : fmt::format("{}, {}", input.record->device.name,
                                                                row_of(m->origin).words)}});
  }
  out << format_readable(list);
}

}  // namespace gpugauge
