#pragma once

#include "harness/config/prices.hpp"

namespace gpugauge {

/// The offers of one list.
inline std::vector<PriceOffer> load_prices(const std::filesystem::path& file) {
  return load_price_list({file}).offers;
}

}  // namespace gpugauge
