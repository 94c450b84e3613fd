#include "harness/render/answers/decode_columns.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "harness/base/units.hpp"

namespace gpugauge {
namespace {

std::vector<std::string> fit_notes(const DecodeFinding& decode) {
  return decode.fits() ? std::vector<std::string>{} : std::vector{does_not_fit(*decode.fit)};
}

/// Each text once with the batches that it is about.
template <typename Texts>
std::vector<std::string> notes_of(const DecodeGroup& group, Texts texts_of) {
  struct Note {
    std::string file, text;
    std::vector<std::int64_t> batches;
  };
  std::vector<Note> notes;
  for (const PricedDecode* p : group) {
    for (std::string& text : texts_of(p->decode)) {
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

}  // namespace

Cell fits_cell(const DecodeFinding& decode) {
  if (!decode.fit) return {};
  return decode.fits() ? Cell("yes", true) : Cell("no", false, Tone::kBad);
}

std::string subject_of(const DecodeGroup& group) {
  const DecodeFinding& first = group.front()->decode;
  return fmt::format("{} {}, context {}", first.model, name_of(first.point.precision),
                     first.point.context);
}

std::vector<std::string> notes_of(const DecodeGroup& group) {
  std::vector<std::string> notes = notes_of(group, [](const DecodeFinding& decode) {
    std::vector<std::string> texts = fit_notes(decode);
    texts.insert(texts.end(), decode.warnings.begin(), decode.warnings.end());
    if (!decode.reason.empty()) texts.push_back(decode.reason);
    return texts;
  });
  for (std::string& note : unmeasured_notes_of(group)) notes.push_back(std::move(note));
  return notes;
}

std::vector<std::string> fit_notes_of(const DecodeGroup& group) {
  return notes_of(group, fit_notes);
}

std::optional<OriginShares> origins_of(const DecodeFinding& decode) {
  const EngineStep* step = decode.preferred();
  return step != nullptr ? std::optional(step->origins()) : std::nullopt;
}

std::vector<std::string> unmeasured_notes_of(const DecodeGroup& group) {
  UnmeasuredNotes notes;
  for (const PricedDecode* p : group) {
    if (const auto origins = origins_of(p->decode)) notes.add(p->decode.file, *origins);
  }
  return notes.lines();
}

void add_unpriced_notes(const DecodeGroup& group, std::vector<std::string>& notes) {
  std::set<std::string> cards;
  for (const PricedDecode* p : group) {
    if (!p->costs.empty() && p->costs.front().rate.kind == RateKind::kUnit)
      cards.insert(p->decode.device);
  }
  for (const std::string& card : cards)
    notes.push_back(
        fmt::format("no price is known for {}: these are dollars per million at $1.00/h; pass "
                    "--hourly or --prices",
                    card));
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

double user_speed(const Estimate& tpot_ns) { return kNsPerSecond / tpot_ns.value; }

Cell dollars_cell(double dollars) { return {format_dollars(dollars), dollars}; }
Cell dollars_cell(const std::optional<Estimate>& dollars) {
  return dollars ? Cell(fmt::format("{} {}", format_dollars(dollars->value),
                                    format_plus_minus(*dollars)),
                        dollars->value)
                 : Cell();
}

}  // namespace gpugauge
