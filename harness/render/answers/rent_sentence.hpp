#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/analyze/advise/ranking.hpp"
#include "harness/analyze/money/leaders.hpp"
#include "harness/answer/decode_groups.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// A card at a price, and what it costs.
struct RentOption {
  std::string card;  ///< as `card_label`
  Rate rate;
  int gpus = 1;     ///< that are rented to serve, before bundles are counted
  double bill = 0;  ///< dollars per million output tokens, or a month of the demand
};

/// The cheapest card at one batch.
struct RentPlace {
  std::optional<std::int64_t> batch;  ///< absent: each card at its own largest
  RentOption first;
  std::optional<RentOption> next;  ///< the cheapest other card; absent: no other serves it
  bool is_decided = true;          ///< `first` is cheaper than the others beyond doubt
};

/// What the bills are of.
struct RentBasis {
  std::string words;      ///< `decode only`, `1024 in + 256 out`
  bool is_month = false;  ///< bills are dollars a month
};

/// Which card to rent, as one sentence without a full stop: `L40S, 25-33% cheaper than H100-SXM5 at
/// batch 1 to 256 ($0.052 against $0.069 per million at batch 256, decode only); sold by 8: $5.76
/// an hour`. Places: by batch, the largest of each card last. Empty without a place.
std::string rent_sentence(std::span<const RentPlace> places, const RentBasis& basis);

/// Of points of one subject (model, precision, context), each at its first price, by
/// `batch_leaders`; of one file where it costs the least. Empty where nobody named a price.
std::string rent_sentence(const DecodeGroup& group);

/// Of one model and length of prompts: `rankings` at batches, and last at each card's own largest.
std::string rent_sentence(std::span<const Ranking> rankings, const RentBasis& basis);

/// The answer of a command, which stands before its other tables; of several subjects a row each.
struct Answered {
  std::string subject;  ///< `qwen3-14b fp8, context 1024`
  std::string sentence;
};
/// Named `answer`; sentences that are empty are left out. Without notes.
Table answer_table(std::span<const Answered> answers);
/// `rent_sentence` of each subject of the points.
std::vector<Answered> rent_sentences(std::span<const PricedDecode> points);
/// JSON and CSV, which have every row; people read what is shorter.
constexpr bool is_for_programs(Format format) {
  return format == Format::kJson || format == Format::kCsv;
}
/// Puts it before the tables. A CSV is of rows, which a sentence is not.
void begin_with(std::span<const Answered> answers, Format format, std::vector<Table>& tables);

}  // namespace gpugauge
