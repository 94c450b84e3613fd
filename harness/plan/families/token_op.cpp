#include "harness/plan/families/family.hpp"

namespace gpugauge {
namespace {

/// `output`, where given, takes the place of the customary type.
MakeOps read_token_op(EntryReader& entry) {
  entry.read_models();
  const auto kinds = entry.values<TokenOpKind>("operations");
  std::optional<DType> output;
  if (const auto value = entry.map.optional("output")) output = operand_type(*value);
  return [=](const ModelBatches& models, const ModelOf& model_of, const AddOp& add) {
    models.for_each(model_of, [&](const ModelConfig& model, std::int64_t batch) {
      for (const TokenOpKind kind : kinds) {
        for (const TokenOp& op : token_ops_of(model, kind, batch, output)) add(op, model.name, {});
      }
    });
  };
}

}  // namespace

Family token_op_family() { return {.name = TokenOp::kFamily, .read = read_token_op}; }

}  // namespace gpugauge
