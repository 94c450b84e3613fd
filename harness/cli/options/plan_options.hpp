#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/cli/command.hpp"
#include "harness/config/catalog.hpp"
#include "harness/plan/suite.hpp"

namespace gpugauge {

/// What to measure, on what: the options that `run` and `list` share.
inline constexpr const char* kDefaultSuite = "quick";
struct PlanOptions {
  std::string suite;  ///< empty: kDefaultSuite, or that of the run that goes on
  std::string device = "best";
  std::string filter;
  std::vector<std::string> models;
  std::vector<std::int64_t> batches;
  std::vector<std::int64_t> contexts;
};
void add_plan_options(Command& command, PlanOptions& options);

/// The suite with the command line's models, batches and contexts in place of its own, and the
/// models that it then names.
struct SuiteSelection {
  Suite suite;
  std::vector<ModelConfig> models;
};
SuiteSelection select_suite(const Catalog& catalog, const PlanOptions& options);

}  // namespace gpugauge
