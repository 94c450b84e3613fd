#pragma once

#include <optional>
#include <span>

#include "harness/config/model.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

/// Of imported tables, which hold thousands of shapes, a copy with those cases alone that speak for
/// the models: GEMMs of the N and K of their linears, or of the nearest in the tables on either
/// side, and attention of their heads. Nothing for any other record and where there is no model:
/// all of their cases count.
std::optional<Record> model_cases(const Record& record, std::span<const ModelConfig> models);

}  // namespace gpugauge
