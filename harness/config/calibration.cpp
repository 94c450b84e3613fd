#include "harness/config/calibration.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "harness/base/counted.hpp"
#include "harness/base/error.hpp"
#include "harness/config/yaml_reader.hpp"

namespace gpugauge {
namespace {

constexpr std::int64_t kSchema = 1;
/// An engine a hundred times slower or ten times faster than the sum of its ops was not measured at
/// this point.
constexpr NumberRange kFactor{0.01, 10};
constexpr NumberRange kTokensPerSecond{1e-6, 1e12};
constexpr NumberRange kTokens{1, 1 << 24};
constexpr IntegerRange kRequests{0, std::int64_t{1} << 40};
constexpr double kTolerance = 0.01;

YamlValue required(YamlMapping& map, const std::filesystem::path& file, const char* key,
                   const char* option) {
  if (!map.has(key))
    throw UsageError(fmt::format("{}: has no '{}'; run scripts/import_vllm.py with {}",
                                 file.string(), key, option));
  return map.required(key);
}

}  // namespace

Calibration load_calibration(const std::filesystem::path& file) {
  YamlMapping root = read_yaml(file).mapping();  // JSON is YAML
  if (!root.has("gpugauge_calibration"))
    throw UsageError(fmt::format(
        "{}: has no 'gpugauge_calibration': expected what scripts/import_vllm.py writes",
        file.string()));
  root.required("gpugauge_calibration").integer({kSchema, kSchema});

  Calibration calibration;
  calibration.file = file.string();
  const YamlValue factor = root.required("factor");
  calibration.factor.value = factor.number(kFactor);
  calibration.factor.low = root.number_or("factor_low", calibration.factor.value, kFactor);
  calibration.factor.high = root.number_or("factor_high", calibration.factor.value, kFactor);
  const auto& [value, low, high] = calibration.factor;
  calibration.has_spread = low < high;
  if (!(low <= value && value <= high))
    factor.fail(fmt::format("is {}, expected a number from factor_low, {}, to factor_high, {}",
                            value, low, high));
  const double measured = calibration.measured =
      root.required("measured_output_tokens_per_second").number(kTokensPerSecond);
  const double proxy = calibration.proxy =
      root.required("proxy_output_tokens_per_second").number(kTokensPerSecond);
  if (std::abs(value * proxy / measured - 1) > kTolerance)
    factor.fail(
        fmt::format("is {}, expected measured over proxy, {:.6g}", value, measured / proxy));

  calibration.device = required(root, file, "device", "--device").text();
  calibration.model = required(root, file, "model", "--model").text();
  calibration.precision = required(root, file, "precision", "--precision").one_of<Precision>();
  calibration.cards = static_cast<int>(root.integer_or("cards", 1, {1, 1024}));
  calibration.batch = root.required("batch").number(kTokens);
  calibration.input_tokens = root.required("input_tokens").number(kTokens);
  calibration.output_tokens = root.required("output_tokens").number(kTokens);
  const std::int64_t failed = root.integer_or("failed_requests", 0, kRequests);
  const std::int64_t completed = root.integer_or("completed_requests", 0, kRequests);
  if (failed > 0)
    calibration.warnings.push_back(
        completed > 0 ? fmt::format("{} of {} requests failed", failed, failed + completed)
                      : counted(failed, "request") + " failed");
  if (root.has("warnings")) {
    for (const YamlValue& warning : root.required("warnings").items())
      calibration.warnings.push_back(warning.text());
  }
  YamlMapping source = root.required("source").mapping();
  calibration.benchmark = source.required("benchmark").text();
  source.required("file").text();
  source.required("sha256").text();
  source.finish();
  root.finish();
  return calibration;
}

}  // namespace gpugauge
