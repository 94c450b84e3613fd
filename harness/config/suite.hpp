#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/case_options.hpp"
#include "harness/config/model.hpp"
#include "harness/device/device_info.hpp"
#include "kernels/ops/op.hpp"

namespace gpugauge {

/// When to stop sampling a case, and how to warm up before it.
struct SamplingPolicy {
  double target_half_width = 0.01;  ///< of the median's 95% interval, relative to the median
  double case_seconds = 1.0;        ///< sampling stops here, converged or not
  double warmup_seconds = 0.1;      ///< replays before a case that are not sampled
  double sample_seconds = 0.002;    ///< launches are added to a sample until it lasts this long
  int min_samples = 10;
  int max_samples = 1000;
};

/// Whether 2:4 sparsity is used.
enum class Sparsity : std::uint8_t { kDense, kSparse };
std::string_view name_of(Sparsity sparsity);

/// One group of cases: the product of its lists. Which lists count is the family's to say.
struct SuiteEntry {
  std::string family;              ///< as `family_of` names them
  std::optional<Backend> backend;  ///< only there; everywhere if absent
  std::vector<std::string> implementations;
  std::vector<CacheState> cache;
  std::vector<Distribution> data;
  SamplingPolicy policy;  ///< the suite's, with the entry's own values over it

  std::vector<MemoryPattern> patterns;    ///< memory
  std::vector<std::int64_t> sizes_bytes;  ///< memory: traffic of one launch; transfer; footprints
                                          ///< of a pointer chase

  std::vector<DType> dtypes;  ///< gemm with `shapes`, tensor_peak, attention_prefill
  std::vector<Gemm> shapes;   ///< gemm: m, n, k given outright; the dtypes are set by the plan

  std::vector<std::string> models;    ///< gemm: the linears of these models …
  std::vector<Precision> precisions;  ///< … at these precisions …
  std::vector<std::int64_t> batches;  ///< … with m = batch; sequences in the other families
  std::vector<LinearRole> linears;    ///< … all of them if empty
  /// gemm: of the activations where they are not of the weights' type (the kernel quantises them).
  std::optional<DType> activations;

  std::vector<std::int64_t> contexts;     ///< attention_decode, decode_step: cached tokens
  std::vector<DType> kv;                  ///< attention_decode, decode_step: type of the cache
  std::vector<std::int64_t> page_tokens;  ///< attention_decode
  std::vector<std::int64_t> tokens;       ///< attention_prefill: length of the prompt

  std::vector<TokenOpKind> token_ops;   ///< token_op
  std::optional<DType> output;          ///< token_op: instead of the customary type
  std::vector<LatencyKind> latencies;   ///< latency
  std::vector<TransferKind> transfers;  ///< transfer
  std::vector<Sparsity> sparsity;       ///< tensor_peak
  std::int64_t gflop = 0;               ///< tensor_peak: work of a launch
  std::int64_t count = 0;               ///< latency: loads or launches in one
};

struct Suite {
  std::string name;
  std::string description;
  std::filesystem::path path;
  std::vector<std::int64_t> contexts;  ///< tokens of KV cache that the token tables are made for
  double settle_seconds = 3.0;  ///< longest wait for the clock to settle before the first case
  std::vector<SuiteEntry> entries;
};

/// Reads a suite file. Throws UsageError with file:line:column, what was expected and the nearest
/// name. `known_models`, where given, are the names that an entry's `models` may hold; whether an
/// implementation exists is the plan's to say.
Suite load_suite(const std::filesystem::path& file,
                 const std::vector<std::string>& known_models = {});

}  // namespace gpugauge
