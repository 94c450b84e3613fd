#include "harness/plan/families/family.hpp"

namespace gpugauge {

// Each function is defined in the file of its name. A suite's error lists them in this order.
Family memory_family();
Family gemm_family();
Family tensor_peak_family();
Family attention_decode_family();
Family attention_prefill_family();
Family token_op_family();
Family decode_step_family();
Family latency_family();
Family transfer_family();

std::span<const Family> families() {
  static const std::array all{memory_family(),
                              gemm_family(),
                              tensor_peak_family(),
                              attention_decode_family(),
                              attention_prefill_family(),
                              token_op_family(),
                              decode_step_family(),
                              latency_family(),
                              transfer_family()};
  return all;
}

DType operand_type(const YamlValue& value) {
  return value.one_of(std::span<const DType>(kOperandTypes));
}

void ModelBatches::for_each(
    const ModelOf& model_of,
    const std::function<void(const ModelConfig&, std::int64_t)>& each) const {
  for (const std::string& name : models) {
    const ModelConfig model = model_of(name);
    for (const std::int64_t batch : batches) each(model, batch);
  }
}

void EntryReader::read_models() {
  models.models = map.required("models").distinct([&](const YamlValue& value) {
    if (known_models.empty()) return value.identifier();
    const std::vector<std::string_view> names(known_models.begin(), known_models.end());
    return value.name_in(names);
  });
  models.batches = integers("batches", kExtent);
}

std::vector<std::int64_t> EntryReader::integers(std::string_view key, IntegerRange range) {
  return map.required(key).distinct(
      [range](const YamlValue& value) { return value.integer(range); });
}

std::vector<std::int64_t> EntryReader::sizes() {
  constexpr IntegerRange kTraffic{std::int64_t{1} << 14,  // a page for each array of a triad
                                  std::int64_t{1} << 40};
  return map.required("sizes").distinct(
      [](const YamlValue& value) { return value.bytes(kTraffic); });
}

CachedTokens EntryReader::cached_tokens() {
  static constexpr std::array kCacheTypes{DType::kBf16, DType::kFp8E4m3};
  return {integers("contexts", kContext),
          map.distinct_or("kv", std::vector{DType::kBf16}, [](const YamlValue& value) {
            return value.one_of(std::span<const DType>(kCacheTypes));
          })};
}

}  // namespace gpugauge
