#include "harness/plan/families/family.hpp"

namespace gpugauge {
namespace {

MakeOps read_memory(EntryReader& entry) {
  const auto patterns = entry.values<MemoryPattern>("patterns");
  const std::vector<std::int64_t> sizes = entry.sizes();
  return [=](const ModelBatches&, const ModelOf&, const AddOp& add) {
    for (const std::int64_t bytes : sizes) {
      for (const MemoryPattern pattern : patterns) add(MemoryStream{pattern, bytes}, {}, {});
    }
  };
}

}  // namespace

Family memory_family() { return {.name = MemoryStream::kFamily, .read = read_memory}; }

}  // namespace gpugauge
