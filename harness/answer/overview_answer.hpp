#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/analyze/money/leaders.hpp"
#include "harness/analyze/rates/datasheet.hpp"
#include "harness/answer/decode_answer.hpp"
#include "harness/answer/decode_groups.hpp"

namespace gpugauge {

/// The few numbers of a card that are seen from afar; null where nothing is known.
struct CardOverview {
  const DatasheetFinding* read = nullptr;        ///< memory read
  const DatasheetFinding* fastest = nullptr;     ///< the GEMM type of the highest rate
  const PricedDecode* smallest_batch = nullptr;  ///< of what most files decode
  const PricedDecode* cheapest = nullptr;        ///< of all subjects, of those that fit the card
};

CardOverview card_overview(const DatasheetReport& report, std::span<const PricedDecode> points);

/// Who is cheapest at which batch, of one model, precision and context.
struct Rent {
  DecodeGroup group;
  std::vector<Lead> leads;
};

/// Which of several cards to rent? Groups without a leader are left out.
std::vector<Rent> rent_answer(std::span<const PricedDecode> points);

/// The smallest, the middle and the largest batch of `points` over all contexts at which the
/// results measured something; nothing where that is one context.
std::vector<PricedDecode> context_sweep(std::span<const CardResult> results,
                                        DecodeQuestion question,
                                        std::span<const PricedDecode> points);

}  // namespace gpugauge
