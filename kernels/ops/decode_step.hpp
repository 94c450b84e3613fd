#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/base/dtype.hpp"
#include "harness/base/of.hpp"
#include "kernels/ops/work.hpp"

namespace gpugauge {

/// One whole decode step of a model: every op of every layer, the head, greedy sampling, and the
/// token fed back.
struct DecodeStep {
  static constexpr std::string_view kFamily = "decode_step";

  std::int64_t batch, context;
  std::int64_t layers, hidden, intermediate, heads, kv_heads, head_dim, vocab;
  bool qk_norm;
  DType linears, head, kv;

  Work work() const;
  std::string kind_path() const;
  std::string shape_path() const;
  /// The name says batch, context and types; the rest is zero, since it is the model's.
  static DecodeStep parse(NameParts& parts);
  std::int64_t* swept() { return &batch; }
  CaseRate own_rate(double time_ns) const {
    return {static_cast<double>(batch) * 1e9 / time_ns, RateUnit::kTokensPerSecond};
  }
  auto operator<=>(const DecodeStep&) const = default;
};

void fields(Of<DecodeStep> auto& op, auto&& visit) {
  visit("batch", op.batch);
  visit("context", op.context);
  visit("layers", op.layers);
  visit("hidden", op.hidden);
  visit("intermediate", op.intermediate);
  visit("heads", op.heads);
  visit("kv_heads", op.kv_heads);
  visit("head_dim", op.head_dim);
  visit("vocab", op.vocab);
  visit("qk_norm", op.qk_norm);
  visit("linears", op.linears);
  visit("head", op.head);
  visit("kv", op.kv);
}

}  // namespace gpugauge
