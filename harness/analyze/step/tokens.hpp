#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/analyze/step/decode_step.hpp"
#include "harness/analyze/step/engine_step.hpp"
#include "harness/analyze/step/fit.hpp"
#include "harness/config/model.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

/// How many tokens a second a card could decode at one point. All rates count the output tokens of
/// the whole batch.
struct DecodeFinding {
  std::string file;
  std::string device;
  std::string model;
  DecodePoint point;
  std::optional<Estimate> memory_bound_tokens_per_second;  ///< `decode_bytes` at the read bandwidth
  std::optional<EngineStep> library;                       ///< absent if no library linear is known
  std::optional<EngineStep> best;  ///< absent if no linear is known: `reason` says so
  std::string reason;
  std::vector<std::string> warnings;
  std::optional<FitFinding> fit;  ///< absent where nobody asked, or nothing says how much there is
  /// The whole step, where the record has it as one graph: the proxy of an engine that the sums
  /// above explain.
  std::optional<EngineStep> library_graph, best_graph;

  /// The step of an engine: its graph, else the sum of its ops, else null.
  const EngineStep* step(Engine engine) const;
  /// What a framework would run today, else the best there is; null if there is neither.
  const EngineStep* preferred() const;
  /// The sum of ops of the engine that `preferred` names; null if only its graph is known.
  const EngineStep* explained() const;
  /// Unless the card is known to be too small.
  bool fits() const { return !fit || fit->fits(); }
};

DecodeFinding decode_finding(const StepTimes& times, const ModelConfig& model,
                             const DecodePoint& point);

/// Gives the steps of the finding the error that decode steps on so many cards have. A whole step
/// that was measured as a graph has it too: it is a proxy of an engine, not one.
void add_engine_error(DecodeFinding& finding, const MethodError& error, int cards);

/// Derives points of the record of `times`, in their order. Instead of a number made of air a
/// finding says which cases to measure: where no linear of the layers was measured at this batch or
/// around it, or no memory read at all. Throws UsageError if a batch or context is below 1.
std::vector<DecodeFinding> decode_findings(const StepTimes& times, const ModelConfig& model,
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
/// measured (else bf16 and 1), contexts of the run (else 1024). By precision, context, batch. A
/// GEMM of a linear's shape counts only where its case says that it is a linear: a square that was
/// measured as a peak is no batch. Imported tables name no models: of theirs a shape counts that
/// was measured at several m.
std::vector<DecodePoint> decode_points(const Record& record, const ModelConfig& model,
                                       const DecodeSelection& selection);

}  // namespace gpugauge
