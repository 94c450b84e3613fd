#include "harness/render/answers/track_sentence.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <iterator>
#include <set>

namespace gpugauge {
namespace {

constexpr std::size_t kShaDigits = 7, kVersionParts = 3, kMostNamed = 2;

/// The first parts of a version, as `13.0.2` of `13.0.2.14`.
std::string first_parts(const std::string& version) {
  std::size_t at = 0;
  for (std::size_t part = 0; part < kVersionParts && at != std::string::npos; ++part)
    at = version.find('.', at + (part > 0 ? 1 : 0));
  return version.substr(0, at);
}

/// As little of both as tells them apart.
std::string short_words(const VersionChange& change) {
  std::string before = first_parts(change.before), after = first_parts(change.after);
  if (change.name == "commit") {
    before = before.substr(0, kShaDigits);
    after = after.substr(0, kShaDigits);
  }
  if (before == after) {
    before = change.before;
    after = change.after;
  }
  return fmt::format("{} {} → {}", change.name, before, after);
}

/// Where the night was measured: `, H100 node7, 5 processes`.
std::string setting_words(std::span<const TrackFinding> findings) {
  std::set<std::string> cards, places;
  std::size_t processes = 0;
  for (const TrackFinding& f : findings) {
    cards.insert(f.key.card);
    processes = std::max(processes, f.processes);
    if (f.facts && f.facts->setup && !f.facts->setup->device.empty())
      places.insert(f.facts->setup->place());
  }
  std::string words;
  if (cards.size() > 1) {
    words += fmt::format(", {} cards", cards.size());
  } else if (places.size() == 1) {
    words += ", " + *places.begin();
  }
  if (processes > 0) words += fmt::format(", {} process{}", processes, processes == 1 ? "" : "es");
  return words;
}

/// What all of these share, or nothing.
template <typename Get>
auto common(std::span<const TrackFinding* const> findings, Get get) -> decltype(get(*findings[0])) {
  const auto first = get(*findings.front());
  const bool is_same = std::all_of(findings.begin(), findings.end(),
                                   [&](const TrackFinding* f) { return get(*f) == first; });
  return is_same ? first : decltype(get(*findings[0])){};
}

/// `than the 30 nights before: 1 of 16 since 2026-11-19; cuBLASLt 13.0.2 → 13.1.0 that night`.
std::string slower_words(std::span<const TrackFinding* const> slower, std::size_t all,
                         const std::string& tonight) {
  const std::size_t nights = common(slower, [](auto& f) { return f.gate.baseline_nights; });
  const std::string since = common(slower, [](auto& f) { return f.change_night; });
  std::string words = fmt::format("than the {}nights before: {} of {}",
                                  nights > 0 ? fmt::format("{} ", nights) : "", slower.size(), all);
  if (!since.empty() && since != tonight) words += " since " + since;
  const auto changes = common(slower, [](auto& f) { return f.changes; });
  if (since.empty() || changes.empty()) return words;
  std::vector<std::string> named;
  for (const VersionChange& change : changes) named.push_back(short_words(change));
  const std::size_t more = named.size() > kMostNamed ? named.size() - kMostNamed : 0;
  named.resize(named.size() - more);
  return words + fmt::format("; {}{} that night", fmt::join(named, ", "),
                             more > 0 ? fmt::format(" and {} more", more) : "");
}

std::string row_words(const TrackFinding& f) {
  std::string words =
      fmt::format("{}: {:+.1f}%", f.key.case_name, 100 * std::expm1(f.gate.change.value));
  if (!f.change_night.empty()) words += " since " + f.change_night;
  if (const std::string changed = change_words(f.changes); !changed.empty())
    words += "; " + changed;
  if (f.gate.status == GateStatus::kNeedsRerun) words += "; to confirm";
  return words;
}

}  // namespace

TrackSentence track_sentence(std::span<const TrackFinding> findings) {
  std::vector<const TrackFinding*> counted;
  for (const TrackFinding& f : findings) {
    if (!f.muted) counted.push_back(&f);
  }
  const auto of = [&](GateStatus status) {
    std::vector<const TrackFinding*> all;
    std::copy_if(counted.begin(), counted.end(), std::back_inserter(all),
                 [&](const TrackFinding* f) { return f->gate.status == status; });
    return all;
  };
  const auto slower = of(GateStatus::kRegression), open = of(GateStatus::kNeedsRerun);
  const auto inconclusive = of(GateStatus::kInconclusive), few = of(GateStatus::kNoBaseline),
             passing = of(GateStatus::kPass);
  const std::size_t all = counted.size();
  std::string tonight;
  for (const TrackFinding* f : counted) {
    if (f->facts) tonight = std::max(tonight, f->facts->date);
  }
  TrackSentence sentence{.tone = Tone::kWarning, .words = {}, .rows = {}};
  for (const auto& group : {slower, open}) {
    for (const TrackFinding* f : group) sentence.rows.push_back(row_words(*f));
  }
  if (!slower.empty()) {
    sentence.tone = Tone::kBad;
    sentence.words = "Slower " + slower_words(slower, all, tonight);
    if (!open.empty()) sentence.words += fmt::format("; {} to confirm", open.size());
  } else if (!open.empty()) {
    sentence.words = "To confirm: slower " + slower_words(open, all, tonight);
  } else if (all == 0) {
    sentence.words = "No case was measured";
  } else if (!inconclusive.empty()) {
    sentence.words = fmt::format("Inconclusive: {} of {}", inconclusive.size(), all);
    const std::string why = common(inconclusive, [](auto& f) { return f.gate.reason; });
    if (!why.empty()) sentence.words += ", " + why;
  } else if (!few.empty()) {
    const std::string why = common(few, [](auto& f) { return f.gate.reason; });
    sentence.words = few.size() == all && !why.empty()
                         ? why
                         : fmt::format("Too few nights for {} of {}", few.size(), all);
    sentence.words.front() =
        static_cast<char>(std::toupper(static_cast<unsigned char>(sentence.words.front())));
  } else {
    sentence.tone = passing.size() == all ? Tone::kGood : Tone::kWarning;
    sentence.words = fmt::format("PASS {} of {}{}", passing.size(), all, setting_words(findings));
  }
  return sentence;
}

TrackSentence track_sentence(std::span<const TrackedCase> cases) {
  std::vector<TrackFinding> findings;
  for (const TrackedCase& tracked : cases) findings.push_back(tracked.finding);
  return track_sentence(findings);
}

std::string change_words(std::span<const VersionChange> changes) {
  std::vector<std::string> words;
  for (const auto& [name, before, after] : changes)
    words.push_back(name == "commit" ? short_words({name, before, after})
                                     : fmt::format("{} {} → {}", name, before, after));
  return fmt::format("{}", fmt::join(words, " · "));
}

}  // namespace gpugauge
