#include "harness/plan/families/family.hpp"

namespace gpugauge {
namespace {

MakeOps read_attention_prefill(EntryReader& entry) {
  entry.read_models();
  const std::vector<std::int64_t> lengths = entry.integers("tokens", kExtent);
  const std::vector<DType> dtypes = entry.types("dtypes");
  return [=](const ModelBatches& models, const ModelOf& model_of, const AddOp& add) {
    models.for_each(model_of, [&](const ModelConfig& model, std::int64_t batch) {
      for (const std::int64_t tokens : lengths) {
        for (const DType dtype : dtypes) {
          for (const AttendedTokens& attended : attended_tokens(model, tokens))
            add(windowed_prefill_of(model, batch, tokens, attended.tokens, dtype), model.name, {});
        }
      }
    });
  };
}

}  // namespace

Family attention_prefill_family() {
  return {.name = AttentionPrefill::kFamily, .read = read_attention_prefill};
}

}  // namespace gpugauge
