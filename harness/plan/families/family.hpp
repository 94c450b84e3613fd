#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/config/model_ops.hpp"
#include "harness/config/yaml_reader.hpp"
#include "harness/plan/families/make_ops.hpp"
#include "kernels/ops/name_parts.hpp"

namespace gpugauge {

/// A value of the enum, by its name.
template <Tabulated Enum>
Enum one_of(const YamlValue& value) {
  return value.one_of<Enum>();
}
/// A type that operands may have.
DType operand_type(const YamlValue& value);

/// Tokens in a KV cache and its types.
struct CachedTokens {
  std::vector<std::int64_t> contexts;
  std::vector<DType> kv;
};

/// The keys of one entry of a suite.
struct EntryReader {
  YamlMapping& map;
  const std::vector<std::string>& known_models;  ///< empty: any name
  ModelBatches& models;

  /// The keys `models` and `batches`.
  void read_models();
  std::vector<std::int64_t> integers(std::string_view key, IntegerRange range);
  std::vector<std::int64_t> sizes();
  std::vector<DType> types(std::string_view key) {
    return map.required(key).distinct(operand_type);
  }
  /// The keys `contexts` and `kv`, BF16 if absent.
  CachedTokens cached_tokens();

  template <Tabulated Enum>
  std::vector<Enum> values(std::string_view key) {
    return map.required(key).distinct(one_of<Enum>);
  }
};

/// How the ops of one family come into a plan: the keys of its entries in a suite, each family in a
/// file of its own.
struct Family {
  std::string_view name;  ///< as `family_of` says
  MakeOps (*read)(EntryReader& entry);
  /// Adds what a case's name leaves out; null where it says all.
  Op (*complete)(const Op& named, const NameParts& parts, const ModelOf& model_of) = nullptr;
};

/// Every family that a suite can ask for. A new one adds one line to families.cpp.
std::span<const Family> families();

inline constexpr IntegerRange kExtent{1, std::int64_t{1} << 20};   ///< of an op in one direction
inline constexpr IntegerRange kContext{1, std::int64_t{1} << 24};  ///< tokens

}  // namespace gpugauge
