#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/config/datasheet.hpp"

namespace gpugauge {

/// A card with the names that people use for it.
struct CardNames {
  std::string name;                   ///< of its datasheet, else as the driver spells it
  std::vector<std::string> others{};  ///< the driver's, the datasheet's title
};
CardNames card_names(const Datasheet& sheet);
/// `sheet` may be null.
CardNames card_names(const DeviceInfo& device, const Datasheet* sheet);

/// Whether both are one name: case, separators and a leading `NVIDIA` aside.
bool is_same_card_name(std::string_view a, std::string_view b);

/// The cards that are meant by `given`: that of this name; else all that it is short for, up to a
/// separator or to a last number: `h100`, `H100 SXM` of h100-sxm5, never `l40` of l40s. Each once.
std::vector<std::string> cards_meant(std::string_view given, std::span<const CardNames> cards);

}  // namespace gpugauge
