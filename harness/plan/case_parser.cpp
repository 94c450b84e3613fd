#include "harness/plan/case_parser.hpp"

#include "harness/plan/families/family.hpp"

namespace gpugauge {

Case parse_case_name(std::string_view name, const ModelOf& model_of) {
  NameParts parts(name);
  Case c;
  c.op = parse_op(parts);
  c.model = parts.model();
  c.role = parts.role();
  for (const Family& family : families()) {
    if (family.complete != nullptr && family.name == family_of(c.op))
      c.op = family.complete(c.op, parts, model_of);
  }
  c.implementation = parts.take("an implementation");
  c.options.cache = parts.take_named<CacheState>("cold or hot", "cold");
  if (parts.has_more() && !parts.is_named<Pace>())
    c.options.data = parts.take_named<Distribution>("a data distribution", "zeros");
  if (parts.is_named<Pace>()) c.options.pace = parts.take_named<Pace>("a pace", "burst");
  if (parts.has_more()) parts.fail(parts.take("the end"), "the end of the name");
  return c;
}

}  // namespace gpugauge
