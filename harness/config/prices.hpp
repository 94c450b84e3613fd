#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/config/datasheet.hpp"

namespace gpugauge {

/// One offer. Dollars an hour for one GPU, already divided by the instance's count.
struct PriceOffer {
  std::string provider;
  std::string accelerator;
  std::string form_factor;
  std::string instance;
  int gpu_count = 1;
  int min_gpus = 1;  ///< the fewest for rent; the whole instance where the list does not say
  std::optional<double> on_demand_per_gpu_hour;
  std::optional<double> spot_per_gpu_hour;
  std::string observed_at;  ///< ISO date; may be empty
  std::string source;
  std::string notes;
};

/// Reads the native CSV: SkyPilot's columns (`Price` is for the instance) plus
/// Provider, form_factor, min_gpus, observed_at, source, notes. Throws UsageError with file:line: a
/// price that is not a positive number, a missing column, a count below one.
std::vector<PriceOffer> load_prices(const std::filesystem::path& file);

/// The offers for a card, cheapest on-demand first. An offer that does not say its form factor may
/// be another variant, and counts only where no offer says it.
std::vector<PriceOffer> offers_for(const std::vector<PriceOffer>& offers, const Datasheet& sheet);

}  // namespace gpugauge
