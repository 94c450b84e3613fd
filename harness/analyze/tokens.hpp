#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/analyze/decode_step.hpp"
#include "harness/analyze/op_times.hpp"
#include "harness/config/model.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

/// One op of a step with its time.
struct OpLine {
  StepOp step;
  OpTime time;  ///< of one launch
};

/// A decode step as the sum of its ops.
struct EngineStep {
  std::vector<OpLine> ops;
  Estimate step_ns;  ///< intervals of the ops added linearly: they share the card's clock
  Estimate tokens_per_second;

  /// Of the step's time.
  double share_of(OpGroup group) const;
  double share_of(Origin origin) const;
};

/// How many tokens a second a card could decode at one point. All rates count the output tokens of
/// the whole batch.
struct DecodeFinding {
  std::string file;
  std::string device;
  std::string model;
  DecodePoint point;
  std::optional<Estimate>
      floor_tokens_per_second;        ///< `decode_bytes` at the measured read bandwidth
  std::optional<EngineStep> library;  ///< absent if no library linear is known
  std::optional<EngineStep> best;     ///< absent if no linear is known: `reason` says so
  std::string reason;
  std::vector<std::string> warnings;

  /// What a framework would run today, else the best there is; null if there is neither.
  const EngineStep* preferred() const;
};

/// Derives points, in their order. Instead of a number made of air a finding says which cases to
/// measure: where no linear of the layers was measured at this batch or around it, or no memory
/// read at all. Throws UsageError if a batch or context is below 1.
std::vector<DecodeFinding> decode_findings(const Record& record, const ModelConfig& model,
                                           std::span<const DecodePoint> points);

/// What to derive; an empty list means what the file holds.
struct DecodeSelection {
  std::vector<Precision> precisions;
  std::vector<std::int64_t> batches;
  std::vector<std::int64_t> contexts;
};

/// The models whose linears are in the file, by name.
std::vector<std::string> models_in(const Record& record);

/// The points to derive for a model: precisions and batches at which one of its layer linears was
/// measured (else bf16 and 1), contexts of the run (else 1024). By precision, context, batch.
std::vector<DecodePoint> decode_points(const Record& record, const ModelConfig& model,
                                       const DecodeSelection& selection);

}  // namespace gpugauge
