#pragma once

#include <string>
#include <vector>

#include "harness/analyze/rates/datasheet.hpp"
#include "harness/record/record.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// What a buyer wants to know of a card, in words: the one place where findings become a sentence.
struct VerdictWords {
  Tone tone = Tone::kPlain;
  std::string words;  ///< behind the device's name: `delivers its datasheet in …`
  std::vector<std::string> shortfalls;  ///< what is too slow, or too close to call, and by how much
  std::string untested;  ///< metrics of the datasheet that nothing in the file tests, or empty
};

VerdictWords verdict_words(const Record& record, const DatasheetReport& report);

}  // namespace gpugauge
