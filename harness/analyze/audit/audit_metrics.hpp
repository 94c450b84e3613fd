#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/analyze/audit/audit.hpp"
#include "harness/analyze/money/bootstrap.hpp"
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
    kUndecided,  ///< `word` says what overlaps
  };
  /// Whether a claim must be the number, or lie on one side of it.
  enum class Bound : std::uint8_t { kNone, kAtMost, kAtLeast };
  Kind kind = Kind::kNumber;
  Resampled number;  ///< with replicates if it is of a result file
  std::string word;
  Bound bound = Bound::kNone;

  /// Of a bound all that it allows.
  Estimate range() const;
};

/// What would narrow the interval of what an expression came to.
struct Remedy {
  double relative_width = 0;  ///< of the number that it would narrow
  std::string text;
};

/// Where what an expression came to is from, each once.
struct Citations {
  std::vector<std::string> sources;
  Remedy remedy;  ///< of its number with the widest interval
};
inline constexpr std::string_view kNoneWord = "none";
Quantity number_of(double value);
Quantity number_of(const Estimate& estimate);
Quantity number_of(Resampled number);
Quantity word_of(std::string word);
Quantity yes_or_no(bool yes);
Quantity none();
Quantity unknown(std::string reason);
Quantity undecided(std::string reason);

/// One call of a function, its arguments known. The readers throw UsageError if an argument is none
/// of what they read, with the nearest name.
class MetricCall {
 public:
  /// `bootstraps`: of `facts.times`, one each.
  MetricCall(const AuditFacts& facts, std::span<Bootstrap> bootstraps,
             std::span<const Quantity> arguments, Citations& citations)
      : facts_(&facts), bootstraps_(bootstraps), arguments_(arguments), citations_(&citations) {}

  const AuditFacts& facts() const { return *facts_; }
  bool has(std::size_t i) const { return i < arguments_.size(); }
  const std::string& word(std::size_t i) const;
  const Resampled& estimate(std::size_t i) const;
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

  /// What resamples the file of that place among `facts().times`.
  Bootstrap& bootstrap(std::size_t file) const { return bootstraps_[file]; }

  /// Where a number comes from: for the verdict's reason.
  void cite(const std::string& source);
  /// What would narrow its interval.
  void cite_remedy(Remedy remedy);

 private:
  const AuditFacts* facts_;
  std::span<Bootstrap> bootstraps_;
  std::span<const Quantity> arguments_;
  Citations* citations_;
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
