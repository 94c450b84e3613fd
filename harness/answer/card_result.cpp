#include "harness/answer/card_result.hpp"

namespace gpugauge {

CardResult card_result(const Record& record, const std::vector<Datasheet>& datasheets) {
  CardResult result{.record = &record};
  if (const Datasheet* sheet = match_datasheet(datasheets, record.device))
    result.datasheet = *sheet;
  return result;
}

std::vector<Rate> rates_of(const Datasheet* sheet, const std::vector<PriceOffer>& offers,
                           std::optional<double> hourly) {
  if (hourly || sheet == nullptr) return rates_of({}, hourly);
  return rates_of(offers_for(offers, *sheet), std::nullopt);
}

}  // namespace gpugauge
