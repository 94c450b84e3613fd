#include "harness/config/card_names.hpp"

#include <algorithm>
#include <cctype>

namespace gpugauge {
namespace {

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

/// Letters and digits in lower case, without the maker's name.
std::string spelling(std::string_view name) {
  constexpr std::string_view kMaker = "nvidia";
  std::string spelled;
  for (const char c : name) {
    if (is_digit(c) || is_letter(c))
      spelled += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return spelled.starts_with(kMaker) && spelled != kMaker ? spelled.substr(kMaker.size()) : spelled;
}

bool is_short_for(std::string_view given, std::string_view name) {
  const std::string begin = spelling(given);
  if (std::none_of(begin.begin(), begin.end(), is_digit)) return false;
  if (!spelling(name).starts_with(begin)) return false;
  std::size_t at = 0;
  for (; spelling(name.substr(0, at)) != begin; ++at) {
  }
  if (at == name.size()) return true;
  return is_letter(name[at]) ? false : !is_digit(name[at]) || is_letter(begin.back());
}

bool has_name(const CardNames& card, std::string_view given) {
  return is_same_card_name(card.name, given) ||
         std::any_of(card.others.begin(), card.others.end(),
                     [&](const std::string& other) { return is_same_card_name(other, given); });
}

}  // namespace

CardNames card_names(const Datasheet& sheet) {
  CardNames names{sheet.name, sheet.match_names};
  names.others.push_back(sheet.title);
  return names;
}

CardNames card_names(const DeviceInfo& device, const Datasheet* sheet) {
  return sheet != nullptr ? card_names(*sheet) : CardNames{device.name};
}

bool is_same_card_name(std::string_view a, std::string_view b) {
  return spelling(a) == spelling(b);
}

std::vector<std::string> cards_meant(std::string_view given, std::span<const CardNames> cards) {
  for (const CardNames& card : cards) {
    if (card.name == given || has_name(card, given)) return {card.name};
  }
  std::vector<std::string> meant;
  for (const CardNames& card : cards) {
    if (is_short_for(given, card.name) &&
        std::find(meant.begin(), meant.end(), card.name) == meant.end())
      meant.push_back(card.name);
  }
  return meant;
}

}  // namespace gpugauge
