#include "harness/answer/decode_groups.hpp"

#include <algorithm>
#include <tuple>

#include "harness/base/grouping.hpp"

namespace gpugauge {

std::vector<DecodeGroup> groups_of(std::span<const PricedDecode> points) {
  const auto key = [](const PricedDecode& p) {
    return std::tuple(p.decode.model, p.decode.point.precision, p.decode.point.context);
  };
  return grouped_by<PricedDecode>(points, key);
}

bool several_files(const DecodeGroup& group) {
  return differ(group, [](const PricedDecode* p) { return p->decode.file; });
}

bool any_too_large(const DecodeGroup& group) {
  return std::any_of(group.begin(), group.end(),
                     [](const PricedDecode* p) { return !p->decode.fits(); });
}

}  // namespace gpugauge
