#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "harness/analyze/rates/efficiency.hpp"
#include "harness/analyze/rates/histogram.hpp"
#include "harness/analyze/rates/peaks.hpp"
#include "harness/analyze/rates/sweeps.hpp"
#include "harness/base/estimate.hpp"
#include "harness/render/answers/summary.hpp"
#include "harness/render/report/report_data.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

/// The numbers of samples that a page holds: about a third of a mebibyte. A case has at least
/// `kLeastSamples` of them.
constexpr std::size_t kSamplesOfPage = 30'000, kLeastSamples = 16;

struct ReportRow {
  std::size_t file;
  const Measurement* m;
  std::optional<double> share_of_roof;
};

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }
Json number(const std::optional<double>& value) { return value ? number(*value) : Json(nullptr); }

/// What is derived, to as many digits as anyone could want of it: 17 would double the page.
double rounded(double value) {
  if (value == 0 || !std::isfinite(value)) return value;
  const double scale = std::pow(10.0, 6 - std::floor(std::log10(std::abs(value))));
  return std::round(value * scale) / scale;
}
/// Of a time in ns: finer than any clock.
double hundredth(double ns) { return std::round(100 * ns) / 100; }
Json positive(double value) { return value > 0 ? number(rounded(value)) : Json(nullptr); }

std::string flags_of(const Measurement& m) {
  std::string all;
  for (const Flag flag : m.flags) all += (all.empty() ? "" : ", ") + words_of(flag);
  return all;
}

std::string verified_by(const Measurement& m) {
  if (!m.verification.passed) return m.verification.reason;
  return "computed right";
}

/// Each different value once, and which of them each row has.
Json words_column(const std::vector<std::string>& all) {
  Json words = Json::array(), index = Json::array();
  std::map<std::string, std::size_t> known;
  for (const std::string& word : all) {
    const auto [at, is_new] = known.try_emplace(word, known.size());
    if (is_new) words.push_back(printable(word));
    index.push_back(at->second);
  }
  return {{"words", std::move(words)}, {"index", std::move(index)}};
}

using NumberOf = std::function<Json(const ReportRow&)>;
using WordOf = std::function<std::string(const ReportRow&)>;

const std::vector<std::pair<std::string_view, NumberOf>>& number_columns() {
  static const std::vector<std::pair<std::string_view, NumberOf>> columns{
      {"file", [](const ReportRow& r) { return Json(r.file); }},
      {"name", [](const ReportRow& r) { return Json(printable(r.m->name)); }},
      {"time_ns", [](const ReportRow& r) { return number(r.m->time_ns.value); }},
      {"time_low_ns", [](const ReportRow& r) { return number(r.m->time_ns.low); }},
      {"time_high_ns", [](const ReportRow& r) { return number(r.m->time_ns.high); }},
      {"gbps", [](const ReportRow& r) { return positive(r.m->gbps()); }},
      {"tflops", [](const ReportRow& r) { return positive(r.m->tflops()); }},
      {"flops_per_byte",
       [](const ReportRow& r) {
         return r.m->work.bytes > 0 ? positive(r.m->work.flops / r.m->work.bytes) : Json(nullptr);
       }},
      {"share_of_roof",
       [](const ReportRow& r) {
         return r.share_of_roof ? number(rounded(*r.share_of_roof)) : Json(nullptr);
       }},
      {"clock_mhz", [](const ReportRow& r) { return number(r.m->clock_mhz); }},
      {"power_w", [](const ReportRow& r) { return number(r.m->mean_power_w); }},
      {"temperature_c", [](const ReportRow& r) { return number(r.m->temperature_max_c); }},
      {"sample_count", [](const ReportRow& r) { return Json(r.m->sample_count); }},
      {"sampled_ns",
       [](const ReportRow& r) {
         return positive(r.m->time_ns.value * r.m->sample_count *
                         static_cast<double>(r.m->launches_per_sample));
       }},
      {"repetition",
       [](const ReportRow& r) {
         return r.m->repetition > 0 ? Json(r.m->repetition) : Json(nullptr);
       }},
      {"checked",
       [](const ReportRow& r) {
         return r.m->verification.passed ? Json(r.m->verification.checked) : Json(nullptr);
       }},
      {"max_error",
       [](const ReportRow& r) {
         return r.m->verification.passed ? number(r.m->verification.max_error) : Json(nullptr);
       }},
  };
  return columns;
}

const std::vector<std::pair<std::string_view, WordOf>>& word_columns() {
  static const std::vector<std::pair<std::string_view, WordOf>> columns{
      {"family", [](const ReportRow& r) { return std::string(family_of(r.m->c.op)); }},
      {"origin", [](const ReportRow& r) { return std::string(name_of(r.m->origin)); }},
      {"verified", [](const ReportRow& r) { return verified_by(*r.m); }},
      {"flags", [](const ReportRow& r) { return flags_of(*r.m); }},
      {"details", [](const ReportRow& r) { return r.m->details; }},
  };
  return columns;
}

/// Of each file the number of its first case.
std::vector<std::size_t> first_cases(std::span<const RecordToShow> records) {
  std::vector<std::size_t> first;
  std::size_t next = 0;
  for (const RecordToShow& shown : records) {
    first.push_back(next);
    next += shown.record->measurements.size();
  }
  return first;
}

