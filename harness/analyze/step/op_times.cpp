#include "harness/analyze/step/op_times.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <utility>
#include <vector>

#include "harness/base/estimate.hpp"
#include "harness/base/units.hpp"

namespace gpugauge {
namespace {

/// Between two kernels of one CUDA graph on an H100; a CPU launch is a call.
constexpr double kCudaLaunchGapNs = 1300;
/// What a kernel that is too small to fill the device may need beyond its roofline. Published
/// tables of decode attention at batch 1 show it (NVIDIA aiconfigurator, H100 and L40S).
constexpr double kSmallKernelNs = 5000;

void keep_faster(const Measurement*& best, const Measurement* candidate) {
  if (best == nullptr || candidate->time_ns.value < best->time_ns.value) best = candidate;
}

/// The places of the op on its axes, which become 0 in it.
std::vector<std::int64_t> take_places(std::span<const OpAxis> axes) {
  std::vector<std::int64_t> places;
  for (const OpAxis& axis : axes) places.push_back(std::exchange(*axis.place, 0));
  return places;
}

/// Between the times at two places of an axis, the lower of which is `from`.
OpTime between(const OpAxis& axis, std::int64_t place, std::int64_t from, const OpTime& below,
               std::int64_t to, const OpTime& above) {
  const double to_place = as_double(place) / as_double(from);
  const double to_upper = as_double(to) / as_double(from);
  const Estimate &a = below.time_ns, &b = above.time_ns;
  const Estimate from_below = scaled(a, axis.may_be_proportional ? to_place : 1);
  const Estimate from_above = scaled(b, axis.may_be_proportional ? to_place / to_upper : 1);
  Neighbours neighbours = below.measurement != nullptr ? Neighbours{.lowest = below.measurement}
                                                       : std::get<Neighbours>(below.source);
  neighbours.above.at(neighbours.dimensions++) = {axis.label, to};
  return OpTime{{.value = std::exp(std::lerp(std::log(a.value), std::log(b.value),
                                             std::log(to_place) / std::log(to_upper))),
                 .low = std::min(from_below.low, from_above.low),
                 .high = std::max(from_below.high, from_above.high)},
                is_of_imported(below.origin) || is_of_imported(above.origin)
                    ? Origin::kInterpolatedImported
                    : Origin::kInterpolated,
                neighbours};
}

std::string neighbours_text(const std::string& text) { return text; }

std::string neighbours_text(const Neighbours& neighbours) {
  std::string text = neighbours.lowest->name;
  for (std::size_t i = 0; i < neighbours.dimensions; ++i)
    text += fmt::format(" … {}:{}", neighbours.above.at(i).dimension, neighbours.above.at(i).at);
  return text;
}

std::string neighbours_text(const Roofline& roofline) {
  return fmt::format("roofline: {:.4g} {}", roofline.rate, roofline.unit);
}

}  // namespace

std::string source_of(const OpTime& time) {
  if (time.measurement != nullptr) return time.measurement->name;
  return std::visit([](const auto& source) { return neighbours_text(source); }, time.source);
}

OpTimes::OpTimes(const Record& record, double read_gbps, Engine engine)
    : read_gbps_(read_gbps),
      launch_gap_ns_(record.device.backend == Backend::kCuda ? kCudaLaunchGapNs : 0) {
  for (const DType dtype : gemm_dtypes(record)) {
    if (const auto peak = best_arithmetic(record, dtype)) tflops_[dtype] = peak->rate.value;
  }
  for (const Measurement* m : representative(record)) {
    if (engine == Engine::kBest || m->is_library) add(*m);
  }
}

void OpTimes::add(const Measurement& m) {
  Op op = m.c.op;
  const std::vector<OpAxis> axes = axes_of(op);
  const std::vector<std::int64_t> wanted = take_places(axes);
  Places* places = &times_[op];
  for (const std::int64_t place : wanted) places = &places->at[place];
  keep_faster(places->fastest, &m);
}

OpTime OpTimes::at(const Op& op) const {
  const std::optional<OpTime> time = known(op);
  return time ? *time : modelled(op);
}

std::optional<OpTime> OpTimes::known(const Op& op) const {
  Op other = op;
  const std::vector<OpAxis> axes = axes_of(other);
  const std::vector<std::int64_t> wanted = take_places(axes);
  const auto found = times_.find(other);
  return found != times_.end() ? along(found->second, axes, wanted) : std::nullopt;
}

/// Of the entry that is at the place wanted, else between the two around it; nothing outside.
std::optional<OpTime> OpTimes::along(const Places& places, std::span<const OpAxis> axes,
                                     std::span<const std::int64_t> wanted) const {
  if (axes.empty())
    return OpTime{places.fastest->time_ns, places.fastest->origin, {}, places.fastest};
  const auto inner = [&](const Places& at) {
    return along(at, axes.subspan(1), wanted.subspan(1));
  };
  const std::int64_t place = wanted.front();
  const auto upper = places.at.lower_bound(place);
  if (upper == places.at.end()) return std::nullopt;
  if (upper->first == place) return inner(upper->second);
  if (upper == places.at.begin()) return std::nullopt;
  const auto lower = std::prev(upper);
  const std::optional<OpTime> below = inner(lower->second), above = inner(upper->second);
  if (!below || !above) return std::nullopt;
  return between(axes.front(), place, lower->first, *below, upper->first, *above);
}

OpTime OpTimes::modelled(const Op& op) const {
  const Work work = work_of(op);
  const double memory_ns = work.bytes / read_gbps_;
  const std::optional<DType> dtype = arithmetic_type(op);
  const auto tflops = dtype ? tflops_.find(*dtype) : tflops_.end();
  const double arithmetic_ns =
      tflops != tflops_.end() ? work.flops / (tflops->second * kFlopsPerNsPerTflops) : 0;
  const double roofline_ns = std::max(memory_ns, arithmetic_ns);
  const double value = roofline_ns + launch_gap_ns_;
  return {{.value = value, .low = value / 2, .high = 2 * roofline_ns + kSmallKernelNs},
          Origin::kModelled,
          arithmetic_ns > memory_ns ? Roofline{tflops->second, "TFLOPS"}
                                    : Roofline{read_gbps_, "GB/s"}};
}

}  // namespace gpugauge
