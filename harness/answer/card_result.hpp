#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/analyze/money/cost.hpp"
#include "harness/analyze/step/fit.hpp"
#include "harness/config/datasheet.hpp"
#include "harness/config/method_error.hpp"
#include "harness/config/model.hpp"
#include "harness/config/prices.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

/// What a question is asked of: a result file with what the configs say about its card.
struct CardResult {
  const Record* record;
  std::optional<Datasheet> datasheet = {};  ///< of its card; absent if none is known
  std::vector<Rate> rates = {};             ///< what its card costs; empty where nobody asks
  std::vector<ModelConfig> models = {};     ///< those in question
  MethodError method_error = {};            ///< of what is derived

  const Datasheet* sheet() const { return datasheet ? &*datasheet : nullptr; }
};

/// Without rates and models. It points to the record.
CardResult card_result(const Record& record, const std::vector<Datasheet>& datasheets);
CardResult card_result(Record&&, const std::vector<Datasheet>&) = delete;

/// What people call a card: `H100-SXM5`, without a datasheet as the driver spells it.
std::string card_label(const DeviceInfo& device, const Datasheet* sheet);

/// What the card of a datasheet costs by these offers, as `rates_of`. `sheet` may be null.
std::vector<Rate> rates_of(const Datasheet* sheet, const std::vector<PriceOffer>& offers,
                           std::optional<double> hourly);

}  // namespace gpugauge
