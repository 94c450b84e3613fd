#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

namespace gpugauge {

/// A row of an enum's table. A table with more to say about each value has rows of its own type,
/// which also have a `value` and a `name`.
template <typename Enum>
struct EnumName {
  Enum value;
  std::string_view name;
};
template <typename Enum>
EnumName(Enum, const char*) -> EnumName<Enum>;  // clang 14 does not deduce aggregates

/// The one table of an enum: specialised beside it, with `static constexpr std::array rows` in the
/// order of the enumerators. `name_of`, `from_name` and `all_of` follow from it. A table that lacks
/// an enumerator, or has them in another order, does not compile.
template <typename Enum>
struct EnumTable;

template <typename Enum>
concept Tabulated = std::is_enum_v<Enum> && requires {
  EnumTable<Enum>::rows;
};

namespace detail {

/// Whether `kValue` is an enumerator: the compiler spells any other value as a cast.
template <auto kValue>
consteval bool is_enumerator() {
  constexpr std::string_view spelled = __PRETTY_FUNCTION__;
  return spelled.substr(spelled.rfind('=')).find('(') == std::string_view::npos;
}

template <typename Enum>
consteval bool is_whole_table() {
  const auto& rows = EnumTable<Enum>::rows;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].value != static_cast<Enum>(i)) return false;
  }
#ifdef __CUDACC__
  return true;  // nvcc spells values in its own way; the C++ files that see the same table check it
#else
  return !is_enumerator<static_cast<Enum>(EnumTable<Enum>::rows.size())>();
#endif
}

}  // namespace detail

/// Throws std::out_of_range for what is no enumerator.
template <Tabulated Enum>
constexpr const auto& row_of(Enum value) {
  static_assert(detail::is_whole_table<Enum>(), "a row for each enumerator, in their order");
  return EnumTable<Enum>::rows.at(static_cast<std::size_t>(value));
}

/// The name of a value in files and on the command line.
template <Tabulated Enum>
constexpr std::string_view name_of(Enum value) {
  return row_of(value).name;
}

template <Tabulated Enum>
constexpr std::optional<Enum> from_name(std::string_view name) {
  for (const auto& row : EnumTable<Enum>::rows) {
    if (row.name == name) return row.value;
  }
  return std::nullopt;
}

/// Every value, in order.
template <Tabulated Enum>
inline constexpr auto all_of = [] {
  std::array<Enum, EnumTable<Enum>::rows.size()> values{};
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = EnumTable<Enum>::rows[i].value;
  return values;
}();

/// Every name, in the same order.
template <Tabulated Enum>
inline constexpr auto names_of = [] {
  std::array<std::string_view, EnumTable<Enum>::rows.size()> names{};
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = EnumTable<Enum>::rows[i].name;
  return names;
}();

}  // namespace gpugauge
