#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "harness/config/prices.hpp"

// The formats that a price list comes in. Each reads the text of one file, whose name is for error
// messages; none looks at a clock or a file's date.

namespace gpugauge {

/// The native list, SkyPilot's catalogue (vms.csv) or gpuhunt's, told apart by the names of their
/// columns. Throws UsageError with file:line.
PriceList read_price_csv(std::string_view text, const std::string& file);

/// The pages of one answer, which may be spread over files.
struct SpheronPages {
  std::set<std::int64_t> seen;  ///< from 1
  std::int64_t total = 0;
};

/// Spheron's answer to GET /api/gpu-offers, or an array of its pages. `price` is taken for that of
/// the whole offer, `gpuCount` GPUs. Offers that are not available are left out with a warning.
/// Throws UsageError with file:line and the place in the JSON.
PriceList read_spheron_json(std::string_view text, const std::string& file, SpheronPages& pages);

/// `H100-SXM5`, `H100_SXM5` and `H100NVL` as the card and how it is built: {"H100", "SXM5"}. The
/// form factor is empty where the name does not say it.
struct NamedCard {
  std::string accelerator, form_factor;
};
NamedCard split_card_name(std::string_view name);
/// The form factor among the words of a name; empty if none is there.
std::string form_factor_in(std::string_view name);

/// Why `dollars` for `gpu_count` GPUs is no price, or an empty text.
std::string price_problem(double dollars, int gpu_count);

}  // namespace gpugauge
