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
constexpr double kFewNs = 5000;
/// Below this a roofline says little: its error was measured above.
constexpr double kSmallKernelNs = 10'000;

void keep_faster(const Measurement*& best, const Measurement* candidate) {
  if (best == nullptr || candidate->time_ns.value < best->time_ns.value) best = candidate;
}

/// The places of the op on its axes, which become 0 in it.
std::vector<std::int64_t> take_places(std::span<const OpAxis> axes) {
  std::vector<std::int64_t> places;
  for (const OpAxis& axis : axes) places.push_back(std::exchange(*axis.place, 0));
  return places;
}

/// Between two places this far apart, or less, the error of an interpolation was measured.
constexpr double kMeasuredGap = 4;
/// How much of the grid, from its end inwards, says how the time goes on outside of it.
constexpr double kSlopeSpan = 4;
/// Nothing is scaled further than this, as a ratio of places.
constexpr double kFarthest = 64;

ErrorFactors factors_of(const std::map<std::string, ErrorFactors, std::less<>>& by_axis,
                        std::string_view axis) {
  const auto found = by_axis.find(axis);
  return found != by_axis.end() ? found->second : ErrorFactors{};
}

bool is_scaled(const OpTime& time) { return std::holds_alternative<ScaledFrom>(time.source); }

const Measurement* lowest_of(const OpTime& time) {
  if (time.measurement != nullptr) return time.measurement;
  const auto* scaled = std::get_if<ScaledFrom>(&time.source);
  return scaled != nullptr ? scaled->from : std::get<Neighbours>(time.source).lowest;
}

OpTime scaled_from(const OpTime& time, double factor, const ErrorFactors& error) {
  return {widened(scaled(time.time_ns, factor), error), Origin::kModelled,
          ScaledFrom{lowest_of(time)}};
}

std::string neighbours_text(const std::string& text) { return text; }

std::string neighbours_text(const Neighbours& neighbours) {
  std::string text = neighbours.lowest->name;
  for (std::size_t i = 0; i < neighbours.dimensions; ++i)
    text += fmt::format(" … {}:{}", neighbours.above.at(i).dimension, neighbours.above.at(i).at);
  return text;
}

std::string neighbours_text(const ScaledFrom& scaled) {
  return fmt::format("scaled from {}", scaled.from->name);
}

std::string neighbours_text(const Roofline& roofline) {
  return fmt::format("roofline: {:.4g} {}", roofline.rate, roofline.unit);
}

}  // namespace

std::string source_of(const OpTime& time) {
  if (time.measurement != nullptr) return time.measurement->name;
  return std::visit([](const auto& source) { return neighbours_text(source); }, time.source);
}

/// An op in question: its axes, the places on them that are wanted, and what grows along them.
class OpTimes::Query {
 public:
  Query(const Op& op, const OpErrors& errors) : op_(op), axes_(axes_of(op_)), errors_(&errors) {
    for (const OpAxis& axis : axes_) wanted_.push_back(*axis.place);
  }

  std::size_t depth() const { return axes_.size(); }
  const OpAxis& axis(std::size_t depth) const { return axes_[depth]; }
  std::int64_t wanted(std::size_t depth) const { return wanted_[depth]; }
  const OpErrors& errors() const { return *errors_; }

  /// The op with one place moved.
  Op moved(std::size_t depth, std::int64_t place) {
    *axes_[depth].place = place;
    Op op = op_;
    *axes_[depth].place = wanted_[depth];
    return op;
  }
  /// Its operations, or its bytes where it has none.
  double work_at(std::size_t depth, std::int64_t place) {
    const Work work = work_of(moved(depth, place));
    return work.flops > 0 ? work.flops : work.bytes;
  }

 private:
  Op op_;
  std::vector<OpAxis> axes_;
  std::vector<std::int64_t> wanted_;
  const OpErrors* errors_;
};

