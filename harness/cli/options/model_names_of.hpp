#pragma once

#include <string>

namespace gpugauge {

// Of the configs of this machine: what a model is called there (`Catalog::model_name`).
std::string model_name_of(const std::string& given);
std::string forward_model_name_of(const std::string& given);

}  // namespace gpugauge
