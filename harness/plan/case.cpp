#include "harness/plan/case.hpp"

#include <fmt/format.h>

namespace gpugauge {

std::string case_name(const Case& c) {
  std::string name = kind_path(c.op);
  if (!c.model.empty()) name += fmt::format("/{}/{}", c.model, c.role);
  name += fmt::format("/{}/{}/{}", shape_path(c.op), c.implementation, name_of(c.options.cache));
  if (c.options.data != Distribution::kNormal) name += fmt::format("/{}", name_of(c.options.data));
  return name;
}

}  // namespace gpugauge
