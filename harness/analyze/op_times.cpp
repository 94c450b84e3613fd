#include "harness/analyze/op_times.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

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

OpTime measured(const Measurement& m) { return {m.time_ns, Origin::kMeasured, m.name}; }

OpTime interpolated(std::int64_t m, const Measurement& below, std::int64_t m_below,
                    const Measurement& above, std::int64_t m_above) {
  const double position = std::log(static_cast<double>(m) / static_cast<double>(m_below)) /
                          std::log(static_cast<double>(m_above) / static_cast<double>(m_below));
  const Estimate &a = below.time_ns, &b = above.time_ns;
  return {{.value = std::exp(std::lerp(std::log(a.value), std::log(b.value), position)),
           .low = std::min(a.low, b.low),
           .high = std::max(a.high, b.high)},
          Origin::kInterpolated,
          fmt::format("{} … m:{}", below.name, m_above)};
}

}  // namespace

std::string_view name_of(Engine engine) {
  constexpr std::array<std::string_view, 2> kNames{"library", "best"};
  return kNames.at(static_cast<std::size_t>(engine));
}

OpTimes::OpTimes(const Record& record, double read_gbps, Engine engine)
    : read_gbps_(read_gbps),
      launch_gap_ns_(record.device.backend == Backend::kCuda ? kCudaLaunchGapNs : 0) {
  for (const DType dtype : gemm_dtypes(record)) {
    if (const auto peak = best_arithmetic(record, dtype)) tflops_[dtype] = peak->rate.value;
  }
  for (const Measurement* m : representative(record)) {
    if (engine == Engine::kLibrary && !m->is_library) continue;
    if (const auto* g = std::get_if<Gemm>(&m->c.op)) {
      keep_faster(gemms_[{g->n, g->k, g->activations, g->weights, g->output}][g->m], m);
    } else {
      keep_faster(others_[path_of(m->c.op)], m);
    }
  }
}

OpTime OpTimes::at(const Op& op) const {
  if (const auto* gemm = std::get_if<Gemm>(&op)) return gemm_at(*gemm);
  const auto found = others_.find(path_of(op));
  return found != others_.end() ? measured(*found->second) : modelled(op);
}

OpTime OpTimes::gemm_at(const Gemm& gemm) const {
  const auto found = gemms_.find({gemm.n, gemm.k, gemm.activations, gemm.weights, gemm.output});
  if (found == gemms_.end()) return modelled(gemm);
  const Curve& curve = found->second;
  const auto above = curve.lower_bound(gemm.m);
  if (above == curve.end()) return modelled(gemm);
  if (above->first == gemm.m) return measured(*above->second);
  if (above == curve.begin()) return modelled(gemm);
  const auto below = std::prev(above);
  return interpolated(gemm.m, *below->second, below->first, *above->second, above->first);
}

std::optional<double> OpTimes::tflops_for(const Op& op) const {
  const auto* gemm = std::get_if<Gemm>(&op);
  const auto* attention = std::get_if<AttentionDecode>(&op);
  if (gemm == nullptr && attention == nullptr) return std::nullopt;
  const auto found = tflops_.find(gemm != nullptr ? gemm->weights : attention->kv);
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
          arithmetic_ns > memory_ns ? fmt::format("roofline: {:.4g} TFLOPS", *tflops)
                                    : fmt::format("roofline: {:.4g} GB/s", read_gbps_)};
}

}  // namespace gpugauge
