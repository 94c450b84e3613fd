#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/ops/op.hpp"

namespace gpugauge {

/// An op of one forward pass of an encoder or a diffusion transformer, and how often it runs in it.
struct ForwardOp {
  std::string name;  ///< `qkv`, `attention`, `mlp_up`
  Op op;
  std::int64_t count;
  bool is_attention = false;  ///< a product of activations alone
};

/// Floating-point operations of them all.
double flops_of(const std::vector<ForwardOp>& ops);

/// Attention of all tokens of a sequence to all of them, `layers` times. What is measured is causal
/// attention, which does half of that; two of those stand for one of these: their n + 1 keys a
/// token are 1/n more than the n that there are.
ForwardOp full_attention(std::int64_t batch, std::int64_t tokens, std::int64_t heads,
                         std::int64_t head_dim, DType dtype, std::int64_t layers);

}  // namespace gpugauge
