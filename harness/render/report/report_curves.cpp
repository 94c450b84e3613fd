#include <fmt/format.h>

#include "harness/base/grouping.hpp"
#include "harness/render/answers/decode_columns.hpp"
#include "harness/render/answers/origins.hpp"
#include "harness/render/report/report_data.hpp"

namespace gpugauge {
namespace {

using Point = const PricedDecode*;

std::optional<Estimate> tokens_of(Point p) {
  const EngineStep* step = p->decode.preferred();
  return step != nullptr ? std::optional(step->tokens_per_second) : std::nullopt;
}

const Rate* rate_of(Point p) { return p->costs.empty() ? nullptr : &p->costs.front().rate; }

std::vector<ColumnOf<Point>> curve_columns(bool several, bool one_context) {
  return {
      {visible_if(several, text_column("file", "file")),
       [](const Point& p) { return Cell(p->decode.file); }},
      {visible_if(several, text_column("device", "device")),
       [](const Point& p) { return Cell(p->decode.device); }},
      {data_column("model"), [](const Point& p) { return Cell(p->decode.model); }},
      {data_column("precision"),
       [](const Point& p) { return Cell(name_of(p->decode.point.precision)); }},
      {visible_if(!one_context, number_column("context", "context")),
       [](const Point& p) { return integer_cell(p->decode.point.context); }},
      {number_column("batch", "batch"),
       [](const Point& p) { return integer_cell(p->decode.point.batch); }},
      {text_column("fits", "fits"), [](const Point& p) { return fits_cell(p->decode); }},
      {number_column("tok_per_s", "tok/s"),
       [](const Point& p) {
         return number_cell(tokens_of(p) ? std::optional(tokens_of(p)->value) : std::nullopt);
       }},
      {number_column("half_width_percent", "±"),
       [](const Point& p) { return plus_minus_cell(tokens_of(p)); }},
      {data_column("low_tok_per_s"), [](const Point& p) { return low_cell(tokens_of(p)); }},
      {data_column("high_tok_per_s"), [](const Point& p) { return high_cell(tokens_of(p)); }},
      {number_column("dollars_per_million", "$/M output"),
       [](const Point& p) { return dollars_cell(p->dollars()); }},
      {data_column("low_dollars_per_million"),
       [](const Point& p) { return low_cell(p->dollars()); }},
      {data_column("high_dollars_per_million"),
       [](const Point& p) { return high_cell(p->dollars()); }},
      {text_column("rate", "at"),
       [](const Point& p) {
         return rate_of(p) != nullptr ? Cell(price_words(*rate_of(p))) : Cell();
       }},
      {text_column("step_time_is", "step time is"),
       [](const Point& p) {
         const EngineStep* step = p->decode.preferred();
         return step != nullptr ? origins_cell(step->origins()) : Cell();
       }},
      {data_column("reason"), [](const Point& p) { return text_cell(p->decode.reason); }},
  };
}

}  // namespace

std::string price_words(const Rate& rate) {
  if (rate.kind == RateKind::kUnit) return "$1.00/h (no price is known)";
  return fmt::format("{}/h {}", format_dollars(rate.dollars_per_gpu_hour), name_of(rate.kind));
}

std::vector<Table> batch_curves(std::span<const PricedDecode> points) {
  std::vector<Table> tables;
  for (const DecodeGroup& group : groups_of(points))
    tables.push_back(make_table<Point>("curve", subject_of(group),
                                       curve_columns(several_files(group), true), group));
  return tables;
}

std::vector<Table> context_curves(std::span<const PricedDecode> points) {
  const auto key = [](const PricedDecode& p) {
    return std::pair(p.decode.model, p.decode.point.precision);
  };
  std::vector<Table> tables;
  for (const DecodeGroup& group : grouped_by<PricedDecode>(points, key)) {
    const DecodeFinding& first = group.front()->decode;
    tables.push_back(make_table<Point>(
        "curve", fmt::format("{} {}", first.model, name_of(first.point.precision)),
        curve_columns(several_files(group), false), group));
    tables.back().notes = notes_of(group);
  }
  return tables;
}

}  // namespace gpugauge
