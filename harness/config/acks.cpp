#include "harness/config/acks.hpp"

#include <fnmatch.h>

#include <algorithm>

#include "harness/base/text_file.hpp"
#include "harness/config/iso_date.hpp"
#include "harness/config/yaml_reader.hpp"

namespace gpugauge {
namespace {

constexpr NumberRange kThresholdPercent{0.01, 100};

Ack read_ack(const YamlValue& value) {
  YamlMapping map = value.mapping();
  Ack ack;
  ack.cases = map.required("case").text();
  ack.card = map.text_or("card", ack.card);
  ack.reason = map.required("reason").text();
  ack.commit = map.text_or("commit");
  ack.by = map.text_or("by");
  if (const auto night = map.optional("night")) {
    ack.night = night->text();
    if (!is_iso_date(*ack.night)) night->fail_expected("a date like 2025-11-22");
  }
  ack.mute = map.boolean_or("mute", false);
  if (const auto threshold = map.optional("threshold_percent"))
    ack.delta = threshold->number(kThresholdPercent) / 100;
  map.finish();
  if (!ack.night && !ack.mute && !ack.delta)
    value.fail("says nothing, expected one of night, mute, threshold_percent");
  return ack;
}

/// Nothing but empty lines, comments and document marks.
bool is_blank_yaml(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const auto first = line.find_first_not_of(" \t\r");
    if (first != std::string_view::npos && line[first] != '#' && line.substr(first, 3) != "---")
      return false;
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return true;
}

}  // namespace

bool Ack::covers(std::string_view case_name, std::string_view of_card) const {
  return matches_glob(cases, case_name) && matches_glob(card, of_card);
}

std::vector<Ack> load_acks(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored) || is_blank_yaml(read_text_file(file))) return {};
  std::vector<Ack> acks;
  for (const YamlValue& entry : read_yaml(file).items()) acks.push_back(read_ack(entry));
  return acks;
}

bool matches_glob(std::string_view pattern, std::string_view text) {
  return ::fnmatch(std::string(pattern).c_str(), std::string(text).c_str(), 0) == 0;
}

}  // namespace gpugauge
