#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/analyze/money/cost.hpp"
#include "harness/analyze/step/engine_step.hpp"
#include "harness/analyze/step/fit.hpp"
#include "harness/base/enum_table.hpp"
#include "harness/config/diffusion.hpp"
#include "harness/config/encoder.hpp"

namespace gpugauge {

/// What comes out of forward passes.
enum class ForwardUnit : std::uint8_t { kEmbedding, kImage };
struct ForwardUnitRow {
  ForwardUnit value;
  std::string_view name;
  const char* plural;
  const char* extent_key;  ///< what its extent is, for programs
  double priced_units;     ///< how many of them a price is quoted for
  const char *priced, *priced_key;
};
template <>
struct EnumTable<ForwardUnit> {
  static constexpr std::array rows{
      ForwardUnitRow{ForwardUnit::kEmbedding, "embedding", "embeddings", "tokens", 1e6, "$/M",
                     "dollars_per_million"},
      ForwardUnitRow{ForwardUnit::kImage, "image", "images", "side_pixels", 1e3, "$/1000",
                     "dollars_per_thousand"},
  };
};

/// What is asked of a forward pass.
struct ForwardPoint {
  Precision precision = Precision::kBf16;
  std::int64_t batch = 1;            ///< sequences, or images, at a time
  std::int64_t extent = 1;           ///< tokens of a sequence, or pixels of a square image's side
  std::int64_t steps = 1;            ///< forward passes that make the batch: 1 of an encoder
  std::int64_t guidance_passes = 1;  ///< of each step, run as one larger batch: 1 of an encoder
};

/// What one forward pass does and holds.
struct ForwardPass {
  std::string model;
  ForwardUnit unit = ForwardUnit::kEmbedding;
  ForwardPoint point;
  std::vector<StepOp> ops;
  double weight_bytes = 0;
  /// Of the op with the largest input and output: a bound from below on what is live.
  double activation_bytes = 0;
};

/// The matrix products and the attention, as encoder_ops and diffusion_ops list them: a sum of them
/// is a lower bound on the time. Weights of an image model are those of its blocks. Throws
/// UsageError for a batch, extent, step or pass that the model does not take.
ForwardPass forward_pass(const EncoderConfig& encoder, const ForwardPoint& point);
ForwardPass forward_pass(const DiffusionConfig& model, const ForwardPoint& point);

/// How long a card takes for a batch, and how many it makes in an hour.
struct ForwardFinding {
  std::string file, device;
  ForwardPass pass;
  std::optional<double> usable_bytes;       ///< of the card; absent if nothing says
  std::optional<EngineStep> library, best;  ///< one pass; absent if nothing is known of the linears
  std::string reason;                       ///< … which says what to measure
  std::vector<std::string> warnings;

  const EngineStep* step(Engine engine) const;
  /// Library, else best, as `DecodeFinding::preferred`.
  Engine preferred() const { return library ? Engine::kLibrary : Engine::kBest; }
  /// Of the whole batch: all its steps.
  std::optional<Estimate> batch_ns(Engine engine) const;
  std::optional<Estimate> units_per_hour(Engine engine) const;
  /// Dollars for the row's `priced_units`. Throws UsageError for a price that is none.
  std::optional<Estimate> dollars(Engine engine, double dollars_per_hour) const;
  std::optional<bool> fits() const;
};

/// Sums the pass. Attention of all tokens to all is measured as two causal ones, products of
/// cross-attention as GEMMs; what the record does not know is modelled by its roofline, linears
/// only where a linear, or the GEMM rate of its type, is known. Warnings name what is modelled.
ForwardFinding forward_finding(const StepTimes& times, ForwardPass pass,
                               const std::optional<MemoryBudget>& budget);

}  // namespace gpugauge