/// The interval of a rate at each case of a line, `[[low, high]…]`: of this rate, whose is as wide
/// as that of the time, turned over.
Json intervals_json(std::span<const RecordToShow> records, const SweepLine& line,
                    double (Measurement::*rate_of)() const) {
  Json all = Json::array();
  for (const CasePlace& place : line.cases) {
    const Measurement& m = records[place.record].record->measurements[place.measurement];
    const Estimate rate = reciprocal((m.*rate_of)() * m.time_ns.value, m.time_ns);
    all.push_back({rounded(rate.low), rounded(rate.high)});
  }
  return all;
}

Json histogram_json(const Histogram& h) {
  return {{"low", hundredth(h.low)}, {"width", rounded(h.width)}, {"counts", h.counts}};
}

std::vector<const Record*> plain(std::span<const RecordToShow> records) {
  std::vector<const Record*> all;
  for (const RecordToShow& shown : records) all.push_back(shown.record);
  return all;
}

}  // namespace

Json cases_json(std::span<const RecordToShow> records) {
  std::vector<ReportRow> rows;
  for (std::size_t file = 0; file < records.size(); ++file) {
    const RoofRates rates = roof_rates(*records[file].record, records[file].datasheet);
    for (const Measurement& m : records[file].record->measurements)
      rows.push_back({file, &m, share_of_roof(m, rates)});
  }
  Json columns = Json::object();
  for (const auto& [key, value_of] : number_columns()) {
    Json values = Json::array();
    bool any = false;
    for (const ReportRow& row : rows) {
      values.push_back(value_of(row));
      any = any || !values.back().is_null();
    }
    if (any) columns[std::string(key)] = std::move(values);
  }
  for (const auto& [key, word_of] : word_columns()) {
    std::vector<std::string> words;
    for (const ReportRow& row : rows) words.push_back(word_of(row));
    columns[std::string(key)] = words_column(words);
  }
  return {{"count", rows.size()}, {"columns", std::move(columns)}};
}

Json samples_json(std::span<const RecordToShow> records) {
  std::size_t sampled = 0;
  for (const RecordToShow& shown : records) {
    for (const Measurement& m : shown.record->measurements) sampled += !m.samples.time_ns.empty();
  }
  const std::size_t most =
      std::max(kLeastSamples, kSamplesOfPage / std::max<std::size_t>(sampled, 1));
  Json all = Json::array();
  for (const RecordToShow& shown : records) {
    for (const Measurement& m : shown.record->measurements) {
      const std::vector<double>& times = m.samples.time_ns;
      if (times.empty()) {
        all.push_back(nullptr);
        continue;
      }
      const std::size_t step = (times.size() + most - 1) / most;
      Json kept = Json::array();
      for (std::size_t i = 0; i < times.size(); i += step) kept.push_back(hundredth(times[i]));
      all.push_back({{"step", step},
                     {"time_ns", std::move(kept)},
                     {"histogram", histogram_json(histogram_of(times, most))}});
    }
  }
  return all;
}

Json rooflines_json(std::span<const RecordToShow> records) {
  Json all = Json::array();
  for (const RecordToShow& shown : records) {
    const Record& record = *shown.record;
    const std::optional<ReadRate> read = read_rate(record);
    Json roofs = Json::array();
    for (const DType dtype : gemm_dtypes(record)) {
      const auto peak = read ? best_arithmetic(record, dtype) : std::nullopt;
      if (!peak) continue;
      roofs.push_back(
          {{"dtype", name_of(dtype)},
           {"tflops", peak->rate.value},
           {"ridge_flops_per_byte", ridge_flops_per_byte(peak->rate.value, read->rate.value)}});
    }
    all.push_back({{"read_gbps", read ? Json(read->rate.value) : Json(nullptr)},
                   {"read_origin", read ? Json(name_of(read->origin)) : Json(nullptr)},
                   {"roofs", std::move(roofs)}});
  }
  return all;
}

Json sweeps_json(std::span<const RecordToShow> records) {
  const std::vector<std::size_t> first = first_cases(records);
  Json all = Json::array();
  for (const GemmSweep& sweep : gemm_sweeps(plain(records))) {
    Json lines = Json::array();
    for (const SweepLine& line : sweep.lines) {
      Json cases = Json::array(), batches = Json::array();
      for (const CasePlace& place : line.cases) {
        const Measurement& m = records[place.record].record->measurements[place.measurement];
        cases.push_back(first[place.record] + place.measurement);
        batches.push_back(std::get<Gemm>(m.c.op).m);
      }
      lines.push_back({{"file", line.cases.front().record},
                       {"implementation", printable(line.implementation)},
                       {"cases", std::move(cases)},
                       {"batches", std::move(batches)},
                       {"tflops_intervals", intervals_json(records, line, &Measurement::tflops)},
                       {"gbps_intervals", intervals_json(records, line, &Measurement::gbps)}});
    }
    std::string title = sweep.model;
    for (const std::string& part :
         {sweep.role, std::string(name_of(sweep.weights)), "n:" + std::to_string(sweep.n),
          "k:" + std::to_string(sweep.k)}) {
      if (!part.empty()) title += (title.empty() ? "" : " ") + part;
    }
    all.push_back({{"title", printable(title)}, {"lines", std::move(lines)}});
  }
  return all;
}

}  // namespace gpugauge
