#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/case_options.hpp"
#include "harness/device/device_info.hpp"
#include "harness/plan/families/make_ops.hpp"

namespace gpugauge {

class Catalog;

/// When to stop sampling a case, how to warm up before it, and what it rotates through.
struct SamplingPolicy {
  double target_half_width = 0.01;  ///< of the median's 95% interval, relative to the median
  double case_seconds = 1.0;        ///< sampling stops here, converged or not
  double warmup_seconds = 0.1;      ///< replays before a case that are not sampled
  double sample_seconds = 0.002;    ///< launches are added to a sample until it lasts this long
  /// Budget of a search for the fastest candidate; from the case's roof time where it is absent.
  std::optional<double> search_seconds = std::nullopt;
  /// What cold launches on a card rotate through at least: a model of 8 billion weights in FP8.
  double cold_gib = 8;
  int min_samples = 10;
  int max_samples = 1000;

  /// What comes before every sample, which then holds so many launches: a pause, and one launch
  /// that is not timed.
  struct Rest {
    double seconds = 0;
    std::int64_t launches = 1;
  };
  std::optional<Rest> rest = std::nullopt;
};

/// How a case of that pace is sampled.
SamplingPolicy policy_of(Pace pace, SamplingPolicy policy);

/// One group of cases: the product of its lists and of those that its family reads.
struct SuiteEntry {
  std::string family;              ///< as `family_of` names them
  std::optional<Backend> backend;  ///< only there; everywhere if absent
  std::vector<std::string> implementations;
  std::vector<CacheState> cache;
  std::vector<Distribution> data;
  std::optional<Pace> pace;
  SamplingPolicy policy;  ///< the suite's, with the entry's own values over it
  ModelBatches models;
  MakeOps make_ops;
};

struct Suite {
  std::string name;
  std::string description;
  std::filesystem::path path;
  std::vector<std::int64_t> contexts;  ///< tokens of KV cache that the token tables are made for
  double settle_seconds = 3.0;  ///< longest wait for the clock to settle before the first case
  std::vector<SuiteEntry> entries;
};

/// Reads a suite file. Throws UsageError with file:line:column, what was expected and the nearest
/// name. `known_models`, where given, are the names that an entry's `models` may hold; whether an
/// implementation exists is the plan's to say.
Suite load_suite(const std::filesystem::path& file,
                 const std::vector<std::string>& known_models = {});
/// The suite of that name or path, its models those of the catalog.
Suite load_suite(const Catalog& catalog, std::string_view name_or_path);

}  // namespace gpugauge
