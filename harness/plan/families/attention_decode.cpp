#include "harness/plan/families/family.hpp"

namespace gpugauge {
namespace {

MakeOps read_attention_decode(EntryReader& entry) {
  entry.read_models();
  const CachedTokens cached = entry.cached_tokens();
  const auto pages = entry.map.distinct_or("page_tokens", std::vector<std::int64_t>{16},
                                           [](const YamlValue& value) {
                                             return value.integer({1, 4096});
                                           });
  return [=](const ModelBatches& models, const ModelOf& model_of, const AddOp& add) {
    models.for_each(model_of, [&](const ModelConfig& model, std::int64_t batch) {
      for (const std::int64_t context : cached.contexts) {
        for (const DType kv : cached.kv) {
          for (const std::int64_t page : pages) {
            for (const AttendedTokens& attended : attended_tokens(model, context)) {
              AttentionDecode op = attention_decode_of(model, batch, attended.tokens, kv);
              op.page_tokens = page;
              add(op, model.name, {});
            }
          }
        }
      }
    });
  };
}

}  // namespace

Family attention_decode_family() {
  return {.name = AttentionDecode::kFamily, .read = read_attention_decode};
}

}  // namespace gpugauge
