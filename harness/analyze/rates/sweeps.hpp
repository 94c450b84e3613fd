#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "harness/record/record.hpp"
#include "kernels/ops/op.hpp"

namespace gpugauge {

/// A measurement among several records.
struct CasePlace {
  std::size_t record = 0, measurement = 0;  ///< index into the records, and into their measurements
};

/// One implementation on one card, over the batch.
struct SweepLine {
  std::string implementation;
  std::vector<CasePlace> cases;  ///< by m, each m once: of repetitions the first
};

/// A matrix product of fixed weights at several batches, on every card that has it.
struct GemmSweep {
  std::string model, role;  ///< empty where the product is of no model
  DType weights = DType::kBf16;
  std::int64_t n = 0, k = 0;
  std::vector<SweepLine> lines;
};

/// Every product that some implementation ran at two batches at least, cold and on N(0,1) data; in
/// the order in which they were first met.
std::vector<GemmSweep> gemm_sweeps(std::span<const Record* const> records);

/// One implementation over one size: a footprint, a batch, a length; all else is the same.
struct RateSweep {
  RateUnit unit;                   ///< that of the largest size: what the sweep leads to
  std::vector<std::size_t> cases;  ///< by size, each once: of repetitions the first
  std::vector<double> rates;       ///< of each of them
};

/// Every sweep of `least` sizes or more, in the order in which each is first met.
std::vector<RateSweep> rate_sweeps(std::span<const Measurement> measurements,
                                   std::size_t least = 3);

/// Tokens of KV cache at which attention was measured, ascending; of more than `most` the powers of
/// two among them.
std::vector<std::int64_t> measured_contexts(std::span<const Record* const> records,
                                            std::size_t most = 16);

}  // namespace gpugauge
