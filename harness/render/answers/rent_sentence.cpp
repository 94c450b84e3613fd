#include "harness/render/answers/rent_sentence.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "harness/answer/card_result.hpp"
#include "harness/render/answers/decode_columns.hpp"
#include "harness/render/table/columns.hpp"
#include "harness/render/table/number.hpp"

namespace gpugauge {
namespace {

using Piece = std::span<const RentPlace>;

std::string name_of_option(const RentOption& option) {
  return option.gpus > 1 ? fmt::format("{} x {}", option.gpus, option.card) : option.card;
}

/// Neighbours with one answer: the same card, cheaper, alone, or in doubt.
bool is_like(const RentPlace& a, const RentPlace& b) {
  return a.first.card == b.first.card && a.is_decided == b.is_decided &&
         a.next.has_value() == b.next.has_value();
}

std::vector<Piece> pieces_of(std::span<const RentPlace> places) {
  std::vector<Piece> pieces;
  for (std::size_t first = 0; first < places.size();) {
    std::size_t end = first + 1;
    while (end < places.size() && is_like(places[first], places[end])) ++end;
    pieces.push_back(places.subspan(first, end - first));
    first = end;
  }
  return pieces;
}

constexpr const char* kLargest = "each card's largest batch";

/// `batch 4`, `batch 1 to 256`, `batch 4, 64 and each card's largest`.
std::string batches_of(Piece piece) {
  std::vector<std::int64_t> batches;
  for (const RentPlace& place : piece) {
    if (place.batch) batches.push_back(*place.batch);
  }
  if (batches.empty()) return kLargest;
  const bool has_largest = !piece.back().batch;
  std::string text = fmt::format("batch {}", batches.front());
  if (batches.size() > 1)
    text += fmt::format("{}{}", batches.size() == 2 ? (has_largest ? ", " : " and ") : " to ",
                        batches.back());
  return has_largest ? text + " and each card's largest" : text;
}

/// `$0.052 against $0.069 per million at batch 256, decode only`: of the last place.
std::string bills_of(Piece piece, const RentBasis& basis) {
  const RentPlace& place = piece.back();
  const auto bill = [&](const RentOption& option) {
    return basis.is_month ? fmt::format("${:.0f}", option.bill) : format_dollars(option.bill);
  };
  std::string text = bill(place.first);
  if (place.next) text += " against " + bill(*place.next);
  text += basis.is_month ? " a month" : " per million";
  if (piece.size() > 1)
    text +=
        place.batch ? fmt::format(" at batch {}", *place.batch) : std::string(" at the largest");
  return fmt::format("{}, {}", text, basis.words);
}

/// `25-33%`: by how much the first is cheaper.
std::string percents_of(Piece piece) {
  double least = 1, most = 0;
  for (const RentPlace& place : piece) {
    const double saved = 1 - place.first.bill / place.next->bill;
    least = std::min(least, saved);
    most = std::max(most, saved);
  }
  const long low = std::lround(100 * least), high = std::lround(100 * most);
  return low == high ? fmt::format("{}%", low) : fmt::format("{}-{}%", low, high);
}

/// Whom the first is cheaper than.
std::string others_of(Piece piece) {
  const RentOption& other = *piece.front().next;
  const bool is_one = std::all_of(piece.begin(), piece.end(), [&](const RentPlace& place) {
    return place.next->card == other.card && place.next->gpus == other.gpus;
  });
  return is_one ? name_of_option(other) : "the next";
}

std::string words_of(Piece piece, const RentBasis& basis) {
  const RentPlace& place = piece.back();
  const std::string first = name_of_option(place.first), at = batches_of(piece),
                    bills = bills_of(piece, basis);
  if (!place.next) return fmt::format("{}, the only card that serves {} ({})", first, at, bills);
  if (!place.is_decided)
    return fmt::format("undecided between {} and {} at {} ({})", first, others_of(piece), at,
                       bills);
  return fmt::format("{}, {} cheaper than {} at {} ({})", first, percents_of(piece),
                     others_of(piece), at, bills);
}

/// `sold by 8: $5.76 an hour`.
std::string offer_of(const RentOption& option) {
  const int billed = billable_gpus(option.gpus, option.rate.min_gpus);
  return fmt::format("{}{} an hour{}",
                     billed > option.gpus ? fmt::format("sold by {}: ", option.rate.min_gpus) : "",
                     format_dollars(billed * option.rate.dollars_per_gpu_hour),
                     option.rate.kind == RateKind::kSpot ? " (spot)" : "");
}

/// What is rented where the answer is beyond doubt, or without a choice; each once.
std::vector<std::string> offers_of(std::span<const Piece> pieces) {
  std::vector<const RentOption*> rented;
  for (const Piece piece : pieces) {
    const RentOption& option = piece.back().first;
    const bool is_new = std::none_of(rented.begin(), rented.end(), [&](const RentOption* other) {
      return other->card == option.card && other->gpus == option.gpus;
    });
    if (is_new && piece.back().is_decided) rented.push_back(&option);
  }
  std::vector<std::string> offers;
  for (const RentOption* option : rented)
    offers.push_back(rented.size() == 1
                         ? offer_of(*option)
                         : fmt::format("{} {}", name_of_option(*option), offer_of(*option)));
  return offers;
}

RentOption option_of(const PricedDecode& point, bool with_file) {
  const Cost& cost = point.costs.front();
  return {.card = with_file ? fmt::format("{} ({})", point.card, point.decode.file) : point.card,
          .rate = cost.rate,
          .gpus = cost.num_gpus,
          .bill = point.dollars()->value};
}

/// Whether two files are of cards of one name.
bool shares_names(const DecodeGroup& group) {
  return std::any_of(group.begin(), group.end(), [&](const PricedDecode* p) {
    return p->card == group.front()->card && p->decode.file != group.front()->decode.file;
  });
}

RentOption option_of(const Ranking& ranking, const Option& option) {
  const Card& card = ranking.card(option);
  return {.card = card_label(card.times().record().device, card.sheet),
          .rate = *option.rate,
          .gpus = option.gpus,
          .bill = option.bill()};
}

}  // namespace

std::string rent_sentence(std::span<const RentPlace> places, const RentBasis& basis) {
  const std::vector<Piece> pieces = pieces_of(places);
  std::vector<std::string> parts;
  for (const Piece piece : pieces) parts.push_back(words_of(piece, basis));
  for (std::string& offer : offers_of(pieces)) parts.push_back(std::move(offer));
  std::string text = fmt::format("{}", fmt::join(parts, "; "));
  if (text.starts_with("undecided")) text.front() = 'U';
  return text;
}

std::string rent_sentence(const DecodeGroup& group) {
  const RentBasis basis{.words = "decode only", .is_month = false};
  std::vector<RentPlace> places;
  if (!several_files(group)) {
    const PricedDecode* best = cheapest(group);
    if (best == nullptr || best->costs.front().rate.kind == RateKind::kUnit) return {};
    const RentOption option = option_of(*best, false);
    return fmt::format("{}, {} per million at batch {}, {}; {}", name_of_option(option),
                       format_dollars(option.bill), best->decode.point.batch, basis.words,
                       offer_of(option));
  }
  const bool with_file = shares_names(group);
  for (const BatchLead& lead : batch_leaders(group)) {
    RentPlace& place = places.emplace_back();
    place.batch = lead.first->decode.point.batch;
    place.first = option_of(*lead.first, with_file);
    if (lead.next != nullptr) place.next = option_of(*lead.next, with_file);
    place.is_decided = lead.is_sure;
  }
  return rent_sentence(places, basis);
}

std::string rent_sentence(std::span<const Ranking> rankings, const RentBasis& basis) {
  std::vector<RentPlace> places;
  for (const Ranking& ranking : rankings) {
    if (ranking.winner() == nullptr) continue;
    RentPlace& place = places.emplace_back();
    place.batch = ranking.batch;
    place.first = option_of(ranking, *ranking.winner());
    if (const Option* other = ranking.runner_up()) place.next = option_of(ranking, *other);
    place.is_decided = !place.next || ranking.is_decided();
  }
  return rent_sentence(places, basis);
}

std::vector<Answered> rent_sentences(std::span<const PricedDecode> points) {
  std::vector<Answered> answers;
  for (const DecodeGroup& group : groups_of(points))
    answers.push_back({subject_of(group), rent_sentence(group)});
  return answers;
}

Table answer_table(std::span<const Answered> answers) {
  std::vector<Answered> said;
  std::copy_if(answers.begin(), answers.end(), std::back_inserter(said),
               [](const Answered& a) { return !a.sentence.empty(); });
  const bool is_one = said.size() == 1;
  ColumnList<Answered> c;
  c.add(visible_if(!is_one, wrapping(12, text_column("subject", "of"))),
        [](auto& a) { return a.subject; });
  c.add(visible_if(!is_one, sentence_column("answer", "answer")),
        [](auto& a) { return a.sentence; });
  return c.table("answer", is_one ? said.front().sentence : "answers", said);
}

void begin_with(std::span<const Answered> answers, Format format, std::vector<Table>& tables) {
  Table table = answer_table(answers);
  if (format != Format::kCsv && !table.rows.empty())
    tables.insert(tables.begin(), std::move(table));
}

}  // namespace gpugauge
