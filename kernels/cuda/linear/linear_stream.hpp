#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/base/dtype.hpp"
#include "harness/device/device_info.hpp"
#include "harness/device/stream.hpp"

namespace gpugauge {

/// y[m,n] = scale · x[m,k] · w[n,k]ᵀ with few rows of x: the linears of a decode step, limited by
/// reading w once. y is BF16. Three pairs of types: BF16 with BF16; FP8 (e4m3) with FP8; BF16
/// activations with FP8 weights, which are quantised on their way.
struct LinearShape {
  std::int64_t m, n, k;
  DType activations, weights;
};

/// The most rows of x.
inline constexpr int kLinearMaxTokens = 64;

/// What runs it.
struct LinearDevice {
  int multiprocessors;
  int compute_capability;    ///< 90 for 9.0
  std::int64_t cache_bytes;  ///< of L2
};
LinearDevice linear_device(const DeviceInfo& info);

/// Device memory, row-major, 16-byte aligned, and the scales.
struct LinearOperands {
  const void* x = nullptr;
  const void* w = nullptr;
  void* y = nullptr;
  /// Of at least `linear_workspace_bytes`, zeros before its first use; every launch leaves it ready
  /// for the next one. Launches that may run at the same time need one each.
  void* workspace = nullptr;
  float scale = 1.0F;            ///< what the product of one stored x and one stored w stands for
  float x_inverse_scale = 1.0F;  ///< BF16 with FP8 alone: x is stored as e4m3(x · x_inverse_scale)
};

/// Why it cannot be run, in one line, or nothing.
std::optional<std::string> linear_unsupported(const LinearShape& shape, const LinearDevice& device);

/// Enough for this shape, however it is cut; a workspace for several shapes is the largest of
/// theirs.
std::int64_t linear_workspace_bytes(const LinearShape& shape, const LinearDevice& device);

/// Enqueues the best kernel for the device. On a stream that overlaps it fetches weights before the
/// kernel before it has ended, so that one may not write them.
void launch_linear_stream(Stream stream, const LinearShape& shape, const LinearOperands& operands,
                          const LinearDevice& device);

struct LinearPlan;
/// The two there are: with Hopper's bulk copies (compute capability 9.0 alone), and with what every
/// architecture has.
void launch_linear_stream_hopper(Stream stream, const LinearShape& shape,
                                 const LinearOperands& operands, const LinearDevice& device,
                                 const LinearPlan& plan);
void launch_linear_stream_generic(Stream stream, const LinearShape& shape,
                                  const LinearOperands& operands, const LinearDevice& device,
                                  const LinearPlan& plan);

}  // namespace gpugauge
