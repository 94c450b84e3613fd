#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/config/card_names.hpp"

namespace gpugauge {

/// A card of a question, as a price may name it.
struct PricedCard {
  CardNames card;
  std::vector<std::string> files;  ///< its result files, as the user named them
};

/// `2.49`, `$2.49`, `l40s=0.72`: dollars per GPU-hour, above 0, at most kMaxDollarsPerGpuHour.
bool is_own_price(std::string_view word);
inline constexpr std::string_view kOwnPriceForm =
    "CARD=DOLLARS per GPU-hour (l40s=0.72), or 2.49 for one kind of card, up to 1000";

/// The user's own prices (`--hourly`), in dollars per GPU-hour: of cards by name
/// (`L40S=0.89,h100=2.49`), or one for all where they are of one kind (`2.49`).
class OwnPrices {
 public:
  OwnPrices() = default;
  /// Of the words between the commas. Throws UsageError: a word that is no price, names beside
  /// prices without one.
  explicit OwnPrices(std::span<const std::string> words);

  bool empty() const { return named_.empty() && nameless_.empty(); }
  /// Whether no card needs a price list.
  bool cover_every_card() const { return !nameless_.empty(); }
  /// The price of each of these cards, absent where the user names none. A card may stand there
  /// more than once; the price of one of its files is that file's alone. Throws UsageError: a name
  /// that is none of them or short for several, a card with two prices, a price without a name
  /// where the cards are of several kinds.
  std::vector<std::optional<double>> of(std::span<const PricedCard> cards) const;

 private:
  std::vector<double> nameless_;
  std::vector<std::pair<std::string, double>> named_;
};

}  // namespace gpugauge
