#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "harness/analyze/money/cost.hpp"

namespace gpugauge {

/// Who costs the least for an output token at one batch. Points into what it was found in.
struct BatchLead {
  const PricedDecode* first;
  const PricedDecode* next;  ///< the cheapest of another file; null: no other card holds the batch
  bool is_sure = true;       ///< `first` is `cheaper` than every other
};

/// Neighbouring batches at which the same file's card costs the least for an output token. Points
/// into what it was found in.
struct Lead {
  const PricedDecode *first, *last;  ///< of the leader, at the smallest and the largest batch
  bool is_sure = true;               ///< at each of these batches it is `cheaper` than every other
  bool is_only = false;              ///< no other card holds weights and KV cache of these batches
};

/// Who leads at each batch of points of one subject (model, precision, context), by batch. Each
/// point counts with its first price and the engine that `preferred` names; without a price that
/// somebody named it does not count, and where it does not fit its card it cannot lead. A batch
/// that only one file has is left out: nobody is cheaper than nobody.
std::vector<BatchLead> batch_leaders(std::span<const PricedDecode* const> points);
/// The same, with neighbouring batches of one leader in one piece.
std::vector<Lead> leaders(std::span<const PricedDecode* const> points);

/// The point of least cost among those that count, which must be of one file; null if none does.
const PricedDecode* cheapest(std::span<const PricedDecode* const> points);

}  // namespace gpugauge
