#include "harness/answer/datasheet_answer.hpp"

namespace gpugauge {

std::vector<DatasheetReport> datasheet_answer(std::span<const CardResult> results) {
  std::vector<DatasheetReport> reports;
  for (const CardResult& result : results)
    reports.push_back(check_datasheet(*result.record, result.sheet()));
  return reports;
}

}  // namespace gpugauge
