#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/analyze/compare/side.hpp"
#include "harness/base/enum_table.hpp"

namespace gpugauge {

/// Why a case that one or both sides know has no ratio.
enum class NoComparison : std::uint8_t {
  kOnlyInBase,
  kOnlyInOther,
  kOtherOptions,    ///< the other side has it with another cache state or data distribution
  kOtherSemantics,  ///< the meaning of its number has changed
  kMixedSemantics,  ///< within one side
  kNotVerified,
  kNoTime,
  kInNeither,  ///< planned, and neither could measure it
};
template <>
struct EnumTable<NoComparison> {
  static constexpr std::array rows{
      EnumName{NoComparison::kOnlyInBase, "only in base"},
      EnumName{NoComparison::kOnlyInOther, "only in other"},
      EnumName{NoComparison::kOtherOptions, "other cache or data"},
      EnumName{NoComparison::kOtherSemantics, "other semantics version"},
      EnumName{NoComparison::kMixedSemantics, "mixed semantics"},
      EnumName{NoComparison::kNotVerified, "not verified"},
      EnumName{NoComparison::kNoTime, "no valid time"},
      EnumName{NoComparison::kInNeither, "in neither"}};
};

struct NotCompared {
  std::string name;
  NoComparison reason;
  std::string detail;  ///< what either side says of it; may be empty
};

struct MatchedCase {
  const CaseRuns* base;
  const CaseRuns* other;
};

/// The cases of two sides by name. Only what means the same on both is matched; every other case
/// that either side planned is in `not_compared`, once.
struct Matches {
  std::vector<MatchedCase> matched;  ///< in the order of the base
  std::vector<NotCompared> not_compared;
};
Matches match(const Side& base, const CaseTable& base_cases, const Side& other,
              const CaseTable& other_cases);

}  // namespace gpugauge
