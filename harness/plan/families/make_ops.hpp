#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/config/model.hpp"
#include "kernels/ops/op.hpp"

namespace gpugauge {

using ModelOf = std::function<ModelConfig(const std::string& name)>;

/// What the families of a model's layers go over. The command line may replace both, so that they
/// stand in the suite's entry; empty where a family, or an entry of it, has no models.
struct ModelBatches {
  std::vector<std::string> models;
  std::vector<std::int64_t> batches;

  /// Calls `each` for every model and batch.
  void for_each(const ModelOf& model_of,
                const std::function<void(const ModelConfig&, std::int64_t batch)>& each) const;
};

/// Takes an op of the plan; of a model's layer with the model's name, of a linear with its role.
using AddOp = std::function<void(const Op& op, const std::string& model, const std::string& role)>;

/// The ops that an entry's keys ask for, in the order of the plan.
using MakeOps = std::function<void(const ModelBatches&, const ModelOf&, const AddOp&)>;

}  // namespace gpugauge
