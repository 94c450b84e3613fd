#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/analyze/track/track.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// What a night says in one sentence, the same on terminal and page: `Slower than the 30 nights
/// before: 1 of 16; cuBLASLt 13.0.2 → 13.1.0 that night`, `PASS 16 of 16, H100 node7, 5 processes`.
struct TrackSentence {
  Tone tone = Tone::kPlain;
  std::string words;
  std::vector<std::string> rows;  ///< one a case that is slower or to be confirmed
};

TrackSentence track_sentence(std::span<const TrackFinding> findings);
/// Of the last night of each case.
TrackSentence track_sentence(std::span<const TrackedCase> cases);

/// `cuBLASLt 13.0.2.14 → 13.1.0.3 · commit 0123456 → 89abcde`; empty if nothing changed.
std::string change_words(std::span<const VersionChange> changes);

}  // namespace gpugauge
