#include <algorithm>
#include <array>
#include <cctype>

#include "harness/config/model_parts.hpp"

namespace gpugauge {
namespace {

constexpr IntegerRange kBits{1, 16}, kGroup{-1, 1 << 20};
constexpr std::int64_t kBitsPerByte = 8;

std::string small_letters(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool is_true(YamlMapping& root, std::string_view key) {
  const auto value = given(root, key);
  return value && value->boolean();
}

/// A weight's bytes with its share of what a group of them has in common.
double bytes_of(std::int64_t bits, double group, double bytes_of_group) {
  return static_cast<double>(bits) / double{kBitsPerByte} +
         (group > 0 ? bytes_of_group / group : 0);
}

void set(StoredWeights& stored, std::int64_t bits, double group = 0, double bytes_of_group = 0) {
  stored.bits = bits;
  stored.bytes_per_weight = bytes_of(bits, group, bytes_of_group);
}

void set(StoredWeights& stored, Precision precision) {
  set(stored, size_bytes(linear_dtype(precision)) * kBitsPerByte);
  stored.precision = precision;
}

/// AWQ, GPTQ and what writes its files as they do: a scale of 16 bits and a zero point a group.
void read_grouped(YamlMapping& root, StoredWeights& stored) {
  auto bits = given(root, "bits");
  if (!bits) bits = given(root, "w_bit");
  if (!bits) return;
  auto size = given(root, "group_size");
  if (!size) size = given(root, "q_group_size");
  const double group = size ? static_cast<double>(size->integer(kGroup)) : 0;
  const std::int64_t width = bits->integer(kBits);
  const auto zero = given(root, "zero_point");
  const bool has_zero = !zero || zero->boolean();
  constexpr double kScaleBytes = 2;
  set(stored, width, group,
      kScaleBytes + (has_zero ? static_cast<double>(width) / double{kBitsPerByte} : 0));
}

/// Of the first group of layers; files with several are rare, and say the same of most weights.
void read_compressed_tensors(YamlMapping& root, StoredWeights& stored) {
  const auto groups = given(root, "config_groups");
  if (!groups) return;
  YamlMapping all = groups->mapping();
  const std::vector<std::string> names = all.keys();
  if (names.empty()) return;
  YamlMapping group = all.required(names.front()).mapping();
  const auto value = given(group, "weights");
  if (!value) return;
  YamlMapping weights = value->mapping();
  const std::int64_t bits = weights.required("num_bits").integer(kBits);
  const bool is_float = weights.text_or("type", "int") == "float";
  const bool has_activations = given(group, "input_activations").has_value();
  if (bits == kBitsPerByte && is_float) return set(stored, Precision::kFp8);
  if (bits == kBitsPerByte && has_activations) return set(stored, Precision::kInt8);
  const auto size = given(weights, "group_size");
  constexpr double kScaleBytes = 2;
  set(stored, bits, size ? static_cast<double>(size->integer(kGroup)) : 0, kScaleBytes);
}

void read_fp8(YamlMapping& /*root*/, StoredWeights& stored) { set(stored, Precision::kFp8); }

void read_modelopt(YamlMapping& root, StoredWeights& stored) {
  const std::string algorithm = small_letters(root.text_or("quant_algo"));
  if (!algorithm.empty()) stored.method = fmt::format("{} {}", stored.method, algorithm);
  if (algorithm.starts_with("fp8")) set(stored, Precision::kFp8);
  if (algorithm == "nvfp4") set(stored, 4, 16, 1);
}

void read_bitsandbytes(YamlMapping& root, StoredWeights& stored) {
  // NF4 and FP4: a scale of 32 bits for 64 weights.
  if (is_true(root, "load_in_4bit") || is_true(root, "_load_in_4bit")) return set(stored, 4, 64, 4);
  if (is_true(root, "load_in_8bit") || is_true(root, "_load_in_8bit")) set(stored, 8);
}

void read_mxfp4(YamlMapping& /*root*/, StoredWeights& stored) { set(stored, 4, 32, 1); }

struct Method {
  std::string_view name;
  void (*read)(YamlMapping&, StoredWeights&);
};
constexpr std::array kMethods{Method{"fp8", read_fp8},
                              Method{"fbgemm_fp8", read_fp8},
                              Method{"compressed-tensors", read_compressed_tensors},
                              Method{"modelopt", read_modelopt},
                              Method{"modelopt_fp4", read_modelopt},
                              Method{"bitsandbytes", read_bitsandbytes},
                              Method{"mxfp4", read_mxfp4}};

}  // namespace

StoredWeights read_stored_weights(YamlMapping quantisation) {
  StoredWeights stored;
  stored.method = quantisation.text_or("quant_method", "quantised");
  const auto method = std::find_if(kMethods.begin(), kMethods.end(),
                                   [&](const Method& m) { return m.name == stored.method; });
  (method != kMethods.end() ? method->read : read_grouped)(quantisation, stored);
  return stored;
}

std::string words_of(const StoredWeights& stored) {
  return stored.bits ? fmt::format("{}, {} bit", stored.method, *stored.bits) : stored.method;
}

}  // namespace gpugauge
