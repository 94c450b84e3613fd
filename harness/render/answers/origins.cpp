#include "harness/render/answers/origins.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <vector>

namespace gpugauge {

Cell origins_cell(const OriginShares& shares) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (shares[i] > 0)
      parts.push_back(
          fmt::format("{:.0f}% {}", 100 * shares[i], row_of(static_cast<Origin>(i)).words));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace gpugauge
