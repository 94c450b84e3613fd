#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/answer/run_answer.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

inline constexpr std::size_t kMostClosingLines = 10;
/// Each begins with a word of what it is about, padded to this.
inline constexpr std::size_t kClosingLabelWidth = 9;

/// What somebody must know who reads only the end: the verdict and the worst of its reasons, what
/// was verified and what went wrong, tokens a second with their price, the gravest note, the file,
/// and what to do next. One line each, none of them with a line break, at most kMostClosingLines.
/// `answer` is of this record.
std::vector<std::string> closing_lines(const Record& record, const RunAnswer& answer);

/// Of these the verdict, and why a card fails; the same with what to do then.
std::vector<std::string> verdict_lines(const Record& record, const DatasheetReport& report);
std::vector<std::string> datasheet_closing(const Record& record, const DatasheetReport& report);

}  // namespace gpugauge
