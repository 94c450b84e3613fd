#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "harness/base/verification.hpp"

namespace gpugauge {

/// Gathers compared elements into a Verification. One per array; several are merged.
class Comparison {
 public:
  /// An error that no bound covers: a value that is not finite, or any difference where equality is
  /// asked. A number, because a result file holds no infinity.
  static constexpr double kBeyondAnyBound = 1e9;

  /// `where` names the array in a failure (`slot 2`); with `columns`, elements are named by row and
  /// column.
  explicit Comparison(std::string where = {}, std::int64_t columns = 0)
      : where_(std::move(where)), columns_(columns) {}

  /// Nothing compared yet, the same names: for a thread that merges its part afterwards.
  Comparison fresh() const { return Comparison(where_, columns_); }

  /// One element: passes where |found − expected| ≤ bound.
  void add(double found, double expected, double bound, std::int64_t index);
  /// `count` elements that are equal to theirs, whose squares sum up to `squares`.
  void add_equal(std::int64_t count, double squares);
  void merge(const Comparison& other);

  /// Fails if an element exceeded its bound, or if nothing was compared.
  Verification result() const;

 private:
  std::string where_;
  std::int64_t columns_;

  struct Element {
    double error = 0.0;  ///< in units of its bound
    double found = 0.0, expected = 0.0, bound = 0.0;
    std::string name;
  };
  std::string name_of_element(std::int64_t index) const;

  Element worst_;
  std::int64_t checked_ = 0;
  double squared_differences_ = 0.0;
  double squares_ = 0.0;
};

}  // namespace gpugauge
