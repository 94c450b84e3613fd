#include "harness/config/seller_name.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>
#include <vector>

#include "harness/base/parse_number.hpp"

namespace gpugauge {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
bool is_decimal(char c) { return c >= '0' && c <= '9'; }

std::string upper(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return result;
}

/// Its runs of letters and digits.
std::vector<std::string_view> words_of(std::string_view name) {
  std::vector<std::string_view> words;
  for (auto at = name.begin(); at != name.end();) {
    const auto begin = std::find_if(at, name.end(), is_word);
    at = std::find_if_not(begin, name.end(), is_word);
    if (begin != at)
      words.push_back(name.substr(static_cast<std::size_t>(begin - name.begin()),
                                  static_cast<std::size_t>(at - begin)));
  }
  return words;
}

/// `sxm5x8` without the number of cards at its end.
std::string_view without_count(std::string_view word) {
  std::string_view rest = word;
  while (!rest.empty() && is_decimal(rest.back())) rest.remove_suffix(1);
  const bool has_count = rest.size() < word.size() && rest.size() > 1 && upper(rest).back() == 'X';
  return has_count ? rest.substr(0, rest.size() - 1) : word;
}

/// How many characters at the end of a word are its form factor, `SXM5` of `H100SXM5`; 0 for none.
std::size_t form_factor_size(std::string_view word) {
  std::string text = upper(word);
  const bool has_generation = !text.empty() && is_decimal(text.back());
  if (has_generation) text.pop_back();
  if (text.ends_with("SXM")) return has_generation ? 4 : 3;
  if (has_generation) return 0;
  return text.ends_with("PCIE") ? 4 : text.ends_with("NVL") ? 3 : 0;
}

/// `SXM5`, `PCIe` or `NVL`, as datasheets spell them.
std::string spelled(std::string_view form_factor) {
  const std::string text = upper(form_factor);
  return text == "PCIE" ? "PCIe" : text;
}

/// `80GB` as 80.
std::optional<double> gigabytes_of(const std::string& word) {
  std::string_view number = word;
  if (!number.ends_with("GB")) return std::nullopt;
  number.remove_suffix(2);
  return parse_number<double>(number);
}

/// The words that tell one card from another.
std::set<std::string> identity_of(std::string_view name) {
  std::set<std::string> words;
  for (const std::string_view word : words_of(name)) words.insert(upper(word));
  for (const char* maker : {"NVIDIA", "TESLA"}) words.erase(maker);
  return words;
}

std::set<std::string> without_form_factor(std::string_view name) {
  std::set<std::string> words;
  for (const std::string& word : identity_of(name)) {
    const std::string rest = word.substr(0, word.size() - form_factor_size(word));
    if (!rest.empty()) words.insert(rest);
  }
  return words;
}

}  // namespace

std::string form_factor_in(std::string_view name) {
  for (std::string_view word : words_of(name)) {
    word = without_count(word);
    if (const std::size_t size = form_factor_size(word); size > 0)
      return spelled(word.substr(word.size() - size));
  }
  return {};
}

NamedCard split_card_name(std::string_view name) {
  const std::vector<std::string_view> words = words_of(name);
  if (words.empty() || form_factor_size(words.front()) == words.front().size())
    return {std::string(name), {}};
  std::string_view card = name;
  while (!is_word(card.back())) card.remove_suffix(1);
  if (const std::size_t size = form_factor_size(card); size > 0) {
    card.remove_suffix(size);
    while (!is_word(card.back())) card.remove_suffix(1);
    return {std::string(card), form_factor_in(name)};
  }
  return {std::string(name), form_factor_in(name)};
}

NameMatch match_card_name(std::string_view name, const Datasheet& sheet) {
  const std::set<std::string> said = identity_of(name);
  for (const std::string& device : sheet.match_names) {
    if (identity_of(device) == said) return NameMatch::kDevice;
  }
  std::set<std::string> rest = without_form_factor(name);
  for (const std::string& word : without_form_factor(sheet.accelerator)) {
    if (rest.erase(word) == 0) return NameMatch::kNone;
  }
  // What a seller adds may only be the size of the memory, rounded as sellers round it.
  constexpr double kTolerance = 0.1;
  for (const std::string& word : rest) {
    const auto size = gigabytes_of(word);
    if (!size || *size < sheet.memory_gib_min * (1 - kTolerance) ||
        *size > sheet.memory_gib_max * (1 + kTolerance))
      return NameMatch::kNone;
  }
  return NameMatch::kKind;
}

}  // namespace gpugauge
