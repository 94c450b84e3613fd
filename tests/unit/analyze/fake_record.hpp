#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/config/datasheet.hpp"
#include "harness/config/model.hpp"
#include "harness/plan/case.hpp"
#include "harness/record/record.hpp"

namespace gpugauge::fake {

/// A verified library measurement whose interval is the time ±1%.
inline Measurement measurement(const Op& op, double time_ns, std::string implementation = "lib",
                               CaseOptions options = {}) {
  Measurement m;
  m.c = {.op = op,
         .implementation = std::move(implementation),
         .options = options,
         .model = {},
         .role = {}};
  m.name = case_name(m.c);
  m.is_library = true;
  m.work = work_of(op);
  m.time_ns = {.value = time_ns, .low = 0.99 * time_ns, .high = 1.01 * time_ns};
  m.sample_count = 20;
  m.verification.passed = true;
  return m;
}

/// A measurement that takes as long as its bytes do at this rate.
inline Measurement at_gbps(const Op& op, double gbps, std::string implementation = "lib") {
  return measurement(op, work_of(op).bytes / gbps, std::move(implementation));
}

/// A measurement that takes as long as its operations do at this rate.
inline Measurement at_tflops(const Op& op, double tflops, std::string implementation = "lib") {
  return measurement(op, work_of(op).flops / tflops / 1e3, std::move(implementation));
}

inline constexpr std::int64_t kGiB = std::int64_t{1} << 30;

inline MemoryStream memory(MemoryPattern pattern, std::int64_t bytes = 4 * kGiB) {
  return {.pattern = pattern, .bytes = bytes};
}

inline Gemm square(DType dtype, std::int64_t n) { return gemm_of(dtype, n, n, n); }

inline Record record(std::vector<Measurement> measurements) {
  Record r;
  r.path = "results/run.json";
  r.device.id = "cuda:0";
  r.device.backend = Backend::kCuda;
  r.device.name = "Fake H1";
  r.device.memory_bytes = 80 * kGiB;
  for (const Measurement& m : measurements) r.planned.push_back(m.name);
  r.measurements = std::move(measurements);
  return r;
}

/// 1000 GB/s and 100 TFLOPS in BF16: round numbers whose ridge point is 100 FLOP a byte.
inline Datasheet datasheet() {
  Datasheet sheet;
  sheet.name = "fake-h1";
  sheet.title = "Fake H1";
  const auto stated = [](double value) { return SourcedValue{value, "Fake H1 datasheet, 2024"}; };
  sheet.metrics.push_back(
      {std::nullopt, stated(1000), SourcedValue{950, "a blog, 4 GiB read"}, 0.90});
  sheet.metrics.push_back({DType::kBf16, stated(100), std::nullopt, 0.70});
  return sheet;
}

inline ModelConfig llama_8b() {
  ModelConfig model;
  model.name = "llama-3.1-8b";
  model.num_hidden_layers = 32;
  model.hidden_size = 4096;
  model.intermediate_size = 14336;
  model.num_attention_heads = 32;
  model.num_key_value_heads = 8;
  model.head_dim = 128;
  model.vocab_size = 128256;
  return model;
}

/// Every linear of the model at this precision and batch, all at one share of what memory carries.
inline std::vector<Measurement> linears(const ModelConfig& model, Precision precision,
                                        std::int64_t batch, double gbps) {
  std::vector<Measurement> all;
  for (const Linear& linear : model.linears()) {
    Measurement m =
        at_gbps(gemm_of(dtype_of(linear.role, precision), batch, linear.n, linear.k), gbps);
    m.c.model = model.name;
    m.c.role = name_of(linear.role);
    m.name = case_name(m.c);
    all.push_back(std::move(m));
  }
  return all;
}

}  // namespace gpugauge::fake
