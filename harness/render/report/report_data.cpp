#include "harness/render/report/report_data.hpp"

#include <algorithm>
#include <iterator>

#include "build_info.hpp"
#include "harness/answer/imported_files.hpp"
#include "harness/render/answers/audit_table.hpp"
#include "harness/render/answers/cost_table.hpp"
#include "harness/render/answers/datasheet_table.hpp"
#include "harness/render/answers/summary.hpp"
#include "harness/render/answers/tokens_table.hpp"
#include "harness/render/answers/track_sentence.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

Json files_json(std::span<const RecordToShow> records) {
  const std::vector<std::string> labels = labels_of(records);
  Json files = Json::array();
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Record& record = *records[i].record;
    files.push_back({{"path", printable(record.path.string())},
                     {"device", printable(record.device.name)},
                     {"label", printable(labels[i])},
                     {"headline", printable(headline(record))},
                     {"rerun", rerun_json(record)}});
  }
  return files;
}

Json claims_json(const AuditedClaims& claims) {
  return tables_json(audit_tables(*claims.file, claims.findings, claims.findings));
}

/// Each case of the history with its nights.
Json history_json(const ReportHistory& history) {
  std::vector<Table> nights;
  for (const TrackedCase& tracked : history.cases)
    nights.push_back(series_table(tracked, history.acks));
  Json changes = Json::array();
  for (const TrackedCase& tracked : history.cases) changes.push_back(tracked.finding.change_night);
  const TrackSentence sentence = track_sentence(history.cases);
  Json rows = Json::array();
  for (const std::string& row : sentence.rows) rows.push_back(printable(row));
  return {{"folder", printable(history.folder)},
          {"sentence",
           {{"tone", static_cast<int>(sentence.tone)},
            {"words", printable(sentence.words)},
            {"rows", std::move(rows)}}},
          {"cases", table_json(tracked_cases_table(history.cases))},
          {"nights", tables_json(nights)},
          {"change_nights", std::move(changes)}};
}

}  // namespace

std::vector<PricedDecode> fitting(std::span<const PricedDecode> points) {
  std::vector<PricedDecode> all;
  std::copy_if(points.begin(), points.end(), std::back_inserter(all),
               [](const PricedDecode& p) { return p.decode.fits(); });
  return all;
}

std::vector<DatasheetReport> shown_datasheets(const ReportInput& input) {
  std::vector<DatasheetReport> shown(input.datasheets.begin(), input.datasheets.end());
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (is_imported(*input.records[i].record))
      std::erase_if(shown[i].findings, [](const DatasheetFinding& f) { return !f.measured; });
  }
  return shown;
}

Json report_data(const ReportInput& input) {
  Json data = {{"version", build_info::kVersion},
               {"files", files_json(input.records)},
               {"verdicts", verdicts_json(input)},
               {"rent", rent_json(input)},
               {"environment", table_json(environment_table(input.records))},
               {"differences", table_json(differences_table(input.records))},
               {"datasheet", table_json(to_table(shown_datasheets(input)))},
               {"cases", cases_json(input.listed)},
               {"not_measured", table_json(not_measured_table(input.records))},
               {"rooflines", rooflines_json(input.records)},
               {"sweeps", sweeps_json(input.listed)},
               {"tokens", tables_json(tokens_tables(input.decodes))},
               {"costs", tables_json(cost_tables(input.decodes))},
               {"curves", tables_json(batch_curves(input.decodes))},
               {"price_doubts", Json::array()},
               {"crossings", table_json(crossings_table(input.break_evens))},
               {"contexts", tables_json(context_curves(input.contexts))},
               {"steps", tables_json(step_tables(fitting(input.decodes)))},
               {"samples", samples_json(input.listed)},
               {"claims", input.claims ? claims_json(*input.claims) : Json(nullptr)},
               {"history", input.history ? history_json(*input.history) : Json(nullptr)},
               {"provenance", table_json(provenance_table(input.records))}};
  for (const std::string& doubt : input.price_doubts)
    data["price_doubts"].push_back(printable(doubt));
  if (input.tpot_ms) data["tpot_ms"] = *input.tpot_ms;
  return data;
}

}  // namespace gpugauge
