#pragma once

#include <optional>

#include "harness/config/model.hpp"
#include "harness/config/yaml_reader.hpp"

namespace gpugauge {

/// The value of a key that may be left out; in JSON `null` leaves it out as well.
std::optional<YamlValue> given(YamlMapping& root, std::string_view key);

/// `sliding_window`, and of which layers it is: all, unless `layer_types` says otherwise. In a
/// checkpoint also `use_sliding_window`, `max_window_layers` and `sliding_window_pattern`; of
/// `model_type` qwen2 and qwen3 a window that is not switched on is none.
void read_windows(YamlMapping& root, std::string_view model_type, ModelConfig& model);

/// What `quantization_config` says of a checkpoint's weights.
StoredWeights read_stored_weights(YamlMapping quantisation);

/// `awq, 4 bit`.
std::string words_of(const StoredWeights& stored);

}  // namespace gpugauge
