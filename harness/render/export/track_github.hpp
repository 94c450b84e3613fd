#pragma once

#include <ostream>

#include "harness/analyze/track/track.hpp"

namespace gpugauge {

/// A night's check as annotations of a GitHub Actions run: an error for each regression, with since
/// when and what changed then; a warning for what is to be confirmed or says nothing; nothing for
/// what passed.
void write_github(std::ostream& out, const TrackReport& report);

}  // namespace gpugauge
