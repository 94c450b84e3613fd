#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "harness/base/dtype.hpp"
#include "kernels/reference/comparison.hpp"

namespace gpugauge {

/// What is added to the mean square before its root is taken: Llama 3's rms_norm_eps.
inline constexpr float kNormEpsilon = 1e-5F;
/// The base of the rotary frequencies: Llama 3's rope_theta.
inline constexpr double kRopeBase = 500'000.0;

/// `count` elements from `first`, decoded.
std::vector<double> decode_elements(DType dtype, const void* array, std::int64_t first,
                                    std::int64_t count);

/// values / √(mean of squares + kNormEpsilon) · weight
std::vector<double> rms_norm(std::span<const double> values, std::span<const double> weight);

/// silu(gate) · up, silu(g) = g / (1 + e^−g)
std::vector<double> gated_activation(std::span<const double> gate, std::span<const double> up);

/// One head turned to a position: elements i and i + d/2 are a plane, turned by
/// position · kRopeBase^(−2i/d). RoFormer (Su et al., 2021), in the halves layout of GPT-NeoX and
/// Llama.
std::vector<double> rotate_head(std::span<const double> head, std::int64_t position);
/// What the kernels read instead: for every position d/2 cosines, then d/2 sines.
std::vector<float> rotary_table(std::int64_t positions, std::int64_t head_dim);

/// The index of the largest value, the lowest of equals.
std::int64_t argmax(std::span<const double> values);

/// Compares stored elements with the values that they stand for: found[i] · scale ≈ expected[i].
/// One passes within half a step of its type around expected[i] / scale, what is beyond the type's
/// range being its largest number, and the fp32 arithmetic before it: 2^-16 of the value and
/// `absolute`, both in stored units. `found` points to the first of them, whose index is `first`.
void compare_elements(Comparison& comparison, DType dtype, const void* found, std::int64_t first,
                      std::span<const double> expected, double scale = 1.0, double absolute = 0.0);

}  // namespace gpugauge
