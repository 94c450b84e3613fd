#include <fmt/format.h>

#include <iostream>

#include "harness/cli/commands.hpp"
#include "harness/cli/options/definitions.hpp"
#include "harness/cli/options/output.hpp"
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
  log_warnings(list.warnings);
  ColumnList<PriceOffer> c;
  c.data("InstanceType", &PriceOffer::instance);
  c.data("AcceleratorName", &PriceOffer::accelerator);
  c.data("AcceleratorCount", &PriceOffer::gpu_count);
  c.data("Price", [](auto& o) { return instance_price(o.on_demand_per_gpu_hour, o.gpu_count); });
  c.data("Region", &PriceOffer::region);
  c.data("SpotPrice", [](auto& o) { return instance_price(o.spot_per_gpu_hour, o.gpu_count); });
  c.data("Provider", &PriceOffer::provider);
  c.data("form_factor", &PriceOffer::form_factor);
  c.data("min_gpus", &PriceOffer::min_gpus);
  c.data("observed_at", [](auto& o) { return price_date(o); });
  c.data("source", [&](auto& o) { return options.source.empty() ? o.source : options.source; });
  c.data("notes", &PriceOffer::notes);
  render(std::cout, {c.table("prices", "", list.offers)}, Format::kCsv);
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
