#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/enum_table.hpp"

namespace gpugauge {

/// What a word of the program is, by the section of configs/explain.yaml that it stands in.
enum class WordKind : std::uint8_t {
  kFamily,
  kOpKind,
  kImplementation,
  kType,
  kState,
  kMetric,
  kFlag,
  kVerdict,
  kColumn,
};
struct WordKindRow {
  WordKind value;
  std::string_view name;
  std::string_view section;  ///< in the file
  std::string_view heading;  ///< of all words of that kind
};
template <>
struct EnumTable<WordKind> {
  static constexpr std::array rows{
      WordKindRow{WordKind::kFamily, "family", "families", "Families of ops"},
      WordKindRow{WordKind::kOpKind, "kind of op", "kinds", "Kinds of op"},
      WordKindRow{WordKind::kImplementation, "implementation", "implementations",
                  "Implementations"},
      WordKindRow{WordKind::kType, "type", "types", "Types"},
      WordKindRow{WordKind::kState, "cache or data", "states", "Caches and data"},
      WordKindRow{WordKind::kMetric, "metric", "metrics", "Metrics"},
      WordKindRow{WordKind::kFlag, "flag", "flags", "Flags"},
      WordKindRow{WordKind::kVerdict, "verdict", "verdicts",
                  "Verdicts, origins and states of a case"},
      WordKindRow{WordKind::kColumn, "column", "columns", "Columns of the tables"},
  };
};

/// What is said of a word. All but `is` may be empty; `usual` and `source` are so together.
struct Explanation {
  std::string name;
  WordKind kind = WordKind::kColumn;
  std::string is;                                       ///< what it measures or means
  std::string how;                                      ///< how it is measured or computed
  std::string bound;                                    ///< what bounds it
  std::string usual;                                    ///< what good cards and kernels reach
  std::string source;                                   ///< of `usual`; or that we expect it
  std::string low;                                      ///< what a bad value usually means
  std::string remedy;                                   ///< what to try then
  std::string see;                                      ///< the command that shows it
  bool is_of_memory = false, is_of_arithmetic = false;  ///< which datasheet rows speak of it
};

/// A name as it is looked up: in small letters, with single spaces for `_`, `-`, `/` and spaces.
std::string looked_up(std::string_view name);

/// Everything that is explained, in the order of the file.
class Explanations {
 public:
  /// Of an implementation of this build that the file does not explain, it is said which ops it
  /// runs. Throws UsageError with file:line for a file that is not as its head says.
  static Explanations load(const std::filesystem::path& file);

  const std::vector<Explanation>& all() const { return all_; }
  /// Every entry of that name, in whichever section; else the kinds of op that are called so within
  /// their family: `graph_node` is `latency graph_node`.
  std::vector<const Explanation*> find(std::string_view name) const;
  /// The entry of that section, or null.
  const Explanation* find(WordKind kind, std::string_view name) const;
  /// The entry; of a kind of op with what its family says where it says nothing itself.
  Explanation in_full(const Explanation& word) const;
  std::vector<std::string> names() const;

 private:
  void add_implementations();

  std::vector<Explanation> all_;
};

}  // namespace gpugauge
