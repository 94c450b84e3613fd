#pragma once

#include <cstdint>
#include <vector>

#include "harness/device/device.hpp"
#include "kernels/cuda/token_ops/token_ops.hpp"
#include "kernels/reference/comparison.hpp"

namespace gpugauge {

/// Compares what a launch wrote with kernels/reference, from the inputs that are still there: each
/// function takes what the launch took. Sampled rows: all up to 6, else the first, the last and 4
/// others.
class TokenOpCheck {
 public:
  TokenOpCheck(Device& device, Comparison& comparison) : device_(device), comparison_(comparison) {}

  /// With a residual that was not written over.
  void rms_norm(const RmsNormArrays& arrays, std::int64_t tokens, std::int64_t width, DType output,
                float scale);
  void gated_activation(const void* gate_up, const void* y, std::int64_t tokens, std::int64_t width,
                        DType output, float scale);
  void quantize(const void* x, const void* y, std::int64_t tokens, std::int64_t width, float scale);
  /// Every id, as they were at the launch.
  void embedding(const void* table, const std::vector<std::int32_t>& ids, const void* y,
                 std::int64_t width);
  /// With heads that were not written over.
  void head_norm(const HeadNormArrays& arrays, std::int64_t tokens, const Heads& heads);
  void rope_append(const RopeAppendArrays& arrays, std::int64_t tokens, const Heads& heads,
                   DType cache);
  /// Every row.
  void argmax(const void* logits, const std::int32_t* ids, std::int64_t tokens, std::int64_t width);

 private:
  std::vector<double> fetch(DType dtype, const void* array, std::int64_t first,
                            std::int64_t count) const;
  /// `expected` are elements `first`, … of an array on the device, in stored units of `scale`.
  void compare(DType dtype, const void* array, std::int64_t first,
               const std::vector<double>& expected, double scale = 1.0, double absolute = 0.0);

  Device& device_;
  Comparison& comparison_;
};

}  // namespace gpugauge
