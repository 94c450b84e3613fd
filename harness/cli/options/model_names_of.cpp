#include "harness/cli/options/model_names_of.hpp"

#include "harness/cli/options/output.hpp"

namespace gpugauge {

std::string model_name_of(const std::string& given) { return Catalog::locate().model_name(given); }

std::string forward_model_name_of(const std::string& given) {
  return Catalog::locate().forward_model_name(given);
}

std::vector<ModelConfig> read_models(const Catalog& catalog, std::span<const std::string> given) {
  std::vector<ModelConfig> models = catalog.models(given);
  for (const ModelConfig& model : models) log_warnings(model.notes);
  return models;
}

}  // namespace gpugauge
