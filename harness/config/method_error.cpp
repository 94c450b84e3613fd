#include "harness/config/method_error.hpp"

#include <fmt/format.h>

#include <iterator>
#include <vector>

#include "harness/config/yaml_reader.hpp"

namespace gpugauge {
namespace {

constexpr NumberRange kErrorFactor{1e-3, 1e3};
constexpr std::array<std::string_view, 4> kCardCounts{"1", "2", "4", "8"};

/// [low, high]
ErrorFactors factors_in(const YamlValue& value) {
  const std::vector<YamlValue> ends = value.items();
  if (ends.size() != 2) value.fail_expected("two numbers: [low, high]");
  const ErrorFactors factors{.low = ends[0].number(kErrorFactor),
                             .high = ends[1].number(kErrorFactor)};
  if (factors.low > 1 || factors.high < 1)
    value.fail(fmt::format("is [{}, {}], expected a low of at most 1 and a high of at least 1",
                           factors.low, factors.high));
  return factors;
}

std::map<std::string, ErrorFactors, std::less<>> factors_by_axis(const YamlValue& value) {
  std::map<std::string, ErrorFactors, std::less<>> factors;
  YamlMapping axes = value.mapping();
  for (const std::string& axis : axes.keys())
    factors.emplace(axis, factors_in(axes.required(axis)));
  return factors;
}

OpErrors op_errors_in(const YamlValue& value) {
  YamlMapping family = value.mapping();
  OpErrors errors;
  errors.imported = factors_in(family.required("imported"));
  if (const auto axes = family.optional("interpolated"))
    errors.interpolated = factors_by_axis(*axes);
  if (const auto axes = family.optional("extrapolated"))
    errors.extrapolated = factors_by_axis(*axes);
  if (const auto modelled = family.optional("modelled")) errors.modelled = factors_in(*modelled);
  family.finish();
  return errors;
}

EngineErrors engine_errors_in(const YamlValue& value) {
  YamlMapping figures = value.mapping();
  EngineErrors errors;
  for (const EngineFigure figure : all_of<EngineFigure>)
    errors.at(static_cast<std::size_t>(figure)) = factors_in(figures.required(name_of(figure)));
  figures.finish();
  return errors;
}

}  // namespace

const OpErrors& MethodError::of_op(std::string_view family) const {
  static const OpErrors kNone;
  const auto found = ops.find(family);
  return found != ops.end() ? found->second : kNone;
}

ErrorFactors MethodError::of_engine(int cards, EngineFigure figure) const {
  const auto above = engine.upper_bound(cards);
  if (above == engine.begin()) return {};
  return std::prev(above)->second.at(static_cast<std::size_t>(figure));
}

MethodError load_method_error(const std::filesystem::path& file) {
  YamlMapping root = read_yaml(file).mapping();
  const YamlValue confidence = root.required("confidence");
  if (confidence.number({0, 1}) != kDerivedConfidence)
    confidence.fail_expected(fmt::format("{}", kDerivedConfidence));
  MethodError error;
  YamlMapping ops = root.required("ops").mapping();
  for (const std::string& family : ops.keys())
    error.ops.emplace(family, op_errors_in(ops.required(family)));
  YamlMapping engine = root.required("engine").mapping();
  for (const std::string_view cards : kCardCounts)
    error.engine.emplace(cards.front() - '0', engine_errors_in(engine.required(cards)));
  engine.finish();
  error.between_cards = engine_errors_in(root.required("between_cards"));
  root.finish();
  return error;
}

}  // namespace gpugauge
