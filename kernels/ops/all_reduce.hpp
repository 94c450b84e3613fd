#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/base/of.hpp"
#include "kernels/ops/work.hpp"

namespace gpugauge {

/// The sum of arrays of `bytes` that each of `cards` has, left in each of them.
struct AllReduce {
  static constexpr std::string_view kFamily = "all_reduce";
  static constexpr bool kCrossesLink = true;

  std::int64_t cards, bytes;

  Work work() const;
  std::string kind_path() const;
  std::string shape_path() const;
  static AllReduce parse(NameParts& parts);
  std::int64_t* swept() { return &bytes; }
  std::array<OpAxis, 1> axes() { return {{{"bytes", &bytes}}}; }
  auto operator<=>(const AllReduce&) const = default;
};

void fields(Of<AllReduce> auto& op, auto&& visit) {
  visit.about("The sum of arrays that several cards have, left in each of them.");
  visit("cards", op.cards, {.text = "Cards that take part.", .least = 2});
  visit("bytes", op.bytes, {"Bytes of the array of each card."});
}

}  // namespace gpugauge
