#include "harness/config/model_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "harness/base/nearest.hpp"
#include "harness/base/shell_word.hpp"

namespace gpugauge {
namespace {

constexpr std::size_t kMostNear = 3;
constexpr std::array<std::string_view, 6> kTunings{"instruct", "chat", "it", "hf", "base", "meta"};

std::string_view without_owner(std::string_view given) {
  while (given.ends_with('/')) given.remove_suffix(1);
  const std::size_t slash = given.rfind('/');
  return slash == std::string_view::npos ? given : given.substr(slash + 1);
}

/// Letters and digits in lower case, without the words for a tuning.
std::string spelled_model(std::string_view given) {
  std::string text, word;
  const auto end_word = [&] {
    if (std::find(kTunings.begin(), kTunings.end(), word) == kTunings.end()) text += word;
    word.clear();
  };
  for (const char c : without_owner(given)) {
    const auto letter = static_cast<unsigned char>(c);
    if (std::isalnum(letter) != 0) {
      word += static_cast<char>(std::tolower(letter));
    } else {
      end_word();
    }
  }
  end_word();
  return text;
}

/// `qwen` of `qwen3-14b`.
std::string_view series_of(std::string_view spelled) {
  return spelled.substr(0, spelled.find_first_of("0123456789"));
}

}  // namespace

std::string published_name(std::string_view config) {
  constexpr std::string_view kHost = "huggingface.co/";
  const std::size_t host = config.find(kHost);
  if (host == std::string_view::npos) return {};
  config.remove_prefix(host + kHost.size());
  const std::size_t owner = config.find('/');
  if (owner == std::string_view::npos) return {};
  config.remove_prefix(owner + 1);
  return std::string(config.substr(0, config.find_first_of("/ \n\"'")));
}

std::optional<std::string> model_meant(std::string_view given, std::span<const ModelNames> known) {
  const std::string spelled = spelled_model(given);
  if (spelled.empty()) return std::nullopt;
  for (const ModelNames& model : known) {
    if (spelled == spelled_model(model.name) || spelled == spelled_model(model.published))
      return model.name;
  }
  return std::nullopt;
}

std::vector<std::string> models_near(std::string_view given, std::span<const ModelNames> known) {
  const std::string spelled = spelled_model(given);
  std::vector<std::string> names, near;
  for (const ModelNames& model : known) names.push_back(model.name);
  const auto add = [&](auto is_near) {
    for (const std::string& name : names) {
      if (near.size() < kMostNear && is_near(spelled_model(name)) &&
          std::find(near.begin(), near.end(), name) == near.end())
        near.push_back(name);
    }
  };
  if (spelled.empty()) return near;
  add([&](const std::string& name) { return name.starts_with(spelled); });
  if (!near.empty()) return near;
  if (const auto one = nearest(without_owner(given), names)) return {*one};
  add([&](const std::string& name) {
    return !series_of(name).empty() && series_of(name) == series_of(spelled);
  });
  return near;
}

std::string model_option(const ModelConfig& model) {
  return shell_word(model.argument.empty() ? model.name : model.argument);
}

}  // namespace gpugauge
