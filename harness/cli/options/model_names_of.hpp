#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/config/catalog.hpp"

namespace gpugauge {

// Of the configs of this machine: what a model is called there (`Catalog::model_name`).
std::string model_name_of(const std::string& given);
std::string forward_model_name_of(const std::string& given);

/// Those that `--model` names, with a warning for each thing that their files say and the numbers
/// do not show. Throws UsageError if two have one name.
std::vector<ModelConfig> read_models(const Catalog& catalog, std::span<const std::string> given);

}  // namespace gpugauge
