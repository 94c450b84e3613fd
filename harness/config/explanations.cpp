#include "harness/config/explanations.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "harness/config/yaml_reader.hpp"
#include "kernels/implementation.hpp"

namespace gpugauge {
namespace {

Explanation read_explanation(std::string name, WordKind kind, const YamlValue& value) {
  Explanation e;
  e.name = std::move(name);
  e.kind = kind;
  if (!value.is_mapping()) {
    e.is = value.text();
    return e;
  }
  YamlMapping map = value.mapping();
  e.is = map.required("is").text();
  for (auto [key, part] : {std::pair{"how", &e.how},
                           {"bound", &e.bound},
                           {"usual", &e.usual},
                           {"source", &e.source},
                           {"low", &e.low},
                           {"try", &e.remedy},
                           {"see", &e.see}}) {
    *part = map.text_or(key);
  }
  if (const auto rates = map.optional("rates")) {
    constexpr std::array<std::string_view, 2> kRates{"memory", "arithmetic"};
    for (const YamlValue& rate : rates->items())
      (rate.name_in(kRates) == kRates[0] ? e.is_of_memory : e.is_of_arithmetic) = true;
  }
  map.finish();
  if (e.usual.empty() != e.source.empty())
    value.fail(e.source.empty() ? "has 'usual' without 'source', expected both"
                                : "has 'source' without 'usual', expected both");
  return e;
}

}  // namespace

std::string looked_up(std::string_view name) {
  std::string text;
  for (const char c : name) {
    const bool gap = c == '_' || c == '-' || c == '/' || c == ' ';
    if (!gap) {
      text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!text.empty() && text.back() != ' ') {
      text += ' ';
    }
  }
  if (text.ends_with(' ')) text.pop_back();
  return text;
}

Explanations Explanations::load(const std::filesystem::path& file) {
  Explanations loaded;
  YamlMapping sections = read_yaml(file).mapping();
  for (const WordKind kind : all_of<WordKind>) {
    YamlMapping words = sections.required(row_of(kind).section).mapping();
    for (const std::string& name : words.keys()) {
      const YamlValue value = words.required(name);
      if (loaded.find(kind, name) != nullptr)
        value.fail("repeats a name above, in another spelling");
      loaded.all_.push_back(read_explanation(name, kind, value));
    }
  }
  sections.finish();
  loaded.add_implementations();
  return loaded;
}

void Explanations::add_implementations() {
  std::map<std::string_view, std::vector<std::string>> uses;  // of those without a text
  for (const Implementation& each : implementations()) {
    if (find(WordKind::kImplementation, each.name) == nullptr)
      uses[each.name].push_back(fmt::format("{} on {}", each.family, name_of(each.backend)));
  }
  for (const auto& [name, families] : uses) {
    Explanation& word = all_.emplace_back();
    word.name = name;
    word.kind = WordKind::kImplementation;
    word.is = fmt::format("runs {}; explain.yaml does not say how", fmt::join(families, ", "));
  }
}

std::vector<const Explanation*> Explanations::find(std::string_view name) const {
  const std::string wanted = looked_up(name);
  std::vector<const Explanation*> found;
  for (const Explanation& e : all_) {
    if (looked_up(e.name) == wanted) found.push_back(&e);
  }
  if (!found.empty()) return found;
  for (const Explanation& e : all_) {
    const std::string full = looked_up(e.name);
    if (e.kind == WordKind::kOpKind && full.substr(full.find(' ') + 1) == wanted)
      found.push_back(&e);
  }
  return found;
}

const Explanation* Explanations::find(WordKind kind, std::string_view name) const {
  const std::string wanted = looked_up(name);
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const Explanation& e) {
    return e.kind == kind && looked_up(e.name) == wanted;
  });
  return found == all_.end() ? nullptr : &*found;
}

Explanation Explanations::in_full(const Explanation& word) const {
  Explanation full = word;
  const Explanation* family =
      word.kind == WordKind::kOpKind
          ? find(WordKind::kFamily, word.name.substr(0, word.name.find(' ')))
          : nullptr;
  if (family == nullptr) return full;
  for (auto part : {&Explanation::how, &Explanation::bound, &Explanation::low, &Explanation::remedy,
                    &Explanation::see}) {
    if ((full.*part).empty()) full.*part = family->*part;
  }
  full.is_of_memory = word.is_of_memory || family->is_of_memory;
  full.is_of_arithmetic = word.is_of_arithmetic || family->is_of_arithmetic;
  return full;
}

std::vector<std::string> Explanations::names() const {
  std::vector<std::string> names;
  for (const Explanation& e : all_) names.push_back(e.name);
  return names;
}

}  // namespace gpugauge
