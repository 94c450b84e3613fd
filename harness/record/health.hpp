#pragma once

#include <optional>

#include "harness/record/record.hpp"

namespace gpugauge {

/// What came on the card in all sessions of a record that were watched from begin to end; between
/// two sessions nobody looked.
CardErrors card_errors(const Record& record);

/// The newest state of the card that the record knows; all of it unknown where it knows none.
CardHealth last_health(const Record& record);

}  // namespace gpugauge