OpTimes::OpTimes(const Record& record, double read_gbps, Engine engine, const MethodError& error)
    : error_(&error),
      read_gbps_(read_gbps),
      launch_gap_ns_(record.device.backend == Backend::kCuda ? kCudaLaunchGapNs : 0) {
  for (const DType dtype : gemm_dtypes(record)) {
    if (const auto peak = best_arithmetic(record, dtype)) tflops_[dtype] = peak->rate.value;
  }
  for (const Measurement* m : parts_of_a_step(record)) {
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
  std::optional<OpTime> time = known(op);
  if (time && !is_scaled(*time)) return std::move(*time);
  OpTime roofline = modelled(op);
  return time && time->time_ns.value > roofline.time_ns.value ? std::move(*time)
                                                              : std::move(roofline);
}

std::optional<OpTime> OpTimes::known(const Op& op) const {
  Op other = op;
  take_places(axes_of(other));
  const auto found = times_.find(other);
  if (found == times_.end()) return std::nullopt;
  Query query(op, error_->of_op(family_of(op)));
  return along(found->second, query, 0);
}

std::optional<OpTime> OpTimes::along(const Places& places, Query& query, std::size_t depth) const {
  if (depth == query.depth()) {
    const Measurement& m = *places.fastest;
    return OpTime{
        m.origin == Origin::kImported ? widened(m.time_ns, query.errors().imported) : m.time_ns,
        m.origin,
        {},
        &m};
  }
  const std::int64_t place = query.wanted(depth);
  const auto upper = places.at.lower_bound(place);
  if (upper != places.at.end() && upper->first == place)
    return along(upper->second, query, depth + 1);
  if (upper == places.at.end() || upper == places.at.begin()) return outside(places, query, depth);
  return between(*std::prev(upper), *upper, query, depth);
}

std::optional<OpTime> OpTimes::between(const Place& lower, const Place& upper, Query& query,
                                       std::size_t depth) const {
  const std::optional<OpTime> below = along(lower.second, query, depth + 1),
                              above = along(upper.second, query, depth + 1);
  if (!below || !above) return std::nullopt;
  const double from = query.work_at(depth, lower.first), to = query.work_at(depth, upper.first);
  const double share = (query.work_at(depth, query.wanted(depth)) - from) / (to - from);
  const Estimate &a = below->time_ns, &b = above->time_ns;
  const double gap = as_double(upper.first) / as_double(lower.first);
  const OpAxis& axis = query.axis(depth);
  const ErrorFactors error = power(factors_of(query.errors().interpolated, axis.label),
                                   std::max(1.0, std::log(gap) / std::log(kMeasuredGap)));
  const Estimate time = widened({.value = std::lerp(a.value, b.value, share),
                                 .low = std::lerp(a.low, b.low, share),
                                 .high = std::lerp(a.high, b.high, share)},
                                error);
  if (is_scaled(*below) || is_scaled(*above))
    return OpTime{time, Origin::kModelled, ScaledFrom{lowest_of(*below)}};
  Neighbours neighbours = below->measurement != nullptr ? Neighbours{.lowest = below->measurement}
                                                        : std::get<Neighbours>(below->source);
  neighbours.above.at(neighbours.dimensions++) = {axis.label, upper.first};
  return OpTime{time,
                is_of_imported(below->origin) || is_of_imported(above->origin)
                    ? Origin::kInterpolatedImported
                    : Origin::kInterpolated,
                neighbours};
}

std::optional<OpTime> OpTimes::outside(const Places& places, Query& query,
                                       std::size_t depth) const {
  const std::int64_t wanted = query.wanted(depth);
  const bool is_beyond = places.at.begin()->first < wanted;
  const auto end = is_beyond ? std::prev(places.at.end()) : places.at.begin();
  const double ratio = as_double(wanted) / as_double(end->first);
  const double distance = is_beyond ? ratio : 1 / ratio;
  if (distance > kFarthest) return std::nullopt;
  const std::optional<OpTime> last = along(end->second, query, depth + 1);
  if (!last) return std::nullopt;

  const double work = query.work_at(depth, wanted), at_end = query.work_at(depth, end->first);
  double factor =
      roofline_ns(query.moved(depth, wanted)) / roofline_ns(query.moved(depth, end->first));
  if (const auto inner = inwards(places, *end, is_beyond)) {
    if (const std::optional<OpTime> first = along(inner->second, query, depth + 1)) {
      const double slope = (last->time_ns.value - first->time_ns.value) /
                           (at_end - query.work_at(depth, inner->first));
      const double grown = 1 + slope * (work - at_end) / last->time_ns.value;
      const double in_proportion = work / at_end;
      factor = std::clamp(grown, std::min(1.0, in_proportion), std::max(1.0, in_proportion));
    }
  }
  return scaled_from(*last, factor,
                     power(factors_of(query.errors().extrapolated, query.axis(depth).label),
                           std::max(1.0, std::log2(distance))));
}

/// The nearest place that is `kSlopeSpan` times further inside than the end of the grid; null where
/// the grid is smaller.
const OpTimes::Place* OpTimes::inwards(const Places& places, const Place& end, bool is_beyond) {
  const Place* nearest = nullptr;
  for (const Place& place : places.at) {
    const double ratio = as_double(place.first) / as_double(end.first);
    if (is_beyond && ratio * kSlopeSpan <= 1) nearest = &place;
    if (!is_beyond && ratio >= kSlopeSpan) return &place;
  }
  return nearest;
}

double OpTimes::memory_ns(const Op& op) const { return work_of(op).bytes / read_gbps_; }

double OpTimes::arithmetic_ns(const Op& op) const {
  const std::optional<DType> dtype = arithmetic_type(op);
  const auto tflops = dtype ? tflops_.find(*dtype) : tflops_.end();
  return tflops != tflops_.end() ? work_of(op).flops / (tflops->second * kFlopsPerNsPerTflops) : 0;
}

double OpTimes::roofline_ns(const Op& op) const {
  return std::max(memory_ns(op), arithmetic_ns(op));
}

OpTime OpTimes::modelled(const Op& op) const {
  const double roofline = roofline_ns(op);
  const double value = roofline + launch_gap_ns_;
  const std::optional<ErrorFactors>& error = error_->of_op(family_of(op)).modelled;
  return {{.value = value,
           .low = value * (error ? error->low : 0.5),
           .high = error ? error->high * std::max(value, kSmallKernelNs) : 2 * roofline + kFewNs},
          Origin::kModelled,
          arithmetic_ns(op) > memory_ns(op)
              ? Roofline{tflops_.at(arithmetic_type(op).value()), "TFLOPS"}
              : Roofline{read_gbps_, "GB/s"}};
}

}  // namespace gpugauge
