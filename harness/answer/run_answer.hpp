#pragma once

#include <cstddef>
#include <optional>

#include "harness/answer/datasheet_answer.hpp"
#include "harness/answer/decode_answer.hpp"

namespace gpugauge {

/// What went wrong in a run: the gravest kind, with its first case.
struct RunFailure {
  NotMeasured first;
  std::size_t count = 1;  ///< cases of this kind
};

/// What does a run say of its card?
struct RunAnswer {
  DatasheetReport datasheet;
  DecodeAnswer decode;
  std::optional<RunFailure> failure;

  /// Of the first model the point whose tokens cost least, of those that fit the card; null if none
  /// has a number.
  const PricedDecode* cheapest() const;
};

RunAnswer run_answer(const CardResult& result, const DecodeQuestion& question);

}  // namespace gpugauge
