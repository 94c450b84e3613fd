#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <iostream>

#include "harness/cli/commands.hpp"
#include "harness/cli/options/definitions.hpp"
#include "harness/config/prices.hpp"
#include "harness/render/table/columns.hpp"

namespace gpugauge {
namespace {

struct PricesOptions {
  std::vector<std::string> files;
  std::string source;
};

/// Of all GPUs of the instance, or empty.
Cell instance_price(const std::optional<double>& per_gpu_hour, int gpu_count) {
  return per_gpu_hour ? Cell(fmt::format("{:.10g}", *per_gpu_hour * gpu_count)) : Cell();
}

/// The native columns, which price_formats_csv.cpp reads.
ExitStatus print_native(const PricesOptions& options) {
  const PriceList list = load_price_list({options.files.begin(), options.files.end()});
  for (const std::string& warning : list.warnings) spdlog::warn("{}", warning);
  const auto text = [](std::string key, std::string PriceOffer::*field) {
    return ColumnOf<PriceOffer>{data_column(std::move(key)),
                                [=](const PriceOffer& offer) { return Cell(offer.*field); }};
  };
  const std::vector<ColumnOf<PriceOffer>> columns{
      text("InstanceType", &PriceOffer::instance),
      text("AcceleratorName", &PriceOffer::accelerator),
      {data_column("AcceleratorCount"),
       [](const PriceOffer& o) { return Cell(fmt::format("{}", o.gpu_count)); }},
      {data_column("Price"),
       [](const PriceOffer& o) { return instance_price(o.on_demand_per_gpu_hour, o.gpu_count); }},
      text("Region", &PriceOffer::region),
      {data_column("SpotPrice"),
       [](const PriceOffer& o) { return instance_price(o.spot_per_gpu_hour, o.gpu_count); }},
      text("Provider", &PriceOffer::provider),
      text("form_factor", &PriceOffer::form_factor),
      {data_column("min_gpus"),
       [](const PriceOffer& o) { return Cell(fmt::format("{}", o.min_gpus)); }},
      {data_column("observed_at"), [](const PriceOffer& o) { return Cell(price_date(o)); }},
      {data_column("source"),
       [&](const PriceOffer& o) {
         return Cell(options.source.empty() ? o.source : options.source);
       }},
      text("notes", &PriceOffer::notes)};
  render(std::cout, {make_table<PriceOffer>("prices", "", columns, list.offers)}, Format::kCsv);
  return ExitStatus::kDone;
}

}  // namespace

void add_prices_command(Command& program) {
  auto [command, options] = program.add_command<PricesOptions>(
      "prices", "price lists of any format, merged, as a native one", print_native, "");
  command.argument("FILE", options.files, "price lists");
  command.option(option::kSource, options.source);
}

}  // namespace gpugauge
