#pragma once

#include <string>

namespace gpugauge {

/// A random UUID (RFC 4122, version 4), e.g. `6c84fb90-12c4-11e1-840d-7b25c5ee775a`.
std::string new_run_id();

/// Now, as `2025-11-22T14:03:07Z`.
std::string utc_now();

}  // namespace gpugauge
