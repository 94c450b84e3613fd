// What the first screen answers: what a card reaches, what a million tokens cost, which to rent.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "harness/answer/overview_answer.hpp"
#include "harness/base/units.hpp"
#include "harness/render/answers/decode_columns.hpp"
#include "harness/render/answers/origins.hpp"
#include "harness/render/answers/rent_sentence.hpp"
#include "harness/render/answers/verdict_words.hpp"
#include "harness/render/report/report_data.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

/// A number to be seen from afar.
Json fact(const std::string& value, const std::string& label, const std::string& detail) {
  return {{"value", printable(value)}, {"label", printable(label)}, {"detail", printable(detail)}};
}

Json peak_fact(const DatasheetFinding& f) {
  std::string detail;
  if (f.datasheet) detail = format_percent(f.share().value) + " of its datasheet";
  if (f.origin != Origin::kMeasured)
    detail += fmt::format("{}{}", detail.empty() ? "" : ", ", row_of(f.origin).words);
  return fact(fmt::format("{} {}", format_significant(f.measured->value), f.unit), f.metric,
              detail);
}

Json tpot_fact(const PricedDecode& p) {
  const auto batch = static_cast<double>(p.decode.point.batch);
  const double of_a_user = p.decode.preferred()->tokens_per_second.value / batch;
  return fact(format_duration_ns(kNsPerSecond / of_a_user),
              batch == 1 ? "TPOT, one user" : fmt::format("TPOT, batch {}", batch),
              fmt::format("{} tok/s a user; {}; {}", format_significant(of_a_user, 3),
                          subject_of({&p}), origins_text(p.decode.preferred()->origins())));
}

Json ttft_fact(const PrefillFinding& prefill) {
  const EngineStep& step = prefill.library ? *prefill.library : *prefill.best;
  return fact(format_duration_ns(step.engine_ns().value),
              fmt::format("TTFT, a prompt of {} tokens alone", prefill.point.tokens),
              fmt::format("{} {}; {}", prefill.model, name_of(prefill.point.precision),
                          origins_text(step.origins())));
}

Json dollars_fact(const PricedDecode& p) {
  const double tokens = p.decode.preferred()->tokens_per_second.value;
  return fact(
      format_dollars(p.dollars()->value), "per million output tokens, decode only, at best",
      fmt::format("{}, batch {}: {} tok/s, at {}; {}", subject_of({&p}), p.decode.point.batch,
                  format_significant(tokens), price_words(p.costs.front().rate),
                  origins_text(p.decode.preferred()->origins())));
}

/// Cards that a sentence may name although their own results failed the datasheet, of the leaders.
std::string failures_among(const Rent& rent, const ReportInput& input) {
  std::string words;
  std::set<std::string> seen;
  for (const Lead& lead : rent.leads) {
    const auto at = std::find_if(input.records.begin(), input.records.end(), [&](const auto& r) {
      return r.record->path.string() == lead.first->decode.file;
    });
    if (at == input.records.end() || !seen.insert(lead.first->decode.file).second) continue;
    const auto i = static_cast<std::size_t>(at - input.records.begin());
    const VerdictWords verdict = verdict_words(*at->record, input.datasheets[i]);
    if (verdict.is_verdict && verdict.tone == Tone::kBad)
      words += fmt::format(". This {} failed its datasheet", lead.first->card);
  }
  return words;
}

/// The least that a token of the subject costs.
double least_dollars(const Rent& rent) {
  const PricedDecode* best = cheapest(rent.group);
  return best != nullptr ? best->dollars()->value : HUGE_VAL;
}

}  // namespace

Json facts_json(const ReportInput& input, std::size_t record) {
  const CardOverview overview = card_overview(input.datasheets[record], input.decodes);
  Json facts = Json::array();
  if (overview.read != nullptr) facts.push_back(peak_fact(*overview.read));
  if (overview.fastest != nullptr) facts.push_back(peak_fact(*overview.fastest));
  if (overview.smallest_batch != nullptr) facts.push_back(tpot_fact(*overview.smallest_batch));
  if (const auto& prompt = input.prompts[record]) facts.push_back(ttft_fact(*prompt));
  if (overview.cheapest != nullptr) facts.push_back(dollars_fact(*overview.cheapest));
  return facts;
}

Json rent_json(const ReportInput& input) {
  std::vector<Rent> rents = rent_answer(input.decodes);
  const auto best = std::min_element(rents.begin(), rents.end(), [](const Rent& a, const Rent& b) {
    return least_dollars(a) < least_dollars(b);
  });
  if (best != rents.end()) std::rotate(rents.begin(), best, std::next(best));
  Json all = Json::array();
  for (const Rent& rent : rents)
    all.push_back({{"subject", printable(subject_of(rent.group))},
                   {"words", printable(rent_sentence(rent.group) + failures_among(rent, input))}});
  return all;
}

}  // namespace gpugauge
