#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/plan/plan.hpp"
#include "harness/plan/suite.hpp"

namespace gpugauge {

/// Longest time a case samples and warms up by its policy: what an estimate of the whole is made
/// of. Set-up and verification come on top, and nobody knows them before.
double budget_seconds(const SamplingPolicy& policy);

/// The cases of one family, wherever they stand in the plan.
struct FamilyOutline {
  std::string family;
  std::vector<std::string> implementations;  ///< of the cases that can run, each once
  std::size_t supported = 0, unsupported = 0;
  double seconds = 0;  ///< at most, of those that can run
};

/// What lies ahead of a run.
struct PlanOutline {
  std::vector<FamilyOutline> families;  ///< in the order in which each is first met
  std::size_t supported = 0, unsupported = 0;
  double seconds = 0;  ///< at most, with `settle_seconds` where anything runs
};

PlanOutline outline_of(const Plan& plan, double settle_seconds);

}  // namespace gpugauge
