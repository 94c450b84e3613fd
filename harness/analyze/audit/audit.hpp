#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/analyze/step/engine_step.hpp"
#include "harness/analyze/step/fit.hpp"
#include "harness/base/enum_table.hpp"
#include "harness/config/claims.hpp"
#include "harness/config/datasheet.hpp"
#include "harness/config/diffusion.hpp"
#include "harness/config/encoder.hpp"
#include "harness/config/model.hpp"
#include "harness/config/prices.hpp"
#include "harness/config/serving_engine.hpp"

namespace gpugauge {

/// What claims are checked against.
struct AuditFacts {
  std::vector<Datasheet> sheets;
  std::vector<ModelConfig> models;
  std::vector<EncoderConfig> encoders;
  std::vector<DiffusionConfig> diffusions;
  std::vector<PriceOffer> offers;
  MemoryBudget memory;  ///< of any card: its `device_bytes` is each card's own
  ServingEngine engine = {};
  std::vector<StepTimes> times;  ///< of each result file; of several that know, the first speaks
};

enum class ClaimVerdict : std::uint8_t {
  kHolds,
  kWrong,         ///< something else comes out
  kInconsistent,  ///< other claims of the same text say something else
  kUndecided,     ///< what came out lies partly inside the claim
  kNotMeasured,   ///< no result file says it
  kOutside,       ///< nothing that is measured here can say it
};
template <>
struct EnumTable<ClaimVerdict> {
  static constexpr std::array rows{EnumName{ClaimVerdict::kHolds, "holds"},
                                   EnumName{ClaimVerdict::kWrong, "wrong"},
                                   EnumName{ClaimVerdict::kInconsistent, "inconsistent"},
                                   EnumName{ClaimVerdict::kUndecided, "undecided"},
                                   EnumName{ClaimVerdict::kNotMeasured, "not measured"},
                                   EnumName{ClaimVerdict::kOutside, "outside"}};
};

/// A claim with what came out. Points into the claims.
struct ClaimFinding {
  const Claim* claim = nullptr;
  std::optional<Estimate> says;  ///< between what a number that it prints may lie
  /// What came out of the expressions that make the verdict: a number, from the lowest to the
  /// highest of them, or words.
  std::optional<Estimate> found;
  std::string found_word;
  ClaimVerdict verdict = ClaimVerdict::kHolds;
  std::vector<std::string> conflicts;  ///< the other claims, where they are inconsistent
  std::string basis;  ///< every expression that makes the verdict, with where its numbers are from
  std::string why;    ///< the same for a reader: of what holds and is clear, nothing
};

/// What the expressions of claims may call.
std::vector<Signature> audit_functions();

/// Each claim of the file in its order. It holds if the interval of every metric lies inside what
/// it says, and is wrong if one lies outside. Of a metric of printed numbers alone the interval is
/// their rounding: it holds if the value lies inside. With other claims it is consistent if both
/// can be true. A wrong metric weighs most, then an inconsistency, then what is undecided, then
/// what is not measured. Throws UsageError with the claim's place for an expression that names an
/// unknown device, model, field or provider, and for a word where a number is claimed.
std::vector<ClaimFinding> audit(const ClaimsFile& file, const AuditFacts& facts);

}  // namespace gpugauge
