#include "harness/plan/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "harness/base/error.hpp"
#include "harness/base/units.hpp"
#include "harness/config/model_ops.hpp"

namespace gpugauge {
namespace {

class Planner {
 public:
  Planner(const Suite& suite, const std::vector<ModelConfig>& models, const DeviceInfo& device)
      : suite_(suite), models_(models), device_(device) {}

  Plan run() {
    for (const SuiteEntry& entry : suite_.entries) {
      if (entry.backend && *entry.backend != device_.backend) continue;
      add_family(entry);
    }
    return std::move(plan_);
  }

 private:
  void add_family(const SuiteEntry& entry) {
    using Add = void (Planner::*)(const SuiteEntry&);
    static const std::unordered_map<std::string_view, Add> kAdders{
        {"memory", &Planner::add_memory},
        {"gemm", &Planner::add_gemms},
        {"tensor_peak", &Planner::add_tensor_peaks},
        {"attention_decode", &Planner::add_attention_decode},
        {"attention_prefill", &Planner::add_attention_prefill},
        {"token_op", &Planner::add_token_ops},
        {"decode_step", &Planner::add_decode_steps},
        {"latency", &Planner::add_latencies},
        {"transfer", &Planner::add_transfers},
    };
    (this->*kAdders.at(entry.family))(entry);
  }

  void add_memory(const SuiteEntry& entry) {
    for (std::int64_t bytes : entry.sizes_bytes) {
      for (MemoryPattern pattern : entry.patterns)
        add_variants(entry, MemoryStream{pattern, bytes});
    }
  }

  void add_gemms(const SuiteEntry& entry) {
    for (const Gemm& shape : entry.shapes) {
      for (DType dtype : entry.dtypes)
        add_variants(entry, gemm_of(dtype, shape.m, shape.n, shape.k));
    }
    for_each_batch(entry, [&](const ModelConfig& model, std::int64_t batch) {
      for (Precision precision : entry.precisions) add_linears(entry, model, precision, batch);
    });
  }

  void add_tensor_peaks(const SuiteEntry& entry) {
    for (DType dtype : entry.dtypes) {
      for (Sparsity sparsity : entry.sparsity) {
        add_variants(entry, TensorPeak{.dtype = dtype,
                                       .sparse = sparsity == Sparsity::kSparse,
                                       .flops = entry.gflop * kFlopsPerGflop});
      }
    }
  }

  void add_attention_decode(const SuiteEntry& entry) {
    for_each_batch(entry, [&](const ModelConfig& model, std::int64_t batch) {
      for (std::int64_t context : entry.contexts) {
        for (DType kv : entry.kv) {
          for (std::int64_t page : entry.page_tokens) {
            AttentionDecode op = attention_decode_of(model, batch, context, kv);
            op.page_tokens = page;
            add_variants(entry, op, model.name);
          }
        }
      }
    });
  }

  void add_attention_prefill(const SuiteEntry& entry) {
    for_each_batch(entry, [&](const ModelConfig& model, std::int64_t batch) {
      for (std::int64_t tokens : entry.tokens) {
        for (DType dtype : entry.dtypes)
          add_variants(entry, attention_prefill_of(model, batch, tokens, dtype), model.name);
      }
    });
  }

  void add_token_ops(const SuiteEntry& entry) {
    for_each_batch(entry, [&](const ModelConfig& model, std::int64_t batch) {
      for (TokenOpKind kind : entry.token_ops) {
        for (const TokenOp& op : token_ops_of(model, kind, batch, entry.output))
          add_variants(entry, op, model.name);
      }
    });
  }

  void add_decode_steps(const SuiteEntry& entry) {
    for_each_batch(entry, [&](const ModelConfig& model, std::int64_t batch) {
      if (model.is_mixture()) return;  // no graph has experts
      for (Precision precision : entry.precisions) {
        for (std::int64_t context : entry.contexts) {
          for (DType kv : entry.kv)
            add_variants(entry, decode_step_of(model, precision, batch, context, kv), model.name);
        }
      }
    });
  }

  void add_latencies(const SuiteEntry& entry) {
    for (LatencyKind kind : entry.latencies) {
      if (!is_pointer_chase(kind)) {
        add_variants(entry, Latency{.kind = kind, .count = entry.count, .bytes = 0});
        continue;
      }
      for (std::int64_t bytes : entry.sizes_bytes)
        add_variants(entry, Latency{.kind = kind, .count = entry.count, .bytes = bytes});
    }
  }

  void add_transfers(const SuiteEntry& entry) {
    for (std::int64_t bytes : entry.sizes_bytes) {
      for (TransferKind kind : entry.transfers) add_variants(entry, Transfer{kind, bytes});
    }
  }

  template <typename Add>
  void for_each_batch(const SuiteEntry& entry, const Add& add) {
    for (const std::string& name : entry.models) {
      for (std::int64_t batch : entry.batches) add(model_of(name), batch);
    }
  }

  void add_linears(const SuiteEntry& entry, const ModelConfig& model, Precision precision,
                   std::int64_t batch) {
    for (const LinearOp& linear : linear_ops_of(model, precision, batch)) {
      const auto& wanted = entry.linears;
      if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), linear.role) == wanted.end())
        continue;
      Gemm gemm = linear.gemm;
      gemm.activations = entry.activations.value_or(gemm.activations);
      add_variants(entry, gemm, model.name, std::string(name_of(linear.role)));
    }
  }

  void add_variants(const SuiteEntry& entry, const Op& op, const std::string& model = {},
                    const std::string& role = {}) {
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

/// The type whose arithmetic bounds the op, where a datasheet's dense rate speaks of it.
std::optional<DType> arithmetic_type(const Op& op) {
  if (const auto* gemm = std::get_if<Gemm>(&op)) return gemm->weights;
  if (const auto* prefill = std::get_if<AttentionPrefill>(&op)) return prefill->dtype;
  const auto* peak = std::get_if<TensorPeak>(&op);
  return peak != nullptr && !peak->sparse ? std::optional(peak->dtype) : std::nullopt;
}

std::optional<double> arithmetic_rate(const Op& op, const FloorRates& rates) {
  const auto dtype = arithmetic_type(op);
  for (const auto& [of_type, tflops] : rates.tflops) {
    if (of_type == dtype) return tflops;
  }
  return std::nullopt;
}

bool crosses_device_memory(const Op& op) {
  const bool crosses_a_link =
      std::holds_alternative<Transfer>(op) || std::holds_alternative<AllReduce>(op);
  return !crosses_a_link && work_of(op).bytes > 0;
}

}  // namespace

Plan make_plan(const Suite& suite, const std::vector<ModelConfig>& models,
               const DeviceInfo& device) {
  return Planner(suite, models, device).run();
}

std::optional<double> floor_seconds(const Op& op, const FloorRates& rates) {
  const Work work = work_of(op);
  std::optional<double> floor;
  if (rates.memory_gbps && crosses_device_memory(op))
    floor = work.bytes / (*rates.memory_gbps * 1e9);
  if (const auto tflops = arithmetic_rate(op, rates)) {
    floor = std::max(floor.value_or(0.0), work.flops / (*tflops * 1e12));
  }
  return floor;
}

}  // namespace gpugauge
