#include "harness/config/forward_op.hpp"

#include <numeric>

namespace gpugauge {

double flops_of(const std::vector<ForwardOp>& ops) {
  return std::accumulate(ops.begin(), ops.end(), 0.0, [](double sum, const ForwardOp& op) {
    return sum + static_cast<double>(op.count) * work_of(op.op).flops;
  });
}

ForwardOp full_attention(std::int64_t batch, std::int64_t tokens, std::int64_t heads,
                         std::int64_t head_dim, DType dtype, std::int64_t layers) {
  constexpr std::int64_t kCausalPerFull = 2;
  return {"attention",
          AttentionPrefill{.batch = batch,
                           .tokens = tokens,
                           .heads = heads,
                           .kv_heads = heads,
                           .head_dim = head_dim,
                           .dtype = dtype},
          kCausalPerFull * layers, true};
}

}  // namespace gpugauge
