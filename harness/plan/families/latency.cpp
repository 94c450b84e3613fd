#include <algorithm>

#include "harness/plan/families/family.hpp"

namespace gpugauge {
namespace {

MakeOps read_latency(EntryReader& entry) {
  const auto kinds = entry.values<LatencyKind>("operations");
  const std::int64_t count = entry.map.required("count").integer({1, 10'000'000});
  const bool has_chase = std::any_of(kinds.begin(), kinds.end(), is_pointer_chase);
  const auto sizes = has_chase ? entry.sizes() : std::vector<std::int64_t>{};
  return [=](const ModelBatches&, const ModelOf&, const AddOp& add) {
    for (const LatencyKind kind : kinds) {
      if (!is_pointer_chase(kind)) {
        add(Latency{.kind = kind, .count = count, .bytes = 0}, {}, {});
        continue;
      }
      for (const std::int64_t bytes : sizes)
        add(Latency{.kind = kind, .count = count, .bytes = bytes}, {}, {});
    }
  };
}

}  // namespace

Family latency_family() { return {.name = Latency::kFamily, .read = read_latency}; }

}  // namespace gpugauge
