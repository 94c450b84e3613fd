#include "harness/base/units.hpp"
#include "harness/plan/families/family.hpp"

namespace gpugauge {
namespace {

MakeOps read_tensor_peak(EntryReader& entry) {
  const std::vector<DType> dtypes = entry.types("dtypes");
  const auto sparsities = entry.values<Sparsity>("sparsity");
  const std::int64_t gflop = entry.map.required("gflop").integer({1, 1'000'000});
  return [=](const ModelBatches&, const ModelOf&, const AddOp& add) {
    for (const DType dtype : dtypes) {
      for (const Sparsity sparsity : sparsities)
        add(TensorPeak{.dtype = dtype,
                       .sparse = sparsity == Sparsity::kSparse,
                       .flops = gflop * kFlopsPerGflop},
            {}, {});
    }
  };
}

}  // namespace

Family tensor_peak_family() { return {.name = TensorPeak::kFamily, .read = read_tensor_peak}; }

}  // namespace gpugauge
