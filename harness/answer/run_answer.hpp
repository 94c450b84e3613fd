#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "harness/answer/datasheet_answer.hpp"
#include "harness/answer/decode_answer.hpp"
#include "harness/answer/imported_peer.hpp"

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
  std::optional<ImportedPeer> peer;  ///< of its card, where others measured one

  /// The points of the first model.
  std::vector<const PricedDecode*> of_first_model() const;
  /// Of these the one whose tokens cost least and that fits the card; null if there is none.
  const PricedDecode* cheapest() const;
  /// How many of them do not fit the card.
  std::size_t num_too_large() const;
};

RunAnswer run_answer(const CardResult& result, const DecodeQuestion& question,
                     std::optional<ImportedPeer> peer = {});

}  // namespace gpugauge
