#pragma once

#include <optional>

#include "harness/config/datasheet.hpp"
#include "harness/plan/plan.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

/// What a datasheet says bounds a launch.
RoofRates roof_rates(const Datasheet& sheet);

/// What bounds a launch on this device: the datasheet's rates, or without one the record's own
/// measured peaks, of memory that of the fastest pattern. `sheet` may be null.
RoofRates roof_rates(const Record& record, const Datasheet* sheet);

/// The time of the op at the roof over the time it took. Nothing where no rate bounds it, or where
/// the operands were in the cache, whose rate nobody states.
std::optional<double> share_of_roof(const Measurement& measurement, const RoofRates& rates);

}  // namespace gpugauge
