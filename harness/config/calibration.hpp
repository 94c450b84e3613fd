#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/base/statistics.hpp"
#include "harness/config/model.hpp"

namespace gpugauge {

/// What a real engine measured over what is derived here for the same point, as
/// scripts/import_vllm.py writes it. The point may be an average of requests: not whole.
struct Calibration {
  std::string file;
  std::string benchmark;  ///< `vllm bench serve`
  std::string device;     ///< as result files name it
  std::string model;
  Precision precision = Precision::kBf16;
  int cards = 1;
  double batch = 1, input_tokens = 1, output_tokens = 1;
  Estimate factor;                 ///< output tokens a second, of the engine over the proxy
  double measured = 0, proxy = 0;  ///< output tokens a second, of which `factor` is the ratio
  /// What is to be said wherever it is used: failed requests, a batch that is not the one asked
  /// for.
  std::vector<std::string> warnings;
  bool has_spread = false;  ///< whether the interval of `factor` is more than its value
};

/// Reads one file. Throws UsageError `file:line:column: 'key' is …, expected …` for another schema,
/// a factor that is no positive number, is absurd or contradicts the two rates that it is made of,
/// and a file that does not say for which device, model and precision it is.
Calibration load_calibration(const std::filesystem::path& file);

}  // namespace gpugauge
