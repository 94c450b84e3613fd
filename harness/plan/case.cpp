#include "harness/plan/case.hpp"

#include <fmt/format.h>

namespace gpugauge {

std::string case_name(const Case& c) {
  std::string name = kind_path(c.op);
  for (const std::string& part : {c.model, c.role}) {
    if (!part.empty()) name += fmt::format("/{}", part);
  }
  name += fmt::format("/{}/{}/{}", shape_path(c.op), c.implementation, name_of(c.options.cache));
  if (c.options.data != Distribution::kNormal) name += fmt::format("/{}", name_of(c.options.data));
  if (c.options.pace) name += fmt::format("/{}", name_of(*c.options.pace));
  return name;
}

}  // namespace gpugauge
