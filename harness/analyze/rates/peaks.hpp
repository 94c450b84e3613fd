#pragma once

#include <optional>
#include <vector>

#include "harness/base/statistics.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

/// A GEMM speaks for the arithmetic only from this multiple of the ridge point on: there its bytes
/// explain at most half of its time.
inline constexpr double kRidgeMultiple = 2.0;

/// The best that a card was measured to do: GB/s for memory, TFLOPS for arithmetic. Its interval is
/// the reciprocal of the time's.
struct Peak {
  Estimate rate;
  const Measurement* measurement;  ///< points into the record
};

/// One measurement a case: of repetitions that of median time (of an even count, the slower of the
/// middle two). In the order of the record, into which the pointers point.
std::vector<const Measurement*> one_per_case(const Record& record);

/// Of those that may speak for the device (cold, N(0,1) data, verified, with a positive time) one a
/// case, in the same way.
std::vector<const Measurement*> representative(const Record& record);

/// Of those that may be summed up to a step one a case: what speaks for the device, and token ops
/// that find their input in the cache as in a step (`TokenOpRow::reads_fresh`), but nothing that
/// was timed while it overlapped with itself.
std::vector<const Measurement*> parts_of_a_step(const Record& record);

/// The fastest measurement of a pattern at its largest footprint, which is what a model's weights
/// are.
std::optional<Peak> best_bandwidth(const Record& record, MemoryPattern pattern);

/// How fast a card reads its memory, in GB/s, and how that is known.
struct ReadRate {
  Estimate rate;
  Origin origin;
};

/// The measured read bandwidth; where the record is imported and has none, what the device is
/// stated to carry, which is quoted: a bound, not what a kernel reaches. Else nothing.
std::optional<ReadRate> read_rate(const Record& record);

/// The fastest GEMM whose operands both have this type, among those of at least
/// `min_flops_per_byte`.
std::optional<Peak> best_gemm(const Record& record, DType dtype, double min_flops_per_byte = 0);

/// The fastest GEMM of this type if it is limited by arithmetic: if it lies at least
/// `kRidgeMultiple` beyond the ridge point that its own rate and the read rate make.
std::optional<Peak> best_arithmetic(const Record& record, DType dtype);

/// Operations per byte at which arithmetic and memory take equally long.
double ridge_flops_per_byte(double tflops, double gbps);

/// The operand types of the record's GEMMs, each once, in the order of the enum.
std::vector<DType> gemm_dtypes(const Record& record);

}  // namespace gpugauge
