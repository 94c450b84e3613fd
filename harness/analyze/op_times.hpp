#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "harness/analyze/peaks.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

/// Which implementations of an op a step is made of.
enum class Engine : std::uint8_t {
  kLibrary,  ///< what a framework would run today: the fastest of those marked so
  kBest,     ///< the fastest verified of all
};
std::string_view name_of(Engine engine);

/// The time of one launch, and how it is known.
struct OpTime {
  Estimate time_ns;
  Origin origin;
  std::string source;  ///< the case, the two cases, or what bounds the model
};

/// Times of ops on the device of a record, from the measurements that may speak for it.
///
/// - measured: this very op is in the record.
/// - interpolated: a GEMM of the same n, k and types was measured at a smaller and at a larger m;
///   linear in log m and log t. The interval is everything that the two neighbours span: the kernel
///   changes with m and takes its time with it in steps, so that a line through them proves no
///   more. There is no extrapolation.
/// - modelled: the roofline of the record's own peaks: the larger of bytes over the measured read
///   bandwidth and operations over the measured GEMM rate of the type, where there is one, plus on
///   a GPU the gap between two kernels of a graph. The interval begins at half of that (operands
///   still in the cache) and ends at twice the roofline plus 5 µs (small kernels are bound by
///   latency).
class OpTimes {
 public:
  /// `read_gbps`: the measured read bandwidth to model by.
  OpTimes(const Record& record, double read_gbps, Engine engine);

  OpTime at(const Op& op) const;

 private:
  using GemmKey = std::tuple<std::int64_t, std::int64_t, DType, DType, DType>;
  using Curve = std::map<std::int64_t, const Measurement*>;  ///< by m

  OpTime gemm_at(const Gemm& gemm) const;
  OpTime modelled(const Op& op) const;
  std::optional<double> tflops_for(const Op& op) const;

  std::map<GemmKey, Curve> gemms_;
  std::map<std::string, const Measurement*> others_;  ///< by kind and shape
  double read_gbps_;
  double launch_gap_ns_;
  std::map<DType, double> tflops_;
};

}  // namespace gpugauge
