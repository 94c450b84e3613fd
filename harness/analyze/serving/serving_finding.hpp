#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/analyze/serving/serving.hpp"
#include "harness/analyze/step/fit.hpp"
#include "harness/analyze/step/prefill.hpp"
#include "harness/analyze/step/tensor_parallel.hpp"
#include "harness/analyze/step/tokens.hpp"
#include "harness/base/enum_table.hpp"

namespace gpugauge {

/// What is to be served, on what, and how fast at least.
struct ServingRequest {
  Precision precision = Precision::kBf16;
  DType kv = DType::kBf16;
  std::int64_t input_tokens = 1024;
  std::int64_t output_tokens = 256;
  double length_spread = QueueLoad{}.length_spread;
  std::optional<double> tpot_target_ns, ttft_target_ns;  ///< TTFT: the mean under load
  ServingEngine engine = {};
  CardGroup group;  ///< its gap is the engine's
  /// Of one card; absent if nothing says how much memory it has.
  std::optional<MemoryBudget> budget;
};

/// What keeps a batch from being larger.
enum class BatchLimit : std::uint8_t {
  kGiven,     ///< the user named it
  kMemory,    ///< one more sequence does not fit
  kTpot,      ///< one more misses the target
  kTtft,      ///< likewise
  kMeasured,  ///< the record knows nothing of a larger one
};
template <>
struct EnumTable<BatchLimit> {
  static constexpr std::array rows{
      EnumName{BatchLimit::kGiven, "given"}, EnumName{BatchLimit::kMemory, "memory"},
      EnumName{BatchLimit::kTpot, "tpot"}, EnumName{BatchLimit::kTtft, "ttft"},
      EnumName{BatchLimit::kMeasured, "measured"}};
};

/// How one record's card, or a group of them, serves a request at one batch.
struct ServingFinding {
  ServingRequest request;
  ServingPoint point;  ///< a batch of 0: not even one sequence can be served
  BatchLimit limit = BatchLimit::kGiven;
  std::optional<FitFinding> fit;  ///< at the end of the output; absent without a budget
  DecodeFinding decode;
  std::shared_ptr<const PrefillFinding> prefill;  ///< of as many prompts as the point says
  std::shared_ptr<const PrefillFinding> alone;    ///< of one; the same at every batch of a server
  std::optional<ServingRate> library, best;       ///< absent: `reason` says why
  std::string reason;

  /// Library, else best, as `DecodeFinding::preferred`.
  std::optional<Engine> engine() const;
  /// The rate of that engine, or null.
  const ServingRate* rate() const;
};

/// One model served by the card of one record. The times and the model must outlive it.
class Server {
 public:
  /// Throws UsageError for token counts below 1, a target that is not positive, and a group that
  /// the model does not divide among.
  Server(const StepTimes& times, const ModelConfig& model, ServingRequest request);

  ServingFinding at(std::int64_t batch) const;
  /// The same, but for TTFT under load where no target asks for it: it is left at that of a request
  /// alone. For searches.
  ServingFinding quick_at(std::int64_t batch) const;
  /// At the largest batch that fits, meets the targets (of the engine of `rate()`) and can be
  /// derived. What memory holds is tried first; between the powers of two and their halves that do
  /// and do not, the limit is searched as if times grew with the batch.
  ServingFinding at_largest_batch() const;

 private:
  ServingFinding derived(std::int64_t batch, bool with_ttft) const;
  QueueTime ttft_of(const ServingPoint& point) const;
  std::shared_ptr<const PrefillFinding> prefill_of(std::int64_t prompts) const;
  /// What is wrong with a finding, if anything is.
  std::optional<BatchLimit> obstacle(const ServingFinding& finding) const;

  const StepTimes* times_;
  const ModelConfig* model_;
  ServingRequest request_;
  std::shared_ptr<const PrefillFinding> alone_;
  mutable std::map<std::int64_t, QueueTime> ttfts_;  ///< that were counted, by batch
};

}  // namespace gpugauge
