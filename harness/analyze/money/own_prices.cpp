#include "harness/analyze/money/own_prices.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"
#include "harness/base/parse_number.hpp"
#include "harness/config/prices.hpp"

namespace gpugauge {
namespace {

using Prices = std::vector<std::optional<double>>;

struct PriceWord {
  std::string card;  ///< empty: of whatever card there is
  double dollars;
};

std::optional<PriceWord> price_word(std::string_view word) {
  const std::size_t equals = word.rfind('=');
  if (equals == 0) return std::nullopt;
  std::string_view number = equals == std::string_view::npos ? word : word.substr(equals + 1);
  if (number.starts_with('$')) number.remove_prefix(1);
  const auto dollars = parse_number<double>(number);
  if (!dollars || !(*dollars > 0 && *dollars <= kMaxDollarsPerGpuHour)) return std::nullopt;
  return PriceWord{
      equals == std::string_view::npos ? std::string() : std::string(word.substr(0, equals)),
      *dollars};
}

/// `--hourly l40s=…,h100-sxm5=…`, in quotes where a name has spaces.
std::string by_name(std::span<const std::string> cards) {
  const std::string list = fmt::format("{}=…", fmt::join(cards, "=…,"));
  return list.find(' ') == std::string::npos ? "--hourly " + list
                                             : fmt::format("--hourly '{}'", list);
}

std::vector<std::string> kinds_of(std::span<const PricedCard> cards) {
  std::vector<std::string> kinds;
  for (const PricedCard& each : cards) {
    if (std::find(kinds.begin(), kinds.end(), each.card.name) == kinds.end())
      kinds.push_back(each.card.name);
  }
  return kinds;
}

void set_price(std::optional<double>& price, double dollars, const std::string& card) {
  if (price) throw UsageError(fmt::format("--hourly: {} has two prices, expected one", card));
  price = dollars;
}

/// Whether files of the question are called so; their price is `dollars`.
bool price_files(std::span<const PricedCard> cards, const std::string& file, double dollars,
                 Prices& of_files) {
  bool found = false;
  for (std::size_t i = 0; i < cards.size(); ++i) {
    const std::vector<std::string>& files = cards[i].files;
    if (std::find(files.begin(), files.end(), file) == files.end()) continue;
    set_price(of_files[i], dollars, file);
    found = true;
  }
  return found;
}

void price_card(std::span<const PricedCard> cards, const std::string& given, double dollars,
                Prices& of_cards) {
  std::vector<CardNames> names;
  for (const PricedCard& each : cards) names.push_back(each.card);
  const std::vector<std::string> meant = cards_meant(given, names);
  if (meant.size() > 1)
    throw UsageError(fmt::format("--hourly {}: {}? {}", given, fmt::join(meant, " or "),
                                 by_name(kinds_of(cards))));
  if (meant.empty())
    throw UsageError("--hourly: " + unknown_name_message("card", given, kinds_of(cards)));
  for (std::size_t i = 0; i < cards.size(); ++i) {
    if (cards[i].card.name == meant.front()) set_price(of_cards[i], dollars, meant.front());
  }
}

}  // namespace

bool is_own_price(std::string_view word) { return price_word(word).has_value(); }

OwnPrices::OwnPrices(std::span<const std::string> words) {
  for (const std::string& word : words) {
    const auto price = price_word(word);
    if (!price)
      throw UsageError(fmt::format("--hourly is {}, expected {}", in_quotes(word), kOwnPriceForm));
    if (price->card.empty()) {
      nameless_.push_back(price->dollars);
    } else {
      named_.emplace_back(price->card, price->dollars);
    }
  }
  if (!nameless_.empty() && !named_.empty())
    throw UsageError(
        "--hourly: found prices with and without a card's name, expected CARD=DOLLARS for all");
}

std::vector<std::optional<double>> OwnPrices::of(std::span<const PricedCard> cards) const {
  if (!nameless_.empty()) {
    const std::vector<std::string> kinds = kinds_of(cards);
    if (kinds.size() > 1)
      throw UsageError(fmt::format("which card costs ${:g}? {}",
                                   fmt::join(nameless_, " and which $"), by_name(kinds)));
    if (nameless_.size() > 1)
      throw UsageError(
          fmt::format("--hourly: found {} prices of one kind of card ({}), expected one",
                      nameless_.size(), fmt::join(kinds, ", ")));
    return Prices(cards.size(), nameless_.front());
  }
  Prices of_cards(cards.size()), of_files(cards.size());
  for (const auto& [given, dollars] : named_) {
    const bool is_card = std::any_of(cards.begin(), cards.end(), [&](const PricedCard& each) {
      return is_same_card_name(each.card.name, given);
    });
    if (is_card || !price_files(cards, given, dollars, of_files))
      price_card(cards, given, dollars, of_cards);
  }
  for (std::size_t i = 0; i < cards.size(); ++i) {
    if (of_files[i]) of_cards[i] = of_files[i];
  }
  return of_cards;
}

}  // namespace gpugauge
