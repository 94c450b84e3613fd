#include "harness/render/answers/summary.hpp"
#include "harness/render/answers/verdict_words.hpp"
#include "harness/render/report/report_data.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {

Json verdicts_json(const ReportInput& input) {
  const std::vector<std::string> labels = labels_of(input.records);
  Json all = Json::array();
  for (std::size_t i = 0; i < input.records.size(); ++i) {
    const Record& record = *input.records[i].record;
    const VerdictWords verdict = verdict_words(record, input.datasheets[i]);
    Json reasons = verdict.shortfalls;
    if (!verdict.untested.empty()) reasons.push_back("not tested: " + verdict.untested);
    for (const std::string& warning : warnings_of(record)) reasons.push_back(warning);
    if (!record.complete()) reasons.push_back("the run was not finished");
    all.push_back({{"device", printable(labels[i])},
                   {"file", printable(record.path.string())},
                   {"tone", static_cast<int>(verdict.tone)},
                   {"words", verdict.sentence},
                   {"facts", facts_json(input, i)},
                   {"counts", summary_line(record)},
                   {"reasons", std::move(reasons)}});
  }
  return all;
}

}  // namespace gpugauge
