#pragma once

#include "harness/base/error.hpp"

namespace gpugauge {

/// The process's context on the device is dead: whatever it asks of the device fails from now on,
/// and only another process can go on.
class DeviceLost : public EnvironmentError {
 public:
  using EnvironmentError::EnvironmentError;
};

}  // namespace gpugauge
