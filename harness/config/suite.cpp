#include "harness/config/suite.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/config/yaml_reader.hpp"

namespace gpugauge {
namespace {

constexpr std::array kBackends{Backend::kCpu, Backend::kCuda};
// int32 is only ever an output.
constexpr std::array kDTypes{DType::kFp32,    DType::kTf32,    DType::kBf16, DType::kFp16,
                             DType::kFp8E4m3, DType::kFp8E5m2, DType::kInt8};
constexpr std::array kTokenOps{TokenOpKind::kRmsNorm,    TokenOpKind::kHeadNorm,
                               TokenOpKind::kRopeAppend, TokenOpKind::kGatedActivation,
                               TokenOpKind::kQuantize,   TokenOpKind::kEmbedding,
                               TokenOpKind::kArgmax};
constexpr std::array kLatencies{LatencyKind::kPointerChase, LatencyKind::kPointerChaseNear,
                                LatencyKind::kPointerChaseFar, LatencyKind::kKernelLaunch,
                                LatencyKind::kGraphNode};
constexpr std::array kTransfers{TransferKind::kHostToDevice, TransferKind::kDeviceToHost,
                                TransferKind::kHostToDevicePageable,
                                TransferKind::kDeviceToHostPageable, TransferKind::kPeerToPeer};
constexpr std::array kSparsities{Sparsity::kDense, Sparsity::kSparse};
constexpr std::array kCacheDTypes{DType::kBf16, DType::kFp8E4m3};

constexpr IntegerRange kExtent{1, std::int64_t{1} << 20};   // of a GEMM in one direction
constexpr IntegerRange kContext{1, std::int64_t{1} << 24};  // tokens
constexpr IntegerRange kTraffic{std::int64_t{1} << 14,      // a page for each array of a triad
                                std::int64_t{1} << 40};
constexpr IntegerRange kGflop{1, 1'000'000};
constexpr IntegerRange kCount{1, 10'000'000};
constexpr IntegerRange kPageTokens{1, 4096};
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
std::int64_t bytes_of_launch(const YamlValue& value) { return value.bytes(kTraffic); }

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

void read_model_names(YamlMapping& map, SuiteEntry& entry, const std::vector<std::string>& known) {
  entry.models = map.required("models").distinct([&known](const YamlValue& value) {
    if (known.empty()) return value.identifier();
    const std::vector<std::string_view> names(known.begin(), known.end());
    return value.name_in(names);
  });
  entry.batches = map.required("batches").distinct(integer_in(kExtent));
}

void read_linears(YamlMapping& map, SuiteEntry& entry) {
  entry.precisions = map.required("precisions").distinct(one_of(all_of<Precision>));
  entry.linears = map.distinct_or("linears", entry.linears, one_of(all_of<LinearRole>));
  if (const auto value = map.optional("activations")) entry.activations = one_of(kDTypes)(*value);
}

void read_cached(YamlMapping& map, SuiteEntry& entry) {
  entry.contexts = map.required("contexts").distinct(integer_in(kContext));
  entry.kv = map.distinct_or("kv", std::vector{DType::kBf16}, one_of(kCacheDTypes));
}

void read_latency(YamlMapping& map, SuiteEntry& entry) {
  entry.latencies = map.required("operations").distinct(one_of(kLatencies));
  entry.count = map.required("count").integer(kCount);
  if (std::any_of(entry.latencies.begin(), entry.latencies.end(), is_pointer_chase))
    entry.sizes_bytes = map.required("sizes").distinct(bytes_of_launch);
}

/// The keys of one family.
struct FamilyKeys {
  std::string_view family;
  void (*read)(YamlMapping&, SuiteEntry&, const std::vector<std::string>& known_models);
};
constexpr std::array kFamilies{
    FamilyKeys{"memory",
               [](YamlMapping& map, SuiteEntry& entry, const auto&) {
                 entry.patterns = map.required("patterns").distinct(one_of(kMemoryPatterns));
                 entry.sizes_bytes = map.required("sizes").distinct(bytes_of_launch);
               }},
    FamilyKeys{"gemm",
               [](YamlMapping& map, SuiteEntry& entry, const auto& known) {
                 if (map.has("shapes")) return read_shapes(map, entry);
                 read_model_names(map, entry, known);
                 read_linears(map, entry);
               }},
    FamilyKeys{"tensor_peak",
               [](YamlMapping& map, SuiteEntry& entry, const auto&) {
                 entry.dtypes = map.required("dtypes").distinct(one_of(kDTypes));
                 entry.sparsity = map.required("sparsity").distinct(one_of(kSparsities));
                 entry.gflop = map.required("gflop").integer(kGflop);
               }},
    FamilyKeys{"attention_decode",
               [](YamlMapping& map, SuiteEntry& entry, const auto& known) {
                 read_model_names(map, entry, known);
                 read_cached(map, entry);
                 entry.page_tokens = map.distinct_or("page_tokens", std::vector<std::int64_t>{16},
                                                     integer_in(kPageTokens));
               }},
    FamilyKeys{"attention_prefill",
               [](YamlMapping& map, SuiteEntry& entry, const auto& known) {
                 read_model_names(map, entry, known);
                 entry.tokens = map.required("tokens").distinct(integer_in(kExtent));
                 entry.dtypes = map.required("dtypes").distinct(one_of(kDTypes));
               }},
    FamilyKeys{"token_op",
               [](YamlMapping& map, SuiteEntry& entry, const auto& known) {
                 read_model_names(map, entry, known);
                 entry.token_ops = map.required("operations").distinct(one_of(kTokenOps));
                 if (const auto value = map.optional("output"))
                   entry.output = one_of(kDTypes)(*value);
               }},
    FamilyKeys{"decode_step",
               [](YamlMapping& map, SuiteEntry& entry, const auto& known) {
                 read_model_names(map, entry, known);
                 entry.precisions = map.required("precisions").distinct(one_of(all_of<Precision>));
                 read_cached(map, entry);
               }},
    FamilyKeys{"latency",
               [](YamlMapping& map, SuiteEntry& entry, const auto&) { read_latency(map, entry); }},
    FamilyKeys{"transfer",
               [](YamlMapping& map, SuiteEntry& entry, const auto&) {
                 entry.transfers = map.required("operations").distinct(one_of(kTransfers));
                 entry.sizes_bytes = map.required("sizes").distinct(bytes_of_launch);
               }},
};

SuiteEntry read_entry(const YamlValue& value, const SamplingPolicy& policy,
                      const std::vector<std::string>& known_models) {
  YamlMapping map = value.mapping();
  SuiteEntry entry;
  std::array<std::string_view, kFamilies.size()> names;
  std::transform(kFamilies.begin(), kFamilies.end(), names.begin(),
                 [](const FamilyKeys& keys) { return keys.family; });
  entry.family = map.required("family").name_in(names);
  if (const auto backend = map.optional("backend")) entry.backend = one_of(kBackends)(*backend);
  entry.implementations = map.required("implementations").distinct(read_identifier);
  entry.cache =
      map.distinct_or("cache", std::vector{CacheState::kCold}, one_of(all_of<CacheState>));
  entry.data =
      map.distinct_or("data", std::vector{Distribution::kNormal}, one_of(all_of<Distribution>));
  entry.policy = read_sampling(map, policy);
  if (map.has("shapes") && map.has("models"))
    value.fail("has both 'shapes' and 'models', expected one of them");
  std::find_if(kFamilies.begin(), kFamilies.end(), [&](const FamilyKeys& keys) {
    return keys.family == entry.family;
  })->read(map, entry, known_models);
  map.finish();
  return entry;
}

}  // namespace

std::string_view name_of(Sparsity sparsity) {
  return sparsity == Sparsity::kSparse ? "sparse" : "dense";
}

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
