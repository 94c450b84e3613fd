#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/dtype.hpp"
#include "harness/base/enum_table.hpp"

namespace gpugauge {

/// The parts of a case's name between slashes, read from the left. Every reader throws UsageError
/// that names the part and what was expected there.
class NameParts {
 public:
  explicit NameParts(std::string_view name);

  std::string_view name() const { return name_; }
  bool has_more() const { return next_ < parts_.size(); }
  /// Whether the next part is `key:…`.
  bool is_field(std::string_view key) const;
  /// Whether the next part is the name of a value of the enum.
  template <Tabulated Enum>
  bool is_named() const {
    return has_more() && from_name<Enum>(parts_[next_]).has_value();
  }
  std::string take(std::string_view expected);
  /// A value of the enum by its name; `what` and `example` are for the message.
  template <Tabulated Enum>
  Enum take_named(std::string_view what, std::string_view example) {
    const std::string part = take(what);
    if (const auto value = from_name<Enum>(part)) return *value;
    fail(part, what, example);
  }
  DType take_type() { return take_named<DType>("a type", "bf16"); }
  /// `key:NUMBER`.
  std::int64_t take_number(std::string_view key);
  /// `key:TYPE`.
  DType take_type(std::string_view key);
  std::int64_t take_bytes();
  /// What may stand before the first field of a shape: the model, and of a linear its role.
  void take_model();

  const std::string& model() const { return model_; }
  const std::string& role() const { return role_; }

  [[noreturn]] void fail(std::string_view part, std::string_view expected,
                         std::string_view example = {}) const;

 private:
  std::string_view name_;
  std::vector<std::string> parts_;
  std::size_t next_ = 0;
  std::string model_, role_;
};

}  // namespace gpugauge
