#include "harness/record/silicon.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "harness/device/matrix_rate.hpp"

namespace gpugauge {
namespace {

std::optional<double> higher(const std::optional<double>& a, const std::optional<double>& b) {
  return a && b ? std::max(a, b) : a ? a : b;
}

/// Types in which the op's products may be; empty where its operations say nothing of the device.
std::vector<DType> operands_of(const Op& op) {
  if (const auto* step = std::get_if<DecodeStep>(&op)) return {step->linears, step->head, step->kv};
  if (const auto* peak = std::get_if<TensorPeak>(&op)) return {peak->dtype};
  if (const auto type = arithmetic_type(op)) return {*type};
  return {};
}

/// Of the products that the op may be made of the fastest; nothing where one is unknown.
std::optional<double> most_tflops(const Op& op, const Silicon& silicon) {
  std::optional<double> most;
  for (const DType type : operands_of(op)) {
    const auto rate = silicon.tflops(type);
    if (!rate) return std::nullopt;
    most = higher(most, rate);
  }
  const auto* peak = std::get_if<TensorPeak>(&op);
  if (most && peak != nullptr && peak->sparse) *most *= 2;
  return most;
}

bool is_of_memory(const Measurement& m) {
  return m.c.options.cache == CacheState::kCold && !crosses_link(m.c.op);
}

std::string in_words(double rate) { return fmt::format("{:.{}f}", rate, rate < 1000 ? 1 : 0); }

/// Of a rate above the datasheet's which nothing else can be held against: what is not known.
std::optional<std::string> unchecked(const Measurement& m, const Silicon& silicon,
                                     const Datasheet& sheet) {
  const auto* stated = metric_of(sheet, std::nullopt);
  if (is_of_memory(m) && !silicon.pin_rate_gbps && stated != nullptr &&
      m.gbps() > stated->datasheet.value) {
    return fmt::format(
        "{} GB/s is above the datasheet's {:g}; what the memory pins can carry is "
        "not known",
        in_words(m.gbps()), stated->datasheet.value);
  }
  const auto dtype = arithmetic_type(m.c.op);
  if (!dtype || silicon.tflops(*dtype)) return std::nullopt;
  stated = metric_of(sheet, dtype);
  if (stated == nullptr || m.tflops() <= stated->datasheet.value) return std::nullopt;
  return fmt::format("{} TFLOPS is above the datasheet's {:g}; what the SMs can do is not known",
                     in_words(m.tflops()), stated->datasheet.value);
}

/// Adds one line for all of the cases, in the words of the first.
void warn(Record& record, const std::vector<NotMeasured>& cases, std::string_view outcome) {
  if (cases.empty()) return;
  const std::size_t others = cases.size() - 1;
  record.warnings.push_back(fmt::format(
      "{}: {}: {}; {}{}", record.path.string(), cases.front().name, cases.front().reason, outcome,
      others > 0 ? fmt::format(", likewise {} other case{}", others, others > 1 ? "s" : "") : ""));
}

}  // namespace

std::optional<double> Silicon::tflops(DType operands) const {
  if (multiprocessors <= 0 || !compute_capability || !max_clock_mhz) return std::nullopt;
  const auto flop = most_flop_per_sm_clock(*compute_capability, operands);
  if (!flop) return std::nullopt;
  return multiprocessors * *flop * *max_clock_mhz / 1e6;
}

Silicon silicon_of(const DeviceInfo& device, const Datasheet* sheet) {
  Silicon silicon{.pin_rate_gbps = device.pin_rate_gbps,
                  .multiprocessors = device.compute_units,
                  .compute_capability = device.compute_capability,
                  .max_clock_mhz = device.max_clock_mhz};
  if (sheet == nullptr) return silicon;
  if (const auto* memory = metric_of(*sheet, std::nullopt))
    silicon.pin_rate_gbps = higher(silicon.pin_rate_gbps, memory->product);
  if (silicon.multiprocessors == 0 && sheet->sm_count)
    silicon.multiprocessors = static_cast<int>(sheet->sm_count->value);
  if (!silicon.compute_capability) silicon.compute_capability = sheet->compute_capability;
  if (sheet->max_clock_mhz)
    silicon.max_clock_mhz = higher(silicon.max_clock_mhz, sheet->max_clock_mhz->value);
  return silicon;
}

std::optional<std::string> above_silicon(const Measurement& m, const Silicon& silicon) {
  Silicon running = silicon;
  running.max_clock_mhz = higher(higher(running.max_clock_mhz, m.clock_mhz), m.kernel_clock_mhz);
  for (const float mhz : m.samples.clock_mhz)
    running.max_clock_mhz = higher(running.max_clock_mhz, static_cast<double>(mhz));
  if (const auto most = most_tflops(m.c.op, running); most && m.tflops() > *most) {
    return fmt::format(
        "{} TFLOPS is above the {} TFLOPS of {} SMs at {:.0f} MHz: not all of the work was done",
        in_words(m.tflops()), in_words(*most), running.multiprocessors, *running.max_clock_mhz);
  }
  if (!is_of_memory(m) || !silicon.pin_rate_gbps || m.gbps() <= *silicon.pin_rate_gbps)
    return std::nullopt;
  return fmt::format("{} GB/s is above the {} GB/s of the memory pins: a cache was measured",
                     in_words(m.gbps()), in_words(*silicon.pin_rate_gbps));
}

void refuse_above_silicon(Record& record, const std::vector<Datasheet>& sheets) {
  const Datasheet* sheet = match_datasheet(sheets, record.device);
  const Silicon silicon = silicon_of(record.device, sheet);
  std::vector<NotMeasured> refused, open;
  std::set<std::string> names;
  for (const Measurement& m : record.measurements) {
    if (auto reason = above_silicon(m, silicon)) {
      if (names.insert(m.name).second)
        refused.push_back({m.name, NotMeasuredStatus::kRefused, std::move(*reason)});
    } else if (sheet != nullptr) {
      if (auto why = unchecked(m, silicon, *sheet))
        open.push_back({m.name, NotMeasuredStatus::kRefused, std::move(*why)});
    }
  }
  std::erase_if(record.measurements, [&](const Measurement& m) { return names.contains(m.name); });
  warn(record, refused, "not used");
  warn(record, open, "used all the same");
  std::move(refused.begin(), refused.end(), std::back_inserter(record.not_measured));
}

}  // namespace gpugauge
