#pragma once

#include "harness/record/record.hpp"

namespace gpugauge {

/// Whether it is a card in software (tests/emulated), on which nothing is measured: its name says
/// so.
inline bool is_emulated(const DeviceInfo& device) { return device.name.starts_with("emulated "); }

/// Throws UsageError for a record of such a card, unless the tests set GPUGAUGE_READ_EMULATED.
void refuse_emulated(const Record& record);

}  // namespace gpugauge
