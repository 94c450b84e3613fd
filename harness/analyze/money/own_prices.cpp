#include "harness/analyze/money/own_prices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "harness/analyze/money/cost.hpp"
#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"
#include "harness/base/parse_number.hpp"

namespace gpugauge {
namespace {

double price_of(const std::string& word, std::string_view number) {
  const auto dollars = parse_number<double>(number);
  if (!dollars)
    throw UsageError(fmt::format(
        "--hourly {}: expected dollars per GPU-hour, or CARD=DOLLARS for each card", word));
  return rates_of({}, *dollars).front().dollars_per_gpu_hour;
}

}  // namespace

OwnPrices::OwnPrices(std::span<const std::string> words) {
  for (const std::string& word : words) {
    const std::size_t equals = word.rfind('=');
    if (equals == std::string::npos) {
      in_order_.push_back(price_of(word, word));
    } else if (!by_card_
                    .emplace(word.substr(0, equals),
                             price_of(word, std::string_view(word).substr(equals + 1)))
                    .second) {
      throw UsageError(fmt::format("--hourly {}: the card has a price already", word));
    }
  }
  if (!in_order_.empty() && !by_card_.empty())
    throw UsageError(
        "--hourly: found prices with and without a card's name, expected CARD=DOLLARS for all");
}

std::vector<std::optional<double>> OwnPrices::of(std::span<const std::string> cards) const {
  if (in_order_.size() > 1 && in_order_.size() != cards.size())
    throw UsageError(
        fmt::format("--hourly: found {} prices, expected one, or {}: one for each of {}",
                    in_order_.size(), cards.size(), fmt::join(cards, ", ")));
  std::vector<std::optional<double>> prices;
  for (std::size_t i = 0; i < cards.size(); ++i) {
    std::optional<double>& price = prices.emplace_back();
    if (!in_order_.empty()) price = in_order_[in_order_.size() == 1 ? 0 : i];
    if (const auto named = by_card_.find(cards[i]); named != by_card_.end()) price = named->second;
  }
  for (const auto& [name, dollars] : by_card_) {
    if (std::find(cards.begin(), cards.end(), name) == cards.end())
      throw UsageError("--hourly: " +
                       unknown_name_message("card", name, {cards.begin(), cards.end()}));
  }
  return prices;
}

}  // namespace gpugauge
