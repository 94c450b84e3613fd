#include "harness/answer/compare_answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "harness/answer/card_result.hpp"
#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

/// One result must not stand in a side twice: it would count as two runs.
void check_runs(const Side& side) {
  std::map<std::string, const Record*> seen;
  for (const Record* record : side.records) {
    const auto [at, is_new] = seen.try_emplace(record->provenance.run_id, record);
    if (!is_new)
      throw UsageError(fmt::format("{}: is the same run as {} ({})", record->path.string(),
                                   at->second->path.string(), record->provenance.run_id));
  }
}

/// The records of one set, a side for each model of card.
std::vector<Side> sides_of(const ResultSet& set, const std::vector<Datasheet>& datasheets) {
  std::vector<Side> sides;
  for (const Record& record : set.records) {
    const auto side = std::find_if(sides.begin(), sides.end(), [&](const Side& s) {
      return s.device().name == record.device.name;
    });
    if (side == sides.end()) {
      sides.push_back({.label = set.label,
                       .records = {&record},
                       .datasheet = match_datasheet(datasheets, record.device),
                       .dollars_per_gpu_hour = {}});
    } else {
      side->records.push_back(&record);
    }
  }
  if (sides.size() > 1) {
    for (Side& side : sides) side.label += fmt::format(" ({})", side.device().name);
  }
  for (const Side& side : sides) check_runs(side);
  return sides;
}

std::string card_of(const Side& side) { return card_name(side.device(), side.datasheet); }

/// Those of the two sides that have no price.
std::vector<std::string> unpriced(const Side& base, const Side& other) {
  std::vector<std::string> names;
  for (const Side* side : {&base, &other}) {
    if (!side->dollars_per_gpu_hour) names.push_back(card_of(*side));
  }
  return names;
}

/// Each side's own price, else the cheapest on-demand offer.
void add_prices(std::vector<Side>& sides, const CompareQuestion& question) {
  std::vector<PricedCard> cards;
  for (const Side& side : sides) {
    PricedCard& card = cards.emplace_back(card_names(side.device(), side.datasheet),
                                          std::vector<std::string>{side.label});
    for (const Record* record : side.records)
      if (record->path.string() != side.label) card.files.push_back(record->path.string());
  }
  const std::vector<std::optional<double>> own = question.own.of(cards);
  for (std::size_t i = 0; i < sides.size(); ++i) {
    const Rate rate = rates_of(sides[i].datasheet, question.offers, own[i]).front();
    if (rate.kind != RateKind::kUnit) sides[i].dollars_per_gpu_hour = rate.dollars_per_gpu_hour;
  }
}

}  // namespace

std::vector<ComparisonReport> compare_answer(const CompareQuestion& question,
                                             const std::vector<Datasheet>& datasheets) {
  std::vector<Side> sides;
  for (const ResultSet& set : question.sets) {
    std::vector<Side> of_set = sides_of(set, datasheets);
    if (sides.empty() && of_set.size() > 1)
      throw UsageError(fmt::format("{}: holds results of {} cards, expected one as the base: {}",
                                   set.label, of_set.size(), of_set[1].device().name));
    std::move(of_set.begin(), of_set.end(), std::back_inserter(sides));
  }
  add_prices(sides, question);
  const std::span<const Side> others = std::span<const Side>(sides).subspan(1);
  std::vector<ComparisonReport> reports =
      compare(sides.front(), others, {.threshold = question.threshold});
  if (!question.own.empty() || !question.offers.empty()) {
    for (std::size_t i = 0; i < reports.size(); ++i)
      reports[i].unpriced = unpriced(sides.front(), others[i]);
  }
  return reports;
}

}  // namespace gpugauge
