#include "harness/cli/options/model_names_of.hpp"

#include "harness/config/catalog.hpp"

namespace gpugauge {

std::string model_name_of(const std::string& given) { return Catalog::locate().model_name(given); }

std::string forward_model_name_of(const std::string& given) {
  return Catalog::locate().forward_model_name(given);
}

}  // namespace gpugauge
