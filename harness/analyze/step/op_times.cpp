#include "harness/analyze/step/op_times.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include "harness/base/estimate.hpp"

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

std::string path_of(const Op& op) { return fmt::format("{}/{}", kind_path(op), shape_path(op)); }

std::optional<OpTime> time_of(const Measurement* m) { return OpTime{m->time_ns, m->origin, {}, m}; }

/// What the time of one neighbour says about this place.
enum class Spread : std::uint8_t {
  kAbsolute,  ///< as it is
  kPerUnit,   ///< per unit of the dimension
};

/// The time at a place of one dimension: of the entry that is there, else between the two entries
/// around it; nothing outside, or where `inner` knows nothing of an entry that it takes.
template <typename Entry, typename Inner>
std::optional<OpTime> along(const std::map<std::int64_t, Entry>& entries, std::string_view label,
                            std::int64_t place, Spread spread, const Inner& inner) {
  const auto upper = entries.lower_bound(place);
  if (upper == entries.end()) return std::nullopt;
  if (upper->first == place) return inner(upper->second);
  if (upper == entries.begin()) return std::nullopt;
  const auto lower = std::prev(upper);
  const std::optional<OpTime> below = inner(lower->second), above = inner(upper->second);
  if (!below || !above) return std::nullopt;

  const auto as_double = [](std::int64_t value) { return static_cast<double>(value); };
  const double to_place = as_double(place) / as_double(lower->first);
  const double to_upper = as_double(upper->first) / as_double(lower->first);
  const Estimate &a = below->time_ns, &b = above->time_ns;
  const bool per_unit = spread == Spread::kPerUnit;
  const Estimate from_below = scaled(a, per_unit ? to_place : 1);
  const Estimate from_above = scaled(b, per_unit ? to_place / to_upper : 1);
  Neighbours neighbours = below->measurement != nullptr ? Neighbours{.lowest = below->measurement}
                                                        : std::get<Neighbours>(below->source);
  neighbours.above.at(neighbours.dimensions++) = {label, upper->first};
  return OpTime{{.value = std::exp(std::lerp(std::log(a.value), std::log(b.value),
                                             std::log(to_place) / std::log(to_upper))),
                 .low = std::min(from_below.low, from_above.low),
                 .high = std::max(from_below.high, from_above.high)},
                Origin::kInterpolated,
                neighbours};
}

/// Attention: by batch, then by tokens.
template <typename Heads, typename Surface>
std::optional<OpTime> attention_time(const std::map<Heads, Surface>& all, const Heads& heads,
                                     std::int64_t batch, std::string_view label,
                                     std::int64_t tokens) {
  const auto found = all.find(heads);
  if (found == all.end()) return std::nullopt;
  return along(found->second, "b", batch, Spread::kAbsolute, [&](const auto& curve) {
    return along(curve, label, tokens, Spread::kAbsolute, time_of);
  });
}

std::tuple<DType, DType, DType> types_of(const Gemm& g) {
  return {g.activations, g.weights, g.output};
}

auto heads_of(const AttentionDecode& a) {
  return std::tuple(a.heads, a.kv_heads, a.head_dim, a.kv, a.page_tokens);
}

auto heads_of(const AttentionPrefill& a) {
  return std::tuple(a.heads, a.kv_heads, a.head_dim, a.dtype);
}

auto shape_of(const TokenOp& t) {
  return std::tuple(t.kind, t.tokens, t.width, t.output, t.kv_heads, t.head_dim);
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
  const Op& op = m.c.op;
  if (const auto* g = std::get_if<Gemm>(&op)) {
    keep_faster(gemms_[types_of(*g)][g->k][g->n][g->m], &m);
  } else if (const auto* decode = std::get_if<AttentionDecode>(&op)) {
    keep_faster(decodes_[heads_of(*decode)][decode->batch][decode->context], &m);
  } else if (const auto* prefill = std::get_if<AttentionPrefill>(&op)) {
    keep_faster(prefills_[heads_of(*prefill)][prefill->batch][prefill->tokens], &m);
  } else if (const auto* token_op = std::get_if<TokenOp>(&op)) {
    keep_faster(token_ops_[shape_of(*token_op)], &m);
  } else if (const auto* reduce = std::get_if<AllReduce>(&op)) {
    keep_faster(all_reduces_[reduce->cards][reduce->bytes], &m);
  } else {
    keep_faster(others_[path_of(op)], &m);
  }
}

OpTime OpTimes::at(const Op& op) const {
  const std::optional<OpTime> time = known(op);
  return time ? *time : modelled(op);
}

std::optional<OpTime> OpTimes::known(const Op& op) const {
  if (const auto* g = std::get_if<Gemm>(&op)) {
    const auto found = gemms_.find(types_of(*g));
    if (found == gemms_.end()) return std::nullopt;
    return along(found->second, "k", g->k, Spread::kPerUnit, [&](const Surface& by_n) {
      return along(by_n, "n", g->n, Spread::kPerUnit, [&](const Curve& by_m) {
        return along(by_m, "m", g->m, Spread::kAbsolute, time_of);
      });
    });
  }
  if (const auto* decode = std::get_if<AttentionDecode>(&op))
    return attention_time(decodes_, heads_of(*decode), decode->batch, "c", decode->context);
  if (const auto* prefill = std::get_if<AttentionPrefill>(&op))
    return attention_time(prefills_, heads_of(*prefill), prefill->batch, "t", prefill->tokens);
  if (const auto* token_op = std::get_if<TokenOp>(&op)) {
    const auto found = token_ops_.find(shape_of(*token_op));
    return found != token_ops_.end() ? time_of(found->second) : std::nullopt;
  }
  if (const auto* reduce = std::get_if<AllReduce>(&op)) {
    const auto of_cards = all_reduces_.find(reduce->cards);
    if (of_cards == all_reduces_.end()) return std::nullopt;
    return along(of_cards->second, "bytes", reduce->bytes, Spread::kAbsolute, time_of);
  }
  const auto found = others_.find(path_of(op));
  return found != others_.end() ? time_of(found->second) : std::nullopt;
}

std::optional<double> OpTimes::tflops_for(const Op& op) const {
  const auto* gemm = std::get_if<Gemm>(&op);
  const auto* decode = std::get_if<AttentionDecode>(&op);
  const auto* prefill = std::get_if<AttentionPrefill>(&op);
  if (gemm == nullptr && decode == nullptr && prefill == nullptr) return std::nullopt;
  const auto found = tflops_.find(gemm != nullptr     ? gemm->weights
                                  : decode != nullptr ? decode->kv
                                                      : prefill->dtype);
  return found != tflops_.end() ? std::optional(found->second) : std::nullopt;
}

OpTime OpTimes::modelled(const Op& op) const {
  const Work work = work_of(op);
  const double memory_ns = work.bytes / read_gbps_;
  const std::optional<double> tflops = tflops_for(op);
  const double arithmetic_ns = tflops ? work.flops / (*tflops * 1e3) : 0;
  const double roofline_ns = std::max(memory_ns, arithmetic_ns);
  const double value = roofline_ns + launch_gap_ns_;
  return {{.value = value, .low = value / 2, .high = 2 * roofline_ns + kSmallKernelNs},
          Origin::kModelled,
          arithmetic_ns > memory_ns ? Roofline{*tflops, "TFLOPS"} : Roofline{read_gbps_, "GB/s"}};
}

}  // namespace gpugauge
