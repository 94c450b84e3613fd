#include "kernels/ops/all_reduce.hpp"

#include <fmt/format.h>

#include "harness/base/byte_size.hpp"
#include "harness/base/units.hpp"
#include "kernels/ops/name_parts.hpp"

namespace gpugauge {

/// In a ring every card sends all parts of the array but one twice: once to be summed, once as a
/// sum. No algorithm that runs on the cards alone sends fewer.
Work AllReduce::work() const {
  const double count = as_double(cards);
  return {.flops = 0, .bytes = 2 * (count - 1) / count * as_double(bytes)};
}

std::string AllReduce::kind_path() const { return {}; }

std::string AllReduce::shape_path() const {
  return fmt::format("cards:{}/{}", cards, format_bytes_exact(bytes));
}

AllReduce AllReduce::parse(NameParts& parts) {
  const std::int64_t cards = parts.take_number("cards");
  return {.cards = cards, .bytes = parts.take_bytes()};
}

}  // namespace gpugauge
