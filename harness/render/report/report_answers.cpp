// What the first screen answers: what a card reaches, what a million tokens cost, which to rent.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/answer/overview_answer.hpp"
#include "harness/render/answers/decode_columns.hpp"
#include "harness/render/answers/origins.hpp"
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

void add_decode_facts(Json& facts, const PricedDecode& smallest, const PricedDecode& cheap) {
  const auto tokens = [](const PricedDecode& p) {
    return format_significant(p.decode.preferred()->tokens_per_second.value) + " tok/s";
  };
  const std::int64_t batch = smallest.decode.point.batch;
  facts.push_back(
      fact(tokens(smallest),
           batch == 1 ? "decoding for one user" : fmt::format("decoding, batch {}", batch),
           fmt::format("{}; {}", subject_of({&smallest}),
                       origins_cell(smallest.decode.preferred()->origins()).text)));
  facts.push_back(fact(format_dollars(cheap.dollars()->value), "per million output tokens, at best",
                       fmt::format("batch {}, {}, at {}; {}", cheap.decode.point.batch,
                                   tokens(cheap), price_words(cheap.costs.front().rate),
                                   origins_text(cheap.decode.preferred()->origins()))));
}

/// `batch 32 to 256`.
std::string batches_of(const Lead& lead) {
  const std::int64_t first = lead.first->decode.point.batch, last = lead.last->decode.point.batch;
  return first == last ? fmt::format("batch {}", first)
                       : fmt::format("batch {} to {}", first, last);
}

std::string dollars_of(const Lead& lead) {
  const std::string first = format_dollars(lead.first->dollars()->value),
                    last = format_dollars(lead.last->dollars()->value);
  return first == last ? first : fmt::format("{} to {}", first, last);
}

/// `NVIDIA L40S ($0.72/h on-demand) at batch 1 to 16: $5.20 to $0.38 per million`.
std::string words_of(const Lead& lead, const std::string& label) {
  const char* doubt = lead.is_only ? ", the only one that fits" : lead.is_sure ? "" : ", undecided";
  return fmt::format("{} ({}) at {}: {} per million{}", label,
                     price_words(lead.first->costs.front().rate), batches_of(lead),
                     dollars_of(lead), doubt);
}

}  // namespace

Json facts_json(const ReportInput& input, std::size_t record) {
  const CardOverview overview = card_overview(input.datasheets[record], input.decodes);
  Json facts = Json::array();
  if (overview.read != nullptr) facts.push_back(peak_fact(*overview.read));
  if (overview.fastest != nullptr) facts.push_back(peak_fact(*overview.fastest));
  if (overview.cheapest != nullptr)
    add_decode_facts(facts, *overview.smallest_batch, *overview.cheapest);
  return facts;
}

Json rent_json(const ReportInput& input) {
  const std::vector<std::string> labels = labels_of(input.records);
  const auto label = [&](const PricedDecode& p) {
    const auto at = std::find_if(input.records.begin(), input.records.end(), [&](const auto& r) {
      return r.record->path.string() == p.decode.file;
    });
    return labels.at(static_cast<std::size_t>(at - input.records.begin()));
  };
  Json all = Json::array();
  for (const Rent& rent : rent_answer(input.decodes)) {
    std::vector<std::string> words;
    for (const Lead& lead : rent.leads) {
      std::string text = words_of(lead, label(*lead.first));
      const OriginShares origins = lead.first->decode.preferred()->origins();
      if (!has_measured(origins)) text += fmt::format(" ({})", origins_words(origins));
      words.push_back(std::move(text));
    }
    all.push_back({{"subject", printable(subject_of(rent.group))},
                   {"words", printable(fmt::format("{}", fmt::join(words, "; ")))}});
  }
  return all;
}

}  // namespace gpugauge
