#pragma once

#include <array>
#include <cstdint>

#include "harness/analyze/money/bootstrap.hpp"
#include "harness/analyze/money/cost.hpp"
#include "harness/base/enum_table.hpp"

namespace gpugauge {

/// Who of two costs less.
enum class Cheaper : std::uint8_t { kA, kB, kUndecided };
template <>
struct EnumTable<Cheaper> {
  static constexpr std::array rows{EnumName{Cheaper::kA, "A"}, EnumName{Cheaper::kB, "B"},
                                   EnumName{Cheaper::kUndecided, "undecided"}};
};

/// What one card costs over what another does: the one rule of which of two is cheaper.
struct CostRatio {
  Estimate a_over_b;  ///< with its 90% interval
  double probability_a_is_cheaper = 0.5;

  /// Undecided where the interval holds 1.
  Cheaper cheaper() const;
};

/// One number over another, by their replicates entry by entry: errors that both share leave the
/// ratio alone. Numbers without replicates are taken at their ends.
Resampled ratio_of(const Resampled& a, const Resampled& b);

/// Of costs of two cards for the same; both have replicates. Ties are half a probability.
CostRatio cost_ratio(const Resampled& a, const Resampled& b);

/// Dollars per million tokens, of the GPUs of the bill that serve.
Resampled dollars_per_million(const Bill& bill, const Resampled& tokens_per_second,
                              const Billing& billing);

/// What a demand takes of one offer.
struct Fleet {
  int gpus = 0;         ///< that serve, in whole groups that share a model
  int billed_gpus = 0;  ///< in whole bundles
  double dollars_per_month = 0;
};
/// Of these GPUs, which serve.
Fleet fleet_of(int gpus, const Rate& rate, const Billing& billing);
/// As many groups of the bill's GPUs as produce the tokens in the used share of their time, each
/// `tokens_per_second`. Never more than 1e8 GPUs, which is beyond any fleet.
Fleet fleet_for(double tokens_per_day, double tokens_per_second, const Bill& group,
                const Billing& billing);

}  // namespace gpugauge
