#pragma once

#include <cstdint>
#include <string>

namespace gpugauge {

/// The outcome of comparing a timed buffer with the reference. `max_error` is the worst element in
/// units of its own bound, so that `max_error <= 1` passes whatever the op.
struct Verification {
  bool passed = false;
  double max_error = 0.0;       ///< worst |out − ref| over its bound; 1 is the limit
  double relative_error = 0.0;  ///< ‖out − ref‖₂ / ‖ref‖₂ over the checked elements
  std::int64_t checked = 0;     ///< elements compared with the reference
  std::string reason;  ///< why it failed: which element, found, expected; empty if it passed
};

}  // namespace gpugauge
