#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/config/datasheet.hpp"

namespace gpugauge {

/// No GPU is rented for more: a price above it is a slip of the decimal point or of the column.
inline constexpr double kMaxDollarsPerGpuHour = 1000;
/// The age in days above which a price is no longer taken for today's without a word.
inline constexpr int kMaxPriceAgeDays = 30;

/// One offer. Dollars an hour for one GPU, already divided by the instance's count.
struct PriceOffer {
  std::string provider;
  std::string accelerator;
  std::string form_factor;  ///< empty where the list does not say
  std::string instance;
  std::string region;
  int gpu_count = 1;
  int min_gpus = 1;  ///< the fewest for rent; the whole instance where the list does not say
  std::optional<double> on_demand_per_gpu_hour;
  std::optional<double> spot_per_gpu_hour;
  std::string observed_at;  ///< ISO date; may be empty
  std::string file_date;    ///< ISO date that the list's name begins with, else of its last change
  std::string source;
  std::string notes;
  /// The card that it was matched to has a form factor, and the offer does not say its own.
  bool is_form_factor_guessed = false;
};

/// The offers of one or more files, merged, and what was left out of them or is not sure.
struct PriceList {
  std::vector<PriceOffer> offers;
  std::vector<std::string> warnings;  ///< each begins with its file
};

/// Reads price lists of any known format, told apart by their columns or shape:
/// - the native CSV: SkyPilot's columns (`Price` is for the instance) plus Provider, form_factor,
///   min_gpus, observed_at, source, notes, and price_per_gpu and spot_per_gpu, which must agree
///   with Price and SpotPrice over the count to 1%;
/// - SkyPilot's vms.csv, where instances without a GPU or with a share of one are no offers;
/// - gpuhunt's CSV, where spot is a row of its own;
/// - the JSON of Spheron's /api/gpu-offers: a page, or an array of pages.
/// Of an offer that stands in several lists only the newest counts, of two of one day that of the
/// later file. It is the same offer where provider, instance, region, card and number of GPUs are
/// the same, and the form factor where no instance is named; its on-demand and spot prices are
/// replaced together. An offer that does not name its provider is always kept.
/// 0 and a number of nines mean no price. A row without a price, of an accelerator without its host
/// (SkyPilot's, without InstanceType), or wrong (a price that is no number or is above
/// kMaxDollarsPerGpuHour, a count below one) is left out, with one warning a list that counts such
/// rows; a spot price above on-demand without a note is warned of. Throws UsageError with file:line
/// for a missing column and where nothing is left.
PriceList load_price_list(const std::vector<std::filesystem::path>& files);

/// The offers for a card, by any of its names (match_card_name), cheapest on-demand first. An offer
/// that does not say its form factor may be another variant: it counts only where no offer says it,
/// and is then marked as guessed.
std::vector<PriceOffer> offers_for(const std::vector<PriceOffer>& offers, const Datasheet& sheet);

/// The accelerator of these offers that may be a slip for the card's: no offer is for the card, and
/// the nearest name is that of no card in `known`. Nothing where there is none.
std::optional<std::string> misspelt_accelerator(const std::vector<PriceOffer>& offers,
                                                const Datasheet& sheet,
                                                const std::vector<Datasheet>& known);

/// What the offers are of, once each, form factors included, nearest to the card's name first.
std::vector<std::string> names_nearest_first(const std::vector<PriceOffer>& offers,
                                             const Datasheet& sheet);

/// How many GPUs are paid for: whole bundles of `min_gpus`. Both are at least 1.
constexpr int billable_gpus(int needed, int min_gpus) {
  return (needed + min_gpus - 1) / min_gpus * min_gpus;
}

/// The day that the price is of: observed_at, else the file's. May be empty.
const std::string& price_date(const PriceOffer& offer);

}  // namespace gpugauge
