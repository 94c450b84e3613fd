#include "harness/answer/card_result.hpp"

#include <algorithm>
#include <cctype>

namespace gpugauge {

CardResult card_result(const Record& record, const std::vector<Datasheet>& datasheets) {
  CardResult result{.record = &record};
  if (const Datasheet* sheet = match_datasheet(datasheets, record.device))
    result.datasheet = *sheet;
  return result;
}

std::string card_label(const DeviceInfo& device, const Datasheet* sheet) {
  std::string label = card_name(device, sheet);
  if (sheet == nullptr) return label;
  std::transform(label.begin(), label.end(), label.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return label;
}

std::vector<Rate> rates_of(const Datasheet* sheet, const std::vector<PriceOffer>& offers,
                           std::optional<double> hourly) {
  if (hourly || sheet == nullptr) return rates_of({}, hourly);
  return rates_of(offers_for(offers, *sheet), std::nullopt);
}

}  // namespace gpugauge
