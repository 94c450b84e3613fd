#include "harness/render/answers/decode_columns.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>

#include "harness/render/table/grouping.hpp"

namespace gpugauge {

std::vector<DecodeGroup> groups_of(std::span<const PricedDecode> points) {
  const auto key = [](const PricedDecode& p) {
    return std::tuple(p.decode.model, p.decode.point.precision, p.decode.point.context);
  };
  return grouped_by<PricedDecode>(points, key);
}

bool several_files(const DecodeGroup& group) {
  return std::any_of(group.begin(), group.end(), [&](const PricedDecode* p) {
    return p->decode.file != group.front()->decode.file;
  });
}

std::string subject_of(const DecodeGroup& group) {
  const DecodeFinding& first = group.front()->decode;
  return fmt::format("{} {}, context {}", first.model, name_of(first.point.precision),
                     first.point.context);
}

std::vector<std::string> notes_of(const DecodeGroup& group) {
  struct Note {
    std::string file, text;
    std::vector<std::int64_t> batches;
  };
  std::vector<Note> notes;
  for (const PricedDecode* p : group) {
    std::vector<std::string> texts = p->decode.warnings;
    if (!p->decode.reason.empty()) texts.push_back(p->decode.reason);
    for (std::string& text : texts) {
      auto same = std::find_if(notes.begin(), notes.end(), [&](const Note& note) {
        return note.file == p->decode.file && note.text == text;
      });
      if (same == notes.end()) same = notes.insert(same, {p->decode.file, std::move(text), {}});
      same->batches.push_back(p->decode.point.batch);
    }
  }
  std::vector<std::string> lines;
  for (const Note& note : notes) {
    lines.push_back(fmt::format("{}batch {}: {}",
                                several_files(group) ? note.file + ", " : std::string(),
                                fmt::join(note.batches, ", "), note.text));
  }
  return lines;
}

std::string at_utilisation(const Billing& billing) {
  return billing.utilisation < 1 ? fmt::format(", {:.3g}% used", 100 * billing.utilisation)
                                 : std::string();
}

std::string words_of(const Rate& rate) {
  std::string text =
      fmt::format("{}/h {}", format_dollars(rate.dollars_per_gpu_hour), name_of(rate.kind));
  if (!rate.observed_at.empty()) text += ", " + rate.observed_at;
  return text;
}

Cell dollars_cell(const std::optional<Estimate>& dollars) {
  return dollars ? Cell(fmt::format("{} {}", format_dollars(dollars->value),
                                    format_plus_minus(*dollars)),
                        dollars->value)
                 : Cell();
}

}  // namespace gpugauge
