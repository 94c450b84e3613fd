#include "harness/cli/options/plan_options.hpp"

#include <fmt/format.h>

#include <unordered_set>

#include "harness/base/error.hpp"
#include "harness/cli/options/definitions.hpp"

namespace gpugauge {
namespace {

/// Puts the command line's models and batches into every entry that measures models.
void override_model_entries(Suite& suite, const PlanOptions& options,
                            const std::vector<ModelConfig>& models) {
  bool used = false;
  for (SuiteEntry& entry : suite.entries) {
    if (entry.models.models.empty()) continue;
    used = true;
    if (!options.batches.empty()) entry.models.batches = options.batches;
    if (models.empty()) continue;
    entry.models.models.clear();
    for (const ModelConfig& model : models) entry.models.models.push_back(model.name);
  }
  if (!used)
    throw UsageError(fmt::format("--model and --batch: suite {} measures no model", suite.name));
}

std::vector<ModelConfig> models_of(const Catalog& catalog, const Suite& suite) {
  std::vector<ModelConfig> models;
  std::unordered_set<std::string> seen;
  for (const SuiteEntry& entry : suite.entries) {
    for (const std::string& name : entry.models.models) {
      if (seen.insert(name).second) models.push_back(catalog.model(name));
    }
  }
  return models;
}

}  // namespace

void add_plan_options(Command& command, PlanOptions& options) {
  constexpr const char* kDefault = "default: the suite's";
  command.option(option::kSuite, options.suite)
      .detail(fmt::format("default: {}; how long each takes: gpugauge list", kDefaultSuite));
  command.option(option::kDevice, options.device);
  command.option(option::kFilter, options.filter);
  command.option(option::kModel, options.models).detail(kDefault);
  command.option(option::kBatch, options.batches).detail(kDefault);
  command.option(option::kContext, options.contexts).detail(kDefault);
}

SuiteSelection select_suite(const Catalog& catalog, const PlanOptions& options) {
  SuiteSelection selection{
      .suite = load_suite(catalog, options.suite.empty() ? kDefaultSuite : options.suite),
      .models = {}};
  selection.models = read_models(catalog, options.models);
  if (!options.models.empty() || !options.batches.empty()) {
    override_model_entries(selection.suite, options, selection.models);
  }
  if (selection.models.empty()) selection.models = models_of(catalog, selection.suite);
  if (!options.contexts.empty()) selection.suite.contexts = options.contexts;
  return selection;
}

}  // namespace gpugauge
