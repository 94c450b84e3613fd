#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "harness/config/yaml_reader.hpp"

namespace gpugauge {

/// Whether the file is a checkpoint's own config.json, whatever it is called, and no YAML of ours.
/// It says more than we ask, and so may hold keys that we do not know.
bool is_checkpoint_config(const std::filesystem::path& file);

/// What a checkpoint is called: the stem of its file, or its folder where that is `config`. It
/// becomes part of case names: `with space (v2)` is `with-space-v2`, and what has no letter of a
/// name in it is `model`.
std::string checkpoint_name(const std::filesystem::path& file);

/// The `model_type` of a config.json. Throws UsageError if it is none of those known.
std::string architecture_in(YamlMapping& root, std::span<const std::string_view> known);

}  // namespace gpugauge
