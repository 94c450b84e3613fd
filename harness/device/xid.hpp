#pragma once

#include <span>
#include <string_view>

namespace gpugauge {

/// One of the numbers by which NVIDIA's driver says what went wrong on a card.
struct Xid {
  int number = 0;
  std::string_view meaning;
  std::string_view advice;
};

/// The commonest, by number. Source: NVIDIA, Xid Errors, Xid catalog (docs.nvidia.com/deploy/
/// xid-errors), in our words; the advice is that to somebody who rents the card.
std::span<const Xid> common_xids();
/// The one of that number; null if it is not among them.
const Xid* find_xid(int number);

}  // namespace gpugauge
