#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/analyze/audit/audit.hpp"
#include "harness/config/expression.hpp"

// The functions that claims may call, each family in a file of its own.

namespace gpugauge {

/// What an expression comes to.
struct Quantity {
  enum class Kind : std::uint8_t {
    kNumber,
    kWord,
    kNone,     ///< there is no such thing, as no NVLink on a card; a claim of it is the word `none`
    kUnknown,  ///< `word` says what would have to be measured
  };
  Kind kind = Kind::kNumber;
  Estimate number;
  std::string word;
};
inline constexpr std::string_view kNoneWord = "none";
Quantity number_of(double value);
Quantity number_of(const Estimate& estimate);
Quantity word_of(std::string word);
Quantity yes_or_no(bool yes);
Quantity none();
Quantity unknown(std::string reason);

/// One call of a function, its arguments known. The readers throw UsageError if an argument is none
/// of what they read, with the nearest name.
class MetricCall {
 public:
  MetricCall(const AuditFacts& facts, std::span<const Quantity> arguments,
             std::vector<std::string>& sources)
      : facts_(&facts), arguments_(arguments), sources_(&sources) {}

  const AuditFacts& facts() const { return *facts_; }
  bool has(std::size_t i) const { return i < arguments_.size(); }
  const std::string& word(std::size_t i) const;
  const Estimate& estimate(std::size_t i) const;
  double positive(std::size_t i) const;
  /// A whole number of at least 1.
  std::int64_t count(std::size_t i) const;
  std::int64_t count_or(std::size_t i, std::int64_t otherwise) const;
  const Datasheet& device(std::size_t i) const;
  const ModelConfig& model(std::size_t i) const;
  Precision precision(std::size_t i) const;
  DType dtype(std::size_t i) const;
  /// Else bf16.
  DType kv_or_bf16(std::size_t i) const { return has(i) ? dtype(i) : DType::kBf16; }

  /// Where a number comes from: for the verdict's reason, each once.
  void cite(const std::string& source);

 private:
  const AuditFacts* facts_;
  std::span<const Quantity> arguments_;
  std::vector<std::string>* sources_;
};

/// Throws UsageError: the name, and the nearest of those that are known.
[[noreturn]] void fail_unknown_name(std::string_view kind, std::string_view found,
                                    const std::vector<std::string>& known);

/// The item of that name; throws UsageError with the nearest.
template <typename Item>
const Item& item_named(std::string_view kind, const std::vector<Item>& items,
                       const std::string& name) {
  std::vector<std::string> names;
  for (const Item& item : items) {
    if (item.name == name) return item;
    names.push_back(item.name);
  }
  fail_unknown_name(kind, name, names);
}

struct Metric {
  Signature signature;
  Quantity (*evaluate)(MetricCall& call);
};

std::span<const Metric> datasheet_metrics();
std::span<const Metric> money_metrics();
std::span<const Metric> memory_metrics();
std::span<const Metric> result_metrics();
std::span<const Metric> comparison_metrics();

/// The number of a datasheet as exactly as it is printed there: 362 is 361.5 to 362.5.
Estimate as_printed(double value);
/// The datasheet's dense rate of that type, as printed. Throws UsageError where it has none.
Estimate datasheet_tflops(MetricCall& call, const Datasheet& sheet, DType dtype);
Estimate datasheet_memory_gbps(MetricCall& call, const Datasheet& sheet);

}  // namespace gpugauge
