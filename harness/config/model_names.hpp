#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/config/model.hpp"

namespace gpugauge {

/// A model of the configs with the name under which it was published.
struct ModelNames {
  std::string name;       ///< `llama-2-13b`: the stem of its file
  std::string published;  ///< `Llama-2-13b-hf`; may be empty
};

/// Of the first address at huggingface.co in the text of a config; empty where there is none.
std::string published_name(std::string_view config);

/// The model that is meant: `Qwen/Qwen3-14B`, `Meta-Llama-3.1-8B-Instruct`. Its owner, case,
/// separators, and the words for tunings of the same shapes (Instruct, Chat, it, hf) are aside.
std::optional<std::string> model_meant(std::string_view given, std::span<const ModelNames> known);

/// At most three that may have been meant, the likeliest first: `llama3` begins the name of two.
std::vector<std::string> models_near(std::string_view given, std::span<const ModelNames> known);

/// What `--model` takes for it, as a word of a shell: in a command that a person may copy.
std::string model_option(const ModelConfig& model);

}  // namespace gpugauge
