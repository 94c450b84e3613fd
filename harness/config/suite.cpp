#include "harness/config/suite.hpp"

#include <fmt/format.h>

#include <array>

#include "harness/config/yaml_reader.hpp"

namespace gpugauge {
namespace {

constexpr std::array kBackends{Backend::kCpu, Backend::kCuda};
constexpr std::array kCaches{CacheState::kCold, CacheState::kHot};
constexpr std::array kDistributions{Distribution::kNormal, Distribution::kUniform,
                                    Distribution::kZeros, Distribution::kSmallIntegers};
constexpr std::array kPatterns{MemoryPattern::kRead, MemoryPattern::kWrite, MemoryPattern::kCopy,
                               MemoryPattern::kTriad};
// int32 is only ever an output.
constexpr std::array kDTypes{DType::kFp32,    DType::kTf32,    DType::kBf16, DType::kFp16,
                             DType::kFp8E4m3, DType::kFp8E5m2, DType::kInt8};
constexpr std::array kPrecisions{Precision::kFp32, Precision::kBf16, Precision::kFp16,
                                 Precision::kFp8, Precision::kInt8};
constexpr std::array kRoles{LinearRole::kQkv, LinearRole::kO, LinearRole::kGateUp,
                            LinearRole::kDown, LinearRole::kLmHead};
constexpr std::array<std::string_view, 2> kFamilies{"memory", "gemm"};

constexpr IntegerRange kExtent{1, std::int64_t{1} << 20};   // of a GEMM in one direction
constexpr IntegerRange kContext{1, std::int64_t{1} << 24};  // tokens
constexpr IntegerRange kTraffic{std::int64_t{1} << 14,      // a page for each array of a triad
                                std::int64_t{1} << 40};
// Below six samples no interval of the median from order statistics has 95% confidence.
constexpr IntegerRange kSamples{6, 1'000'000};

template <typename Enum, std::size_t N>
auto one_of(const std::array<Enum, N>& known) {
  return [&known](const YamlValue& value) { return value.one_of(std::span<const Enum>(known)); };
}
auto integer_in(IntegerRange range) {
  return [range](const YamlValue& value) { return value.integer(range); };
}
std::string read_identifier(const YamlValue& value) { return value.identifier(); }

SamplingPolicy read_sampling(YamlMapping& parent, SamplingPolicy policy) {
  const auto value = parent.optional("sampling");
  if (!value) return policy;
  YamlMapping map = value->mapping();
  policy.target_half_width = map.number_or("target", policy.target_half_width, {0.0001, 0.5});
  policy.case_seconds = map.number_or("case_seconds", policy.case_seconds, {0.001, 3600});
  policy.warmup_seconds = map.number_or("warmup_seconds", policy.warmup_seconds, {0, 600});
  policy.sample_seconds = map.number_or("sample_seconds", policy.sample_seconds, {0.00001, 60});
  policy.min_samples =
      static_cast<int>(map.integer_or("min_samples", policy.min_samples, kSamples));
  policy.max_samples =
      static_cast<int>(map.integer_or("max_samples", policy.max_samples, kSamples));
  map.finish();
  if (policy.max_samples < policy.min_samples) {
    value->fail(fmt::format("has min_samples {} over max_samples {}, expected at most that",
                            policy.min_samples, policy.max_samples));
  }
  return policy;
}

void read_memory(YamlMapping& map, SuiteEntry& entry) {
  entry.patterns = map.required("patterns").distinct(one_of(kPatterns));
  entry.sizes_bytes =
      map.required("sizes").distinct([](const YamlValue& value) { return value.bytes(kTraffic); });
}

void read_shapes(YamlMapping& map, SuiteEntry& entry) {
  entry.dtypes = map.required("dtypes").distinct(one_of(kDTypes));
  const auto shapes = map.required("shapes").distinct([](const YamlValue& value) {
    std::vector<std::int64_t> extents;
    for (const YamlValue& extent : value.items()) extents.push_back(extent.integer(kExtent));
    if (extents.size() != 3)
      value.fail(fmt::format("has {} numbers, expected [m, n, k]", extents.size()));
    return extents;
  });
  for (const auto& mnk : shapes)
    entry.shapes.push_back(gemm_of(entry.dtypes.front(), mnk[0], mnk[1], mnk[2]));
}

void read_models(YamlMapping& map, SuiteEntry& entry, const std::vector<std::string>& known) {
  entry.models = map.required("models").distinct([&known](const YamlValue& value) {
    if (known.empty()) return value.identifier();
    const std::vector<std::string_view> names(known.begin(), known.end());
    return value.name_in(names);
  });
  entry.precisions = map.required("precisions").distinct(one_of(kPrecisions));
  entry.batches = map.required("batches").distinct(integer_in(kExtent));
  entry.linears = map.distinct_or("linears", entry.linears, one_of(kRoles));
}

SuiteEntry read_entry(const YamlValue& value, const SamplingPolicy& policy,
                      const std::vector<std::string>& known_models) {
  YamlMapping map = value.mapping();
  SuiteEntry entry;
  entry.family = map.required("family").name_in(kFamilies);
  if (const auto backend = map.optional("backend")) entry.backend = one_of(kBackends)(*backend);
  entry.implementations = map.required("implementations").distinct(read_identifier);
  entry.cache = map.distinct_or("cache", std::vector{CacheState::kCold}, one_of(kCaches));
  entry.data = map.distinct_or("data", std::vector{Distribution::kNormal}, one_of(kDistributions));
  entry.policy = read_sampling(map, policy);
  if (entry.family == "memory") {
    read_memory(map, entry);
  } else if (map.has("shapes") && map.has("models")) {
    value.fail("has both 'shapes' and 'models', expected one of them");
  } else if (map.has("shapes")) {
    read_shapes(map, entry);
  } else {
    read_models(map, entry, known_models);
  }
  map.finish();
  return entry;
}

}  // namespace

Suite load_suite(const std::filesystem::path& file, const std::vector<std::string>& known_models) {
  YamlMapping root = read_yaml(file).mapping();
  Suite suite;
  suite.name = root.required("name").stem_of(file);
  suite.description = root.required("description").text();
  suite.path = file;
  suite.contexts =
      root.distinct_or("contexts", std::vector<std::int64_t>{1024}, integer_in(kContext));
  suite.settle_seconds = root.number_or("settle_seconds", suite.settle_seconds, {0, 600});
  const SamplingPolicy policy = read_sampling(root, SamplingPolicy{});
  for (const YamlValue& entry : root.required("entries").items())
    suite.entries.push_back(read_entry(entry, policy, known_models));
  root.finish();
  return suite;
}

}  // namespace gpugauge
