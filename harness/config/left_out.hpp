#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "harness/base/enum_table.hpp"
#include "harness/base/error.hpp"

namespace gpugauge {

/// Why a row of a price list is not an offer.
enum class LeftOutReason : std::uint8_t { kNoPrice, kNoHost, kWrong };
template <>
struct EnumTable<LeftOutReason> {
  static constexpr std::array rows{
      EnumName{LeftOutReason::kNoPrice, "without a price"},
      EnumName{LeftOutReason::kNoHost, "of an accelerator without its host"},
      EnumName{LeftOutReason::kWrong, "wrong"}};
};

/// A row that cannot be used. `what` says why, without the place.
class BadRow : public UsageError {
 public:
  BadRow(LeftOutReason reason, const std::string& problem) : UsageError(problem), reason_(reason) {}
  LeftOutReason reason() const { return reason_; }

 private:
  LeftOutReason reason_;
};

/// The rows of one list that were left out: counted by reason, the first of each with its place.
class LeftOut {
 public:
  /// `message()` gives `7: Price is 'x', expected …`, without the file; asked for the first only.
  template <typename Message>
  void add(LeftOutReason reason, Message message) {
    Group& group = groups_.at(static_cast<std::size_t>(reason));
    if (group.count++ == 0) group.first = message();
    if (!first_) first_ = group.first;
  }

  /// `FILE: 3 of 9 rows are left out: 2 without a price (line 4), 1 wrong (line 7: Price is …)`.
  /// Nothing where no row was.
  std::optional<std::string> warning(const std::string& file, std::size_t offers) const;

  /// Throws UsageError `FILE:LINE: …` of the first row that was left out, if one was: for a list of
  /// which nothing remains.
  void fail(const std::string& file) const;

 private:
  struct Group {
    std::size_t count = 0;
    std::string first;
  };
  std::array<Group, all_of<LeftOutReason>.size()> groups_;
  std::optional<std::string> first_;
};

}  // namespace gpugauge
