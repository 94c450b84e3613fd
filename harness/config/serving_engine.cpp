#include "harness/config/serving_engine.hpp"

#include <algorithm>

#include "harness/base/units.hpp"
#include "harness/config/yaml_reader.hpp"

namespace gpugauge {
namespace {

constexpr IntegerRange kChunkTokens{1, 1 << 24};
constexpr IntegerRange kSmallGib{1, 1024};
constexpr IntegerRange kStepsBehind{0, 8};
constexpr NumberRange kNs{0, 1e8};

/// A number and where it is from: read or fitted, and on what.
YamlValue sourced(YamlMapping& root, std::string_view key, std::vector<YamlMapping>& parts) {
  YamlMapping& part = parts.emplace_back(root.required(key).mapping());
  part.required("source").text();
  return part.required("value");
}

}  // namespace

double ServingEngine::step_ns(double kernels_ns, std::int64_t batch) const {
  const auto sequences = static_cast<double>(batch);
  return std::max(kernels_ns + sequences * sequence_ns, host_ns + sequences * host_sequence_ns);
}

ServingEngine ServingEngine::on_card(const std::string& device,
                                     std::optional<double> memory_bytes) const {
  ServingEngine engine = *this;
  const bool is_named = !small_name.empty() && device.find(small_name) != std::string::npos;
  if (is_named || memory_bytes.value_or(small_below_bytes) < small_below_bytes)
    engine.chunk_tokens = small_chunk_tokens;
  return engine;
}

ServingEngine load_serving_engine(const std::filesystem::path& file) {
  YamlMapping root = read_yaml(file).mapping();
  std::vector<YamlMapping> parts;
  const auto ns = [&](std::string_view key) { return sourced(root, key, parts).number(kNs); };
  ServingEngine engine;
  engine.name = root.required("name").stem_of(file);
  engine.title = root.required("title").text();
  engine.chunk_tokens = sourced(root, "chunk_tokens", parts).integer(kChunkTokens);
  engine.small_chunk_tokens = engine.chunk_tokens;
  if (const auto small = root.optional("small_card")) {
    YamlMapping& part = parts.emplace_back(small->mapping());
    part.required("source").text();
    engine.small_chunk_tokens = part.required("chunk_tokens").integer(kChunkTokens);
    engine.small_below_bytes = as_double(part.required("below_gib").integer(kSmallGib)) * kGib;
    if (const auto name = part.optional("or_named")) engine.small_name = name->text();
  }
  engine.steps_behind = sourced(root, "steps_behind", parts).integer(kStepsBehind);
  engine.all_reduce_gap_ns = ns("all_reduce_gap_ns");
  engine.sequence_ns = ns("sequence_ns");
  engine.host_ns = ns("host_ns");
  engine.host_sequence_ns = ns("host_sequence_ns");
  for (const YamlMapping& part : parts) part.finish();
  root.finish();
  return engine;
}

}  // namespace gpugauge
