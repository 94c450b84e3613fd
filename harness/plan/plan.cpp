#include "harness/plan/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "harness/error.hpp"

namespace gpugauge {
namespace {

class Planner {
 public:
  Planner(const Suite& suite, const std::vector<ModelConfig>& models, const DeviceInfo& device)
      : suite_(suite), models_(models), device_(device) {}

  Plan run() {
    for (const SuiteEntry& entry : suite_.entries) {
      if (entry.backend && *entry.backend != device_.backend) continue;
      entry.family == "memory" ? add_memory(entry) : add_gemms(entry);
    }
    return std::move(plan_);
  }

 private:
  void add_memory(const SuiteEntry& entry) {
    for (std::int64_t bytes : entry.sizes_bytes) {
      for (MemoryPattern pattern : entry.patterns)
        add_variants(entry, MemoryStream{pattern, bytes}, "", "");
    }
  }

  void add_gemms(const SuiteEntry& entry) {
    for (const Gemm& shape : entry.shapes) {
      for (DType dtype : entry.dtypes)
        add_variants(entry, gemm_of(dtype, shape.m, shape.n, shape.k), "", "");
    }
    for (const std::string& name : entry.models) {
      const ModelConfig& model = model_of(name);
      for (Precision precision : entry.precisions) {
        for (std::int64_t batch : entry.batches) add_linears(entry, model, precision, batch);
      }
    }
  }

  void add_linears(const SuiteEntry& entry, const ModelConfig& model, Precision precision,
                   std::int64_t batch) {
    for (const Linear& linear : model.linears()) {
      const auto& wanted = entry.linears;
      if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), linear.role) == wanted.end())
        continue;
      const DType dtype =
          linear.role == LinearRole::kLmHead ? head_dtype(precision) : linear_dtype(precision);
      add_variants(entry, gemm_of(dtype, batch, linear.n, linear.k), model.name,
                   std::string(name_of(linear.role)));
    }
  }

  void add_variants(const SuiteEntry& entry, const Op& op, const std::string& model,
                    const std::string& role) {
    for (CacheState cache : entry.cache) {
      for (Distribution data : entry.data) {
        for (const std::string& implementation : entry.implementations) {
          add({op, implementation, {.cache = cache, .data = data}, model, role}, entry.policy);
        }
      }
    }
  }

  void add(Case c, const SamplingPolicy& policy) {
    PlannedCase planned;
    planned.c = std::move(c);
    planned.policy = policy;
    planned.name = case_name(planned.c);
    if (!names_.insert(planned.name).second) return;
    planned.work = work_of(planned.c.op);
    planned.implementation =
        find_implementation(planned.c.implementation, planned.c.op, device_.backend);
    planned.unsupported =
        planned.implementation != nullptr
            ? planned.implementation->supports(planned.c.op, device_)
            : Unsupported(fmt::format("no implementation '{}' of {} for {} in this build",
                                      planned.c.implementation, family_of(planned.c.op),
                                      name_of(device_.backend)));
    plan_.cases.push_back(std::move(planned));
  }

  const ModelConfig& model_of(const std::string& name) const {
    const auto found = std::find_if(models_.begin(), models_.end(),
                                    [&](const ModelConfig& m) { return m.name == name; });
    if (found == models_.end()) {
      throw UsageError(fmt::format("suite {}: model '{}' was not loaded", suite_.name, name));
    }
    return *found;
  }

  const Suite& suite_;
  const std::vector<ModelConfig>& models_;
  const DeviceInfo& device_;
  std::unordered_set<std::string> names_;
  Plan plan_;
};

std::optional<double> arithmetic_rate(const Op& op, const FloorRates& rates) {
  const auto* gemm = std::get_if<Gemm>(&op);
  if (gemm == nullptr) return std::nullopt;
  for (const auto& [dtype, tflops] : rates.tflops) {
    if (dtype == gemm->weights) return tflops;
  }
  return std::nullopt;
}

}  // namespace

Plan make_plan(const Suite& suite, const std::vector<ModelConfig>& models,
               const DeviceInfo& device) {
  return Planner(suite, models, device).run();
}

std::optional<double> floor_seconds(const Op& op, const FloorRates& rates) {
  const Work work = work_of(op);
  std::optional<double> floor;
  if (rates.memory_gbps) floor = work.bytes / (*rates.memory_gbps * 1e9);
  if (const auto tflops = arithmetic_rate(op, rates)) {
    floor = std::max(floor.value_or(0.0), work.flops / (*tflops * 1e12));
  }
  return floor;
}

}  // namespace gpugauge
