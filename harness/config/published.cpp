#include "harness/config/published.hpp"

#include "harness/config/printed_value.hpp"

namespace gpugauge {
namespace {

void check_total(const YamlValue& value, double derived) {
  constexpr std::string_view kUnits = "KMBT";
  const PrintedValue printed = value.parsed(parse_printed_value);
  const std::size_t unit =
      printed.unit.size() == 1 ? kUnits.find(printed.unit[0]) : std::string_view::npos;
  const bool is_whole = printed.unit.empty();
  if (!printed.number || printed.is_range || (!is_whole && unit == std::string_view::npos))
    value.fail_expected("a whole number, or one with K, M, B or T like 46.7B");
  if (is_whole) {
    if (printed.number->value != derived)
      value.fail_expected(fmt::format("{:.0f} by its shapes", derived));
    return;
  }
  double scale = 1000;
  for (std::size_t i = 0; i < unit; ++i) scale *= 1000;
  if (derived < printed.number->low * scale || derived > printed.number->high * scale)
    value.fail_expected(fmt::format("{:.4g}{} by its shapes", derived / scale, printed.unit));
}

}  // namespace

void finish_with_published(YamlMapping& root, const std::vector<PublishedTotal>& totals) {
  const auto published = root.optional("published");
  root.finish();
  if (!published) return;
  YamlMapping map = published->mapping();
  map.required("source").text();
  for (const PublishedTotal& total : totals) {
    if (const auto value = map.optional(total.key)) check_total(*value, total.derived());
  }
  map.finish();
}

}  // namespace gpugauge
