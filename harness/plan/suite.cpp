#include "harness/plan/suite.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/config/catalog.hpp"
#include "harness/plan/families/family.hpp"

namespace gpugauge {
namespace {

// Below six samples no interval of the median from order statistics has 95% confidence.
constexpr IntegerRange kSamples{6, 1'000'000};

SamplingPolicy read_sampling(YamlMapping& parent, SamplingPolicy policy) {
  const auto value = parent.optional("sampling");
  if (!value) return policy;
  YamlMapping map = value->mapping();
  policy.target_half_width = map.number_or("target", policy.target_half_width, {0.0001, 0.5});
  policy.case_seconds = map.number_or("case_seconds", policy.case_seconds, {0.001, 3600});
  policy.warmup_seconds = map.number_or("warmup_seconds", policy.warmup_seconds, {0, 600});
  policy.sample_seconds = map.number_or("sample_seconds", policy.sample_seconds, {0.00001, 60});
  if (const auto seconds = map.optional("search_seconds"))
    policy.search_seconds = seconds->number({0.001, 36000});
  policy.cold_gib = map.number_or("cold_gib", policy.cold_gib, {0, 1024});
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

const Family& read_family(YamlMapping& map) {
  std::vector<std::string_view> names;
  for (const Family& family : families()) names.push_back(family.name);
  const std::string name = map.required("family").name_in(names);
  return *std::find_if(families().begin(), families().end(),
                       [&](const Family& family) { return family.name == name; });
}

SuiteEntry read_entry(const YamlValue& value, const SamplingPolicy& policy,
                      const std::vector<std::string>& known_models) {
  YamlMapping map = value.mapping();
  const Family& family = read_family(map);
  SuiteEntry entry;
  entry.family = family.name;
  if (const auto backend = map.optional("backend")) entry.backend = one_of<Backend>(*backend);
  entry.implementations = map.required("implementations").distinct([](const YamlValue& name) {
    return name.identifier();
  });
  entry.cache = map.distinct_or("cache", std::vector{CacheState::kCold}, one_of<CacheState>);
  entry.data = map.distinct_or("data", std::vector{Distribution::kNormal}, one_of<Distribution>);
  entry.policy = read_sampling(map, policy);
  if (const auto pace = map.optional("pace")) {
    entry.pace = one_of<Pace>(*pace);
    entry.policy = policy_of(*entry.pace, entry.policy);
  }
  if (map.has("shapes") && map.has("models"))
    value.fail("has both 'shapes' and 'models', expected one of them");
  EntryReader reader{map, known_models, entry.models};
  entry.make_ops = family.read(reader);
  map.finish();
  return entry;
}

}  // namespace

/// The burst is that in which fast.cu times its kernels (github.com/pranjalssh/fast.cu, matmul.cu):
/// sleep(5), launches to check the result, and eight launches between two events.
SamplingPolicy policy_of(Pace pace, SamplingPolicy policy) {
  switch (pace) {
    case Pace::kBurst:
      policy.rest = SamplingPolicy::Rest{.seconds = 5, .launches = 8};
      break;
  }
  policy.warmup_seconds = 0;
  policy.min_samples = policy.max_samples = static_cast<int>(kSamples.min);
  policy.case_seconds = policy.max_samples * policy.rest->seconds;
  return policy;
}

Suite load_suite(const std::filesystem::path& file, const std::vector<std::string>& known_models) {
  YamlMapping root = read_yaml(file).mapping();
  Suite suite;
  suite.name = root.required("name").stem_of(file);
  suite.description = root.required("description").text();
  suite.path = file;
  suite.contexts = root.distinct_or("contexts", std::vector<std::int64_t>{1024},
                                    [](const YamlValue& value) { return value.integer(kContext); });
  suite.settle_seconds = root.number_or("settle_seconds", suite.settle_seconds, {0, 600});
  const SamplingPolicy policy = read_sampling(root, SamplingPolicy{});
  for (const YamlValue& entry : root.required("entries").items())
    suite.entries.push_back(read_entry(entry, policy, known_models));
  root.finish();
  return suite;
}

Suite load_suite(const Catalog& catalog, std::string_view name_or_path) {
  return load_suite(catalog.suite_file(name_or_path), catalog.model_names());
}

}  // namespace gpugauge
