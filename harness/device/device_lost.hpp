#pragma once

#include <string>
#include <utility>

#include "harness/base/error.hpp"

namespace gpugauge {

/// The process's context on the device is dead: whatever it asks of the device fails from now on,
/// and only another process can go on.
class DeviceLost : public EnvironmentError {
 public:
  using EnvironmentError::EnvironmentError;
};

/// One candidate of a search killed the context: the case can be measured without it.
class CandidateLost : public DeviceLost {
 public:
  CandidateLost(std::string candidate, const std::string& message)
      : DeviceLost(message), candidate_(std::move(candidate)) {}
  const std::string& candidate() const { return candidate_; }

 private:
  std::string candidate_;
};

/// `; usually: the card fell off the bus (XID 79) …`: what this CUDA error means where it ended the
/// context in the middle of a run; empty where its own words say it.
std::string usual_loss(int cuda_error);

}  // namespace gpugauge
