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
  visit.about("One whole decode step of a model.");
  visit("batch", op.batch, {"Sequences."});
  visit("context", op.context, {"Cached tokens a sequence."});
  visit("layers", op.layers, {"Layers of the model."});
  visit("hidden", op.hidden, {"Width of the residual stream."});
  visit("intermediate", op.intermediate, {"Width of the gated MLP."});
  visit("heads", op.heads, {"Query heads."});
  visit("kv_heads", op.kv_heads, {"Heads of the cache."});
  visit("head_dim", op.head_dim, {"Elements a head."});
  visit("vocab", op.vocab, {"Tokens of the vocabulary."});
  visit("qk_norm", op.qk_norm, {"Whether q and k are normalised head by head."});
  visit("linears", op.linears, {"Type of the layers' weights."});
  visit("head", op.head, {"Type of the LM head."});
  visit("kv", op.kv, {"Type of the cache."});
}

}  // namespace gpugauge
