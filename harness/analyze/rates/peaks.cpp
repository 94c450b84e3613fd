#include "harness/analyze/rates/peaks.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>
#include <unordered_map>

#include "harness/base/estimate.hpp"
#include "harness/base/units.hpp"

namespace gpugauge {
namespace {

/// Of real data, without breaks, and with a time to count on.
bool is_sound(const Measurement& m) {
  const Estimate& t = m.time_ns;
  return m.counts() && m.c.options.data == Distribution::kNormal && !m.c.options.pace &&
         t.low > 0 && t.low <= t.value && t.value <= t.high && std::isfinite(t.high);
}

bool speaks_for_device(const Measurement& m) {
  return is_sound(m) && m.c.options.cache == CacheState::kCold;
}

bool is_part_of_a_step(const Measurement& m) {
  const auto* token_op = std::get_if<TokenOp>(&m.c.op);
  const bool may_be_hot = token_op != nullptr && row_of(token_op->kind).reads_fresh;
  return is_sound(m) && !m.overlaps_itself.value_or(false) &&
         (may_be_hot || m.c.options.cache == CacheState::kCold);
}

template <typename Predicate>
std::vector<const Measurement*> one_per_case_where(const Record& record, Predicate predicate) {
  std::unordered_map<std::string_view, std::vector<const Measurement*>> repetitions;
  std::vector<std::string_view> order;
  for (const Measurement& m : record.measurements) {
    if (!predicate(m)) continue;
    auto& same_name = repetitions[m.name];
    if (same_name.empty()) order.push_back(m.name);
    same_name.push_back(&m);
  }
  std::vector<const Measurement*> result;
  result.reserve(order.size());
  for (const std::string_view name : order) {
    auto& same_name = repetitions[name];
    const auto middle = same_name.begin() + static_cast<std::ptrdiff_t>(same_name.size() / 2);
    std::nth_element(same_name.begin(), middle, same_name.end(),
                     [](const Measurement* a, const Measurement* b) {
                       return a->time_ns.value < b->time_ns.value;
                     });
    result.push_back(*middle);
  }
  return result;
}

const Gemm* gemm_with_operands(const Measurement& m, DType dtype) {
  const auto* gemm = std::get_if<Gemm>(&m.c.op);
  return gemm != nullptr && gemm->weights == dtype && gemm->activations == dtype ? gemm : nullptr;
}

}  // namespace

std::vector<const Measurement*> one_per_case(const Record& record) {
  return one_per_case_where(record, [](const Measurement&) { return true; });
}

std::vector<const Measurement*> representative(const Record& record) {
  return one_per_case_where(record, speaks_for_device);
}

std::vector<const Measurement*> parts_of_a_step(const Record& record) {
  return one_per_case_where(record, is_part_of_a_step);
}

std::optional<Peak> best_bandwidth(const Record& record, MemoryPattern pattern) {
  const Measurement* best = nullptr;
  for (const Measurement* m : representative(record)) {
    const auto* memory = std::get_if<MemoryStream>(&m->c.op);
    if (memory == nullptr || memory->pattern != pattern || m->work.bytes <= 0) continue;
    if (best == nullptr || m->work.bytes > best->work.bytes ||
        (m->work.bytes == best->work.bytes && m->time_ns.value < best->time_ns.value))
      best = m;
  }
  if (best == nullptr) return std::nullopt;
  return Peak{reciprocal(best->work.bytes, best->time_ns), best};
}

std::optional<ReadRate> read_rate(const Record& record) {
  if (const auto read = best_bandwidth(record, MemoryPattern::kRead))
    return ReadRate{read->rate, Origin::kMeasured};
  const std::optional<double> stated = record.device.pin_rate_gbps;
  const bool imported =
      std::any_of(record.measurements.begin(), record.measurements.end(),
                  [](const Measurement& m) { return m.origin == Origin::kImported; });
  if (!imported || !stated || !(*stated > 0)) return std::nullopt;
  return ReadRate{{.value = *stated, .low = *stated, .high = *stated}, Origin::kQuoted};
}

std::optional<Peak> best_gemm(const Record& record, DType dtype, double min_flops_per_byte) {
  const Measurement* best = nullptr;
  for (const Measurement* m : representative(record)) {
    if (gemm_with_operands(*m, dtype) == nullptr || m->work.bytes <= 0 || m->work.flops <= 0 ||
        m->work.flops < min_flops_per_byte * m->work.bytes)
      continue;
    if (best == nullptr || m->tflops() > best->tflops()) best = m;
  }
  if (best == nullptr) return std::nullopt;
  return Peak{reciprocal(best->work.flops / kFlopsPerNsPerTflops, best->time_ns), best};
}

std::optional<Peak> best_arithmetic(const Record& record, DType dtype) {
  const std::optional<Peak> gemm = best_gemm(record, dtype);
  const std::optional<ReadRate> read = read_rate(record);
  if (!gemm || !read) return std::nullopt;
  const Work& work = gemm->measurement->work;
  const double ridge = ridge_flops_per_byte(gemm->rate.value, read->rate.value);
  if (work.flops < kRidgeMultiple * ridge * work.bytes) return std::nullopt;
  return gemm;
}

double ridge_flops_per_byte(double tflops, double gbps) {
  return tflops * kFlopsPerNsPerTflops / gbps;
}

std::vector<DType> gemm_dtypes(const Record& record) {
  std::set<DType> dtypes;
  for (const Measurement* m : representative(record)) {
    if (const auto* gemm = std::get_if<Gemm>(&m->c.op);
        gemm && gemm_with_operands(*m, gemm->weights))
      dtypes.insert(gemm->weights);
  }
  return {dtypes.begin(), dtypes.end()};
}

}  // namespace gpugauge
