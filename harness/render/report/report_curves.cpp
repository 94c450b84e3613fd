#include <fmt/format.h>

#include "harness/base/grouping.hpp"
#include "harness/base/units.hpp"
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

/// Tokens per second that each user sees.
std::optional<double> of_a_user(Point p) {
  const auto tokens = tokens_of(p);
  return tokens ? std::optional(tokens->value / static_cast<double>(p->decode.point.batch))
                : std::nullopt;
}

const Rate* rate_of(Point p) { return p->costs.empty() ? nullptr : &p->costs.front().rate; }

ColumnList<Point> curve_columns(bool several, bool one_context) {
  ColumnList<Point> c;
  c.text("file", "file", [](auto& p) { return p->decode.file; }).data_only = !several;
  c.text("device", "device", [](auto& p) { return p->decode.device; }).data_only = !several;
  c.data("model", [](auto& p) { return p->decode.model; });
  c.data("precision", [](auto& p) { return name_of(p->decode.point.precision); });
  c.number("context", "context", [](auto& p) { return p->decode.point.context; }).data_only =
      one_context;
  c.number("batch", "batch", [](auto& p) { return p->decode.point.batch; });
  c.text("fits", "fits", [](auto& p) { return fits_cell(p->decode); });
  c.number("tok_per_s", "tok/s", [](auto& p) {
    const auto tokens = tokens_of(p);
    return tokens ? number_cell(tokens->value) : Cell();
  });
  c.number("half_width_percent", "±", [](auto& p) { return plus_minus_cell(tokens_of(p)); });
  c.ends("low_tok_per_s", "high_tok_per_s", tokens_of);
  c.data("tok_per_s_user", [](auto& p) { return number_cell(of_a_user(p)); });
  c.number("tpot_ns", "TPOT", [](auto& p) {
    const auto speed = of_a_user(p);
    return speed ? duration_cell(kNsPerSecond / *speed) : Cell();
  });
  c.number("dollars_per_million", "$/M, decode only",
           [](auto& p) { return dollars_cell(p->dollars()); });
  c.ends("low_dollars_per_million", "high_dollars_per_million",
         [](auto& p) { return p->dollars(); });
  c.text("rate", "at",
         [](auto& p) { return rate_of(p) != nullptr ? Cell(price_words(*rate_of(p))) : Cell(); });
  c.text("step_time_is", "step time is", [](auto& p) {
    const EngineStep* step = p->decode.preferred();
    return step != nullptr ? origins_cell(step->origins()) : Cell();
  });
  c.data("reason", [](auto& p) { return text_cell(p->decode.reason); });
  return c;
}

}  // namespace

std::string price_words(const Rate& rate) {
  if (rate.kind == RateKind::kUnit) return "$1.00/h (no price is known)";
  return fmt::format("{}/h {}", format_dollars(rate.dollars_per_gpu_hour), name_of(rate.kind));
}

std::vector<Table> batch_curves(std::span<const PricedDecode> points) {
  std::vector<Table> tables;
  for (const DecodeGroup& group : groups_of(points))
    tables.push_back(
        curve_columns(several_files(group), true).table("curve", subject_of(group), group));
  return tables;
}

std::vector<Table> context_curves(std::span<const PricedDecode> points) {
  const auto key = [](const PricedDecode& p) {
    return std::pair(p.decode.model, p.decode.point.precision);
  };
  std::vector<Table> tables;
  for (const DecodeGroup& group : grouped_by<PricedDecode>(points, key)) {
    const DecodeFinding& first = group.front()->decode;
    tables.push_back(curve_columns(several_files(group), false)
                         .table("curve",
                                fmt::format("{} {}", first.model, name_of(first.point.precision)),
                                group));
    tables.back().notes = notes_of(group);
  }
  return tables;
}

}  // namespace gpugauge
