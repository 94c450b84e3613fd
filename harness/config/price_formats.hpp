#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "harness/config/prices.hpp"
#include "harness/config/seller_name.hpp"

// The formats that a price list comes in. Each reads the text of one file, whose name is for error
// messages; none looks at a clock or a file's date.

namespace gpugauge {

/// The native list, SkyPilot's catalogue (vms.csv) or gpuhunt's, told apart by the names of their
/// columns. Rows that are no offers are left out with a warning. Throws UsageError with file:line
/// where nothing is left or the columns are wrong.
PriceList read_price_csv(std::string_view text, const std::string& file);

/// The pages of one answer, which may be spread over files.
struct SpheronPages {
  std::set<std::int64_t> seen;  ///< from 1
  std::int64_t total = 0;
};

/// Spheron's answer to GET /api/gpu-offers, or an array of its pages. `price` is taken for that of
/// the whole offer, `gpuCount` GPUs. Offers that are not available, have no price or are wrong are
/// left out with a warning. Throws UsageError with file:line and the place in the JSON where
/// nothing is left or it is no such answer.
PriceList read_spheron_json(std::string_view text, const std::string& file, SpheronPages& pages);

/// Whether a list writes this where it knows no price: 0, or a number of nines from 99999 on.
bool is_no_price(double dollars);

/// Why `dollars` for `gpu_count` GPUs is no price, or an empty text.
std::string price_problem(double dollars, int gpu_count);

}  // namespace gpugauge
