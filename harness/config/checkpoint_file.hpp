#pragma once

#include <filesystem>
#include <string>

namespace gpugauge {

/// Whether the file is a checkpoint's own config.json, whatever it is called, and no YAML of ours.
/// It says more than we ask, and so may hold keys that we do not know.
bool is_checkpoint_config(const std::filesystem::path& file);

/// What a checkpoint is called: the stem of its file, or its folder where that is `config`. Throws
/// UsageError where this is no name: it becomes part of case names.
std::string checkpoint_name(const std::filesystem::path& file);

}  // namespace gpugauge
