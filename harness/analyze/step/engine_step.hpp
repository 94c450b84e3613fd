#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/analyze/step/decode_step.hpp"
#include "harness/analyze/step/op_times.hpp"
#include "harness/config/model.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

/// One op of a step with its time.
struct OpLine {
  StepOp step;
  OpTime time;  ///< of one launch
};

/// Shares of a time by where its parts come from; they add up to one. Indexed by `Origin`.
using OriginShares = std::array<double, EnumTable<Origin>::rows.size()>;

/// A step as one engine runs it: the sum of its ops, or the whole of it measured as one line.
struct EngineStep {
  std::vector<OpLine> ops;
  Estimate step_ns;  ///< intervals of the ops added linearly: they share the card's clock
  Estimate tokens_per_second;

  /// Of the step's time.
  double share_of(OpGroup group) const;
  double share_of(Origin origin) const;
  OriginShares origins() const;
};

/// The step of these lines, which advances `tokens` tokens.
EngineStep step_of(std::vector<OpLine> ops, std::int64_t tokens);

/// Whether the time of a linear of the layers is more than a model.
bool has_known_linear(const EngineStep& step);

/// The linears and heads of a step that are modelled, by name.
std::vector<std::string> modelled_linears(const EngineStep& step);

/// What a record says of the ops of any step, for both engines: made once, asked often. The record
/// must outlive it.
class StepTimes {
 public:
  explicit StepTimes(const Record& record);

  const Record& record() const { return *record_; }
  /// Of the record, as `representative` finds them.
  std::span<const Measurement* const> representatives() const { return representatives_; }
  /// The read bandwidth, without which nothing is derived.
  const std::optional<ReadRate>& read() const { return read_; }
  /// Measured TFLOPS of GEMMs of this type, if there are any that arithmetic limits.
  std::optional<Estimate> tflops(DType dtype) const;

  /// The sum of these ops. Needs `read()`.
  EngineStep sum(Engine engine, std::span<const StepOp> ops, std::int64_t tokens) const;
  /// An op as the record knows it, or nothing. Needs `read()`.
  std::optional<OpTime> known(Engine engine, const Op& op) const;
  /// The whole decode step as it was measured: by `graph_library` for the engine library, by the
  /// fastest `graph_best…` for the engine best.
  std::optional<EngineStep> graph(Engine engine, const ModelConfig& model,
                                  const DecodePoint& point) const;

 private:
  const OpTimes& of(Engine engine) const;

  const Record* record_;
  std::vector<const Measurement*> representatives_;
  std::optional<ReadRate> read_;
  std::optional<OpTimes> library_, best_;
  std::map<DType, Estimate> tflops_;
  std::vector<const Measurement*> graphs_;
};

}  // namespace gpugauge
