#include "harness/plan/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "harness/base/error.hpp"
#include "kernels/device_limits.hpp"

namespace gpugauge {
namespace {

/// Lists of a suite multiply; nobody measures more.
constexpr std::size_t kMostCases = 100'000;

class Planner {
 public:
  Planner(const Suite& suite, const std::vector<ModelConfig>& models, const DeviceInfo& device)
      : suite_(suite), models_(models), device_(device) {}

  Plan run() {
    for (const SuiteEntry& entry : suite_.entries) {
      if (entry.backend && *entry.backend != device_.backend) continue;
      entry.make_ops(
          entry.models, [&](const std::string& name) { return model_of(name); },
          [&](const Op& op, const std::string& model, const std::string& role) {
            add_variants(entry, op, model, role);
          });
    }
    return std::move(plan_);
  }

 private:
  void add_variants(const SuiteEntry& entry, const Op& op, const std::string& model,
                    const std::string& role) {
    for (CacheState cache : entry.cache) {
      for (Distribution data : entry.data) {
        for (const std::string& implementation : entry.implementations) {
          add({op, implementation, {.cache = cache, .data = data, .pace = entry.pace}, model, role},
              entry.policy);
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
    if (names_.size() > kMostCases)
      throw UsageError(fmt::format("{}: suite {} has more than {} cases, expected fewer",
                                   suite_.path.string(), suite_.name, kMostCases));
    planned.work = work_of(planned.c.op);
    planned.implementation =
        find_implementation(planned.c.implementation, planned.c.op, device_.backend);
    planned.unsupported =
        planned.implementation != nullptr
            ? planned.implementation->supports(planned.c.op, device_)
            : Unsupported(fmt::format("no implementation '{}' of {} for {} in this build",
                                      planned.c.implementation, family_of(planned.c.op),
                                      name_of(device_.backend)));
    if (!planned.unsupported) {
      planned.unsupported = operands_larger_than_memory(planned.c.op, device_);
    }
    plan_.cases.push_back(std::move(planned));
  }

  ModelConfig model_of(const std::string& name) const {
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

std::optional<double> arithmetic_rate(const Op& op, const RoofRates& rates) {
  const auto dtype = arithmetic_type(op);
  for (const auto& [of_type, tflops] : rates.tflops) {
    if (of_type == dtype) return tflops;
  }
  return std::nullopt;
}

}  // namespace

Plan make_plan(const Suite& suite, const std::vector<ModelConfig>& models,
               const DeviceInfo& device) {
  return Planner(suite, models, device).run();
}

std::optional<double> roof_seconds(const Op& op, const RoofRates& rates) {
  const Work work = work_of(op);
  std::optional<double> roof;
  if (rates.memory_gbps && work.bytes > 0 && !crosses_link(op))
    roof = work.bytes / (*rates.memory_gbps * 1e9);
  if (const auto tflops = arithmetic_rate(op, rates)) {
    roof = std::max(roof.value_or(0.0), work.flops / (*tflops * 1e12));
  }
  return roof;
}

}  // namespace gpugauge
