#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/analyze/audit/audit_metrics.hpp"
#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"

namespace gpugauge {
Quantity number_of(double value) {
  return number_of(Estimate{.value = value, .low = value, .high = value});
}
Quantity number_of(const Estimate& estimate) {
  return {.kind = Quantity::Kind::kNumber, .number = estimate, .word = {}};
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

const Estimate& MetricCall::estimate(std::size_t i) const {
  const Quantity& argument = arguments_[i];
  if (argument.kind != Quantity::Kind::kNumber)
    throw UsageError(fmt::format("'{}', expected a number", argument.word));
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
  if (std::find(sources_->begin(), sources_->end(), source) == sources_->end())
    sources_->push_back(source);
}

}  // namespace gpugauge
