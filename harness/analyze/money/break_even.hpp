#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "harness/analyze/money/contender.hpp"
#include "harness/base/enum_table.hpp"

namespace gpugauge {

/// Who costs less, where the intervals leave no doubt.
enum class CheaperCard : std::uint8_t { kA, kB, kUndecided };
template <>
struct EnumTable<CheaperCard> {
  static constexpr std::array rows{EnumName{CheaperCard::kA, "A"}, EnumName{CheaperCard::kB, "B"},
                                   EnumName{CheaperCard::kUndecided, "undecided"}};
};
CheaperCard cheaper_of(const Estimate& a_dollars, const Estimate& b_dollars);

/// What makes two contenders cost the same for a token, all else as it is.
struct Evens {
  /// A's dollars per GPU-hour over B's. The interval is that of both cards' times.
  Estimate price_ratio;
  double price_ratio_today = 1;
  /// What A must reach for B not to be cheaper while B keeps its own, and the other way round.
  /// Above 1 it cannot.
  Estimate utilisation_a, utilisation_b;

  /// By which share A's price could rise (if negative, must fall) until both cost the same.
  Estimate margin() const;
};

struct CardComparison {
  Load load;
  std::optional<Standing> a, b;
  std::optional<Evens> evens;  ///< if both stand
};
CardComparison compare(const Contender& a, const Contender& b, const Load& load);

/// What a fixed demand takes: as many groups of cards as it needs, in bundles as they are sold.
struct Fleet {
  Estimate billed_gpus;  ///< whole numbers
  Estimate dollars_per_month;
};
/// Each group produces `tokens_per_second` in the used share of its time. Throws UsageError for a
/// demand that is not positive, or that takes more than a million GPUs.
Fleet fleet_for(const Contender& contender, const Estimate& tokens_per_second,
                double tokens_per_day);

}  // namespace gpugauge
