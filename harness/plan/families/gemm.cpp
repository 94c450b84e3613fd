#include <algorithm>

#include "harness/plan/families/family.hpp"

namespace gpugauge {
namespace {

MakeOps read_shapes(EntryReader& entry) {
  const std::vector<DType> dtypes = entry.types("dtypes");
  const auto shapes = entry.map.required("shapes").distinct([](const YamlValue& value) {
    std::vector<std::int64_t> extents;
    for (const YamlValue& extent : value.items()) extents.push_back(extent.integer(kExtent));
    if (extents.size() != 3)
      value.fail(fmt::format("has {} numbers, expected [m, n, k]", extents.size()));
    return extents;
  });
  return [=](const ModelBatches&, const ModelOf&, const AddOp& add) {
    for (const auto& mnk : shapes) {
      for (const DType dtype : dtypes) add(gemm_of(dtype, mnk[0], mnk[1], mnk[2]), {}, {});
    }
  };
}

/// The linears of models with m = batch. `activations`, where given, is their type; it differs from
/// the weights' where the kernel quantises.
MakeOps read_linears(EntryReader& entry) {
  entry.read_models();
  const auto precisions = entry.values<Precision>("precisions");
  const auto roles =
      entry.map.distinct_or("linears", std::vector<LinearRole>{}, one_of<LinearRole>);
  std::optional<DType> activations;
  if (const auto value = entry.map.optional("activations")) activations = operand_type(*value);
  return [=](const ModelBatches& models, const ModelOf& model_of, const AddOp& add) {
    models.for_each(model_of, [&](const ModelConfig& model, std::int64_t batch) {
      for (const Precision precision : precisions) {
        for (const LinearOp& linear : linear_ops_of(model, precision, batch)) {
          if (!roles.empty() && std::find(roles.begin(), roles.end(), linear.role) == roles.end())
            continue;
          Gemm gemm = linear.gemm;
          gemm.activations = activations.value_or(gemm.activations);
          add(gemm, model.name, std::string(name_of(linear.role)));
        }
      }
    });
  };
}

MakeOps read_gemm(EntryReader& entry) {
  return entry.map.has("shapes") ? read_shapes(entry) : read_linears(entry);
}

}  // namespace

Family gemm_family() { return {.name = Gemm::kFamily, .read = read_gemm}; }

}  // namespace gpugauge
