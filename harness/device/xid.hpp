#pragma once

#include <string_view>

namespace gpugauge {

/// One of the numbers by which NVIDIA's driver says what went wrong on a card.
struct Xid {
  int number = 0;
  std::string_view meaning;
  std::string_view advice;
};

/// The one of that number, if it is among the commonest; else null. Source: NVIDIA, Xid Errors, Xid
/// catalog (docs.nvidia.com/deploy/xid-errors), in our words; the advice is that to somebody who
/// rents the card.
const Xid* find_xid(int number);

}  // namespace gpugauge
