#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/analyze/audit/audit_metrics.hpp"
#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"

namespace gpugauge {
Quantity number_of(double value) {
  return number_of(Estimate{.value = value, .low = value, .high = value});
}
Quantity number_of(const Estimate& estimate) { return number_of(Resampled{estimate, {}}); }
Quantity number_of(Resampled number) {
  return {.kind = Quantity::Kind::kNumber, .number = std::move(number), .word = {}};
}
Quantity word_of(std::string word) {
  return {.kind = Quantity::Kind::kWord, .number = {}, .word = std::move(word)};
}
Quantity yes_or_no(bool yes) { return word_of(yes ? "yes" : "no"); }
Quantity none() {
  return {.kind = Quantity::Kind::kNone, .number = {}, .word = std::string(kNoneWord)};
}
Quantity unknown(std::string reason) {
  return {.kind = Quantity::Kind::kUnknown, .number = {}, .word = std::move(reason)};
}
Quantity undecided(std::string reason) {
  return {.kind = Quantity::Kind::kUndecided, .number = {}, .word = std::move(reason)};
}

Estimate Quantity::range() const {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const Estimate all = number;
  switch (bound) {
    case Bound::kAtMost:
      return {.value = all.value, .low = -kInfinity, .high = all.high};
    case Bound::kAtLeast:
      return {.value = all.value, .low = all.low, .high = kInfinity};
    case Bound::kNone:
      break;
  }
  return all;
}

void fail_unknown_name(std::string_view kind, std::string_view found,
                       const std::vector<std::string>& known) {
  throw UsageError(unknown_name_message(kind, found, std::span<const std::string>(known)));
}

const std::string& MetricCall::word(std::size_t i) const {
  const Quantity& argument = arguments_[i];
  if (argument.kind != Quantity::Kind::kWord)
    throw UsageError(
        fmt::format("argument {} is {}, expected a name", i + 1, argument.number.value));
  return argument.word;
}

const Resampled& MetricCall::estimate(std::size_t i) const {
  const Quantity& argument = arguments_[i];
  if (argument.kind != Quantity::Kind::kNumber)
    throw UsageError(fmt::format("'{}', expected a number", argument.word));
  if (argument.bound != Quantity::Bound::kNone)
    throw UsageError("a bound (at_most, at_least), expected a number");
  return argument.number;
}

double MetricCall::positive(std::size_t i) const {
  const double value = estimate(i).value;
  if (!(value > 0) || !std::isfinite(value))
    throw UsageError(fmt::format("argument {} is {}, expected a positive number", i + 1, value));
  return value;
}

std::int64_t MetricCall::count(std::size_t i) const {
  constexpr double kMost = 1e9;
  const double value = positive(i);
  if (value != std::floor(value) || value > kMost)
    throw UsageError(
        fmt::format("argument {} is {}, expected a whole number from 1 to 1e9", i + 1, value));
  return static_cast<std::int64_t>(value);
}

std::int64_t MetricCall::count_or(std::size_t i, std::int64_t otherwise) const {
  return has(i) ? count(i) : otherwise;
}

const Datasheet& MetricCall::device(std::size_t i) const {
  return item_named("device", facts_->sheets, word(i));
}

const ModelConfig& MetricCall::model(std::size_t i) const {
  return item_named("model", facts_->models, word(i));
}

Precision MetricCall::precision(std::size_t i) const {
  const auto precision = from_name<Precision>(word(i));
  if (!precision) fail_unknown_name("precision", word(i), {"fp32", "bf16", "fp16", "fp8", "int8"});
  return *precision;
}

DType MetricCall::dtype(std::size_t i) const {
  const auto dtype = from_name<DType>(word(i));
  if (!dtype)
    fail_unknown_name("type", word(i), {"fp32", "tf32", "bf16", "fp16", "fp8_e4m3", "int8"});
  return *dtype;
}

void MetricCall::cite(const std::string& source) {
  std::vector<std::string>& sources = citations_->sources;
  if (std::find(sources.begin(), sources.end(), source) == sources.end()) sources.push_back(source);
}

void MetricCall::cite_remedy(Remedy remedy) {
  if (remedy.relative_width > citations_->remedy.relative_width)
    citations_->remedy = std::move(remedy);
}

}  // namespace gpugauge
