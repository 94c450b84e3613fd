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
  /// False where no card was judged: tables of others, no datasheet, nothing that tests it.
  bool is_verdict = false;
  /// `As fast as a healthy H100 SXM5: memory read 92%, BF16 73% of the datasheet (pass marks 90,
  /// 70)`; it names the card, and has no full stop.
  std::string sentence;
  std::vector<std::string> shortfalls;  ///< how far each that fails is below its pass mark, and why
  std::string untested;  ///< metrics of the datasheet that nothing in the file tests, or empty
  std::string next;      ///< the command for a card that fails or is not tested, or empty
};

VerdictWords verdict_words(const Record& record, const DatasheetReport& report);

}  // namespace gpugauge
