#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gpugauge {

/// The user's own prices (`--hourly`), in dollars per GPU-hour: one for every card (`2.49`), one
/// for each card of a question in its order (`2.49,0.89`), or some by name (`L40S=0.89`).
class OwnPrices {
 public:
  OwnPrices() = default;
  /// Of the words between the commas. Throws UsageError: a word that is no price, or above
  /// kMaxDollarsPerGpuHour, a card named twice, names beside prices without one.
  explicit OwnPrices(std::span<const std::string> words);

  bool empty() const { return in_order_.empty() && by_card_.empty(); }
  /// Whether no card needs a price list.
  bool cover_every_card() const { return !in_order_.empty(); }
  /// The price of each of these cards, absent where the user names none. A card may stand there
  /// more than once. Throws UsageError: a name that is none of them, or neither one price nor one
  /// for each.
  std::vector<std::optional<double>> of(std::span<const std::string> cards) const;

 private:
  std::vector<double> in_order_;
  std::map<std::string, double> by_card_;
};

}  // namespace gpugauge
