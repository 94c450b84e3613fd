#include <algorithm>
#include <array>
#include <utility>

#include "harness/config/model_parts.hpp"

namespace gpugauge {
namespace {

constexpr IntegerRange kWindow{1, 1 << 24};
constexpr std::array<std::string_view, 2> kLayerTypes{"full_attention", "sliding_attention"};

/// A list with an entry for each layer.
std::int64_t count_windowed(const YamlValue& types, std::int64_t layers) {
  const std::vector<YamlValue> items = types.items();
  if (std::cmp_not_equal(items.size(), layers))
    types.fail(fmt::format("has {} entries, expected num_hidden_layers, {}", items.size(), layers));
  return std::count_if(items.begin(), items.end(), [](const YamlValue& type) {
    return type.name_in(kLayerTypes) == kLayerTypes[1];
  });
}

/// The defaults are those of transformers (configuration_qwen2.py, configuration_gemma3.py).
std::int64_t windowed_layers_of(YamlMapping& root, bool is_qwen, std::int64_t layers) {
  constexpr IntegerRange kFull{0, 1000}, kPattern{1, 1000};
  if (const auto pattern = given(root, "sliding_window_pattern"))
    return layers - layers / pattern->integer(kPattern);
  const auto full = given(root, "max_window_layers");
  constexpr std::int64_t kQwensFull = 28;
  if (!is_qwen) return layers;
  return std::max<std::int64_t>(layers - (full ? full->integer(kFull) : kQwensFull), 0);
}

}  // namespace

std::optional<YamlValue> given(YamlMapping& root, std::string_view key) {
  const auto value = root.optional(key);
  return value && value->is_null() ? std::nullopt : value;
}

void read_windows(YamlMapping& root, std::string_view model_type, ModelConfig& model) {
  const std::int64_t layers = model.num_hidden_layers;
  const bool is_checkpoint = !model_type.empty(), is_qwen = model_type.starts_with("qwen");
  const auto window = given(root, "sliding_window"), types = given(root, "layer_types");
  if (is_checkpoint) {
    const auto use = given(root, "use_sliding_window");
    if (use ? !use->boolean() : is_qwen) return;
  }
  if (types) {
    model.windowed_layers = count_windowed(*types, layers);
  } else if (window) {
    model.windowed_layers = is_checkpoint ? windowed_layers_of(root, is_qwen, layers) : layers;
  }
  if (model.windowed_layers == 0) return;
  model.sliding_window = (window ? *window : root.required("sliding_window")).integer(kWindow);
}

}  // namespace gpugauge
