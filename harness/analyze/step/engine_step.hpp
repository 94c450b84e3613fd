#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
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

/// What times of ops are off by together: measured ones share the card's clock, derived ones of a
/// family the way in which they were derived, and an imported one is a measurement of its own.
struct ErrorGroup {
  Origin origin = Origin::kMeasured;
  std::string_view family;  ///< of derived ones
  const Measurement* imported = nullptr;

  friend auto operator<=>(const ErrorGroup&, const ErrorGroup&) = default;
};
ErrorGroup error_group_of(const OpLine& line);

/// The error of a figure of a real engine, beside those of its ops.
struct EngineError {
  ErrorFactors total;          ///< measured over derived
  ErrorFactors between_cards;  ///< of the ratio of two cards, whose errors have the rest in common
};

/// A step as one engine runs it: the sum of its ops, or the whole of it measured as one line.
struct EngineStep {
  std::vector<OpLine> ops;
  /// Intervals add linearly in an `ErrorGroup`, and in quadrature over these.
  Estimate step_ns;
  EngineError error;           ///< of the time of the step
  Estimate tokens_per_second;  ///< with it

  /// As a real engine needs it: `step_ns` with `error`.
  Estimate engine_ns() const { return widened(step_ns, error.total); }

  /// Of the step's time.
  double share_of(OpGroup group) const;
  double share_of(Origin origin) const;
  OriginShares origins() const;
};

/// The step of these lines, which advances `tokens` tokens, without an error of engines.
EngineStep step_of(std::vector<OpLine> ops, std::int64_t tokens);
/// The same step with it.
EngineStep with_error(EngineStep step, const EngineError& error);

/// Of a figure of an engine that shares a model among `cards`.
EngineError engine_error(const MethodError& error, int cards, EngineFigure figure);

/// Whether the time of a linear of the layers is more than a model.
bool has_known_linear(const EngineStep& step);

/// The same, or it is scaled from a case at the end of what was measured.
bool has_linear_of_a_case(const EngineStep& step);

/// The linears and heads of a step that are modelled, by name.
std::vector<std::string> modelled_linears(const EngineStep& step);

/// What a record says of the ops of any step, for both engines: made once, asked often. The record
/// must outlive it.
class StepTimes {
 public:
  explicit StepTimes(const Record& record, MethodError error = {});

  const Record& record() const { return *record_; }
  const MethodError& method_error() const { return *error_; }
  /// Of the record, as `parts_of_a_step` finds them.
  std::span<const Measurement* const> parts() const { return parts_; }
  /// The read bandwidth, without which nothing is derived.
  const std::optional<ReadRate>& read() const { return read_; }
  /// Measured TFLOPS of GEMMs of this type, if there are any that arithmetic limits.
  std::optional<Estimate> tflops(DType dtype) const;

  /// The sum of these ops, but for a quantisation right before a GEMM that was measured with its
  /// own; for the engine best where that is the faster way. Needs `read()`.
  EngineStep sum(Engine engine, std::span<const StepOp> ops, std::int64_t tokens) const;
  /// An op as the record knows it, or nothing. Needs `read()`.
  std::optional<OpTime> known(Engine engine, const Op& op) const;
  /// The whole decode step as it was measured: as frameworks run it for the engine library, the
  /// fastest of the others for the engine best.
  std::optional<EngineStep> graph(Engine engine, const ModelConfig& model,
                                  const DecodePoint& point) const;

 private:
  const OpTimes& of(Engine engine) const;

  const Record* record_;
  std::shared_ptr<const MethodError> error_;
  std::vector<const Measurement*> parts_;
  std::optional<ReadRate> read_;
  std::optional<OpTimes> library_, best_;
  std::map<DType, Estimate> tflops_;
  std::vector<const Measurement*> graphs_;
};

}  // namespace gpugauge
