#include <algorithm>

#include "harness/plan/families/family.hpp"

namespace gpugauge {
namespace {

MakeOps read_decode_step(EntryReader& entry) {
  entry.read_models();
  const auto precisions = entry.values<Precision>("precisions");
  const CachedTokens cached = entry.cached_tokens();
  return [=](const ModelBatches& models, const ModelOf& model_of, const AddOp& add) {
    models.for_each(model_of, [&](const ModelConfig& model, std::int64_t batch) {
      for (const Precision precision : precisions) {
        for (const std::int64_t context : cached.contexts) {
          if (!has_step_graph(model, context)) continue;
          for (const DType kv : cached.kv)
            add(decode_step_of(model, precision, batch, context, kv), model.name, {});
        }
      }
    });
  };
}

/// The name says no more of the shape than whose it is.
Op complete_decode_step(const Op& op, const NameParts& parts, const ModelOf& model_of) {
  const auto& named = std::get<DecodeStep>(op);
  const auto precision =
      std::find_if(all_of<Precision>.begin(), all_of<Precision>.end(),
                   [&](Precision p) { return linear_dtype(p) == named.linears; });
  if (precision == all_of<Precision>.end())
    parts.fail(name_of(named.linears), "the type of a model's linears");
  return decode_step_of(model_of(parts.model()), *precision, named.batch, named.context, named.kv);
}

}  // namespace

Family decode_step_family() {
  return {.name = DecodeStep::kFamily, .read = read_decode_step, .complete = complete_decode_step};
}

}  // namespace gpugauge
