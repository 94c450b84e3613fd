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

std::vector<DecodeGroup> by_file(const DecodeGroup& group) {
  std::vector<DecodeGroup> files;
  for (const PricedDecode* p : group) {
    const auto same = std::find_if(files.begin(), files.end(), [&](const DecodeGroup& own) {
      return own.front()->decode.file == p->decode.file;
    });
    (same == files.end() ? files.emplace_back() : *same).push_back(p);
  }
  return files;
}

bool several_files(const DecodeGroup& group) {
  return differ(group, [](const PricedDecode* p) { return p->decode.file; });
}

bool any_too_large(const DecodeGroup& group) {
  return std::any_of(group.begin(), group.end(),
                     [](const PricedDecode* p) { return !p->decode.fits(); });
}

}  // namespace gpugauge
