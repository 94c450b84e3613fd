#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/config/datasheet.hpp"

// What sellers call a card: `H100`, `H100-SXM5`, `h100-sxm5-80gb`, `NVIDIA H100 80GB HBM3`.

namespace gpugauge {

/// `H100-SXM5`, `H100_SXM5` and `H100NVL` as the card and how it is built: {"H100", "SXM5"}. The
/// form factor is empty where the name does not say it.
struct NamedCard {
  std::string accelerator, form_factor;
};
NamedCard split_card_name(std::string_view name);

/// The form factor among the words of a name, an instance's too (`n3-H100-sxm5x8`,
/// `H100_PCIE_80GB::1`); empty if none is there. `NVLink` and `NVL72` are none.
std::string form_factor_in(std::string_view name);

/// How much of a card's identity a seller's name fixes.
enum class NameMatch : std::uint8_t {
  kNone,    ///< another card
  kKind,    ///< the accelerator; its form factor is another question
  kDevice,  ///< what the driver calls this very card, form factor included
};
/// Case, separators and the maker's name do not count. A memory size may stand in the name where it
/// is that of the card.
NameMatch match_card_name(std::string_view name, const Datasheet& sheet);

}  // namespace gpugauge
