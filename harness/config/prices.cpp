#include "harness/config/prices.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <tuple>

#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"
#include "harness/base/text_file.hpp"
#include "harness/config/iso_date.hpp"
#include "harness/config/price_formats.hpp"

namespace gpugauge {
namespace {

/// The date that the name begins with, as those of configs/prices do, else that of the last change
/// (UTC): a file that was copied or checked out keeps the first and loses the second.
std::string date_of_file(const std::filesystem::path& file) {
  const std::string stem = file.stem().string();
  if (is_iso_date(stem.substr(0, 10))) return stem.substr(0, 10);
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) return {};
  return utc_date(status.st_mtime);
}

bool is_json(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

/// One that is explained in its notes is not.
bool is_swapped(const PriceOffer& offer) {
  return offer.on_demand_per_gpu_hour && offer.spot_per_gpu_hour &&
         *offer.spot_per_gpu_hour > *offer.on_demand_per_gpu_hour && offer.notes.empty();
}

PriceList read_list(const std::filesystem::path& file, SpheronPages& pages) {
  const std::string name = file.string();
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  const std::string whole = read_text_file(file);
  std::string_view text = whole;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  PriceList list =
      is_json(text) ? read_spheron_json(text, name, pages) : read_price_csv(text, name);
  const std::string date = date_of_file(file);
  for (PriceOffer& offer : list.offers) offer.file_date = date;
  if (const auto swapped = std::count_if(list.offers.begin(), list.offers.end(), is_swapped))
    list.warnings.push_back(
        fmt::format("{}: of {} of {} offers the spot price is above the on-demand price: are the "
                    "columns swapped?",
                    name, swapped, list.offers.size()));
  return list;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

bool equal_names(const std::string& a, const std::string& b) { return lower(a) == lower(b); }

/// What makes offers of several lists the same one.
auto identity_of(const PriceOffer& offer) {
  return std::tuple(lower(offer.provider), lower(offer.instance), lower(offer.region),
                    lower(offer.accelerator), offer.gpu_count,
                    offer.instance.empty() ? lower(offer.form_factor) : std::string());
}

/// The offers of all lists without those that are replaced.
std::vector<PriceOffer> merged(std::vector<PriceList> lists) {
  using Day = std::pair<std::string, std::size_t>;  // and which list, of several of one day
  std::map<decltype(identity_of({})), Day> newest;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    for (const PriceOffer& offer : lists[i].offers) {
      Day& day = newest[identity_of(offer)];
      day = std::max(day, Day(price_date(offer), i));
    }
  }
  std::vector<PriceOffer> offers;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    for (PriceOffer& offer : lists[i].offers) {
      if (offer.provider.empty() || newest.at(identity_of(offer)) == Day(price_date(offer), i))
        offers.push_back(std::move(offer));
    }
  }
  return offers;
}

/// `SXM` without a generation is any of them.
bool same_form_factor(const std::string& offered, const std::string& wanted) {
  return equal_names(offered, wanted) || (offered == "SXM" && wanted.starts_with("SXM"));
}

}  // namespace

const std::string& price_date(const PriceOffer& offer) {
  return offer.observed_at.empty() ? offer.file_date : offer.observed_at;
}

PriceList load_price_list(const std::vector<std::filesystem::path>& files) {
  PriceList all;
  SpheronPages pages;
  std::vector<PriceList> lists;
  for (const std::filesystem::path& file : files) {
    PriceList& list = lists.emplace_back(read_list(file, pages));
    std::move(list.warnings.begin(), list.warnings.end(), std::back_inserter(all.warnings));
  }
  all.offers = merged(std::move(lists));
  const auto seen = static_cast<std::int64_t>(pages.seen.size());
  if (seen < pages.total)
    all.warnings.push_back(
        fmt::format("{}: {} of {} pages of offers; scripts/refresh_prices.py fetches them all",
                    files.back().string(), seen, pages.total));
  if (all.offers.empty() && !files.empty())
    throw UsageError(fmt::format("{}: no offer of a GPU that is available", files.back().string()));
  return all;
}

std::optional<std::string> misspelt_accelerator(const std::vector<PriceOffer>& offers,
                                                const Datasheet& sheet,
                                                const std::vector<Datasheet>& known) {
  std::vector<std::string> of_no_card;
  for (const PriceOffer& offer : offers) {
    const auto is_of = [&](const Datasheet& card) {
      return match_card_name(offer.accelerator, card) != NameMatch::kNone;
    };
    if (is_of(sheet)) return std::nullopt;
    if (std::none_of(known.begin(), known.end(), is_of)) of_no_card.push_back(offer.accelerator);
  }
  return nearest(sheet.accelerator, of_no_card);
}

std::vector<std::string> names_nearest_first(const std::vector<PriceOffer>& offers,
                                             const Datasheet& sheet) {
  std::map<std::string, std::string> names;  // of each, its accelerator
  for (const PriceOffer& offer : offers)
    names.emplace(
        offer.form_factor.empty() ? offer.accelerator : offer.accelerator + " " + offer.form_factor,
        offer.accelerator);
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (const auto& [name, accelerator] : names)
    ranked.emplace_back(lower(accelerator).find(lower(sheet.accelerator)) != std::string::npos
                            ? 0
                            : slips_between(sheet.accelerator, accelerator),
                        name);
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string> result;
  for (auto& [slips, name] : ranked) result.push_back(std::move(name));
  return result;
}

std::vector<PriceOffer> offers_for(const std::vector<PriceOffer>& offers, const Datasheet& sheet) {
  std::vector<PriceOffer> exact, unstated;
  for (const PriceOffer& offer : offers) {
    const NameMatch match = match_card_name(offer.accelerator, sheet);
    if (match == NameMatch::kNone) continue;
    if (match == NameMatch::kDevice || sheet.form_factor.empty() ||
        same_form_factor(offer.form_factor, sheet.form_factor)) {
      exact.push_back(offer);
    } else if (offer.form_factor.empty()) {
      unstated.push_back(offer);
      unstated.back().is_form_factor_guessed = true;
    }
  }
  std::vector<PriceOffer>& found = exact.empty() ? unstated : exact;
  std::stable_sort(found.begin(), found.end(), [](const PriceOffer& a, const PriceOffer& b) {
    constexpr double kNoPrice = std::numeric_limits<double>::infinity();
    return a.on_demand_per_gpu_hour.value_or(kNoPrice) <
           b.on_demand_per_gpu_hour.value_or(kNoPrice);
  });
  return found;
}

}  // namespace gpugauge
