#include "kernels/reference/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gpugauge {

void Comparison::add(double found, double expected, double bound, std::int64_t index) {
  // A value that is not finite counts as nothing where norms are summed.
  const double difference = std::isfinite(found) ? std::abs(found - expected) : std::abs(expected);
  double error = kBeyondAnyBound;
  if (std::isfinite(found)) {
    if (difference == 0.0) {
      error = 0.0;
    } else if (bound > 0.0) {
      error = std::min(difference / bound, kBeyondAnyBound);
    }
  }
  if (error > worst_.error) {
    worst_ = {error, found, expected, bound, error > 1.0 ? name_of_element(index) : std::string()};
  }
  ++checked_;
  squared_differences_ += difference * difference;
  squares_ += expected * expected;
}

void Comparison::add_equal(std::int64_t count, double squares) {
  checked_ += count;
  squares_ += squares;
}

void Comparison::merge(const Comparison& other) {
  if (other.worst_.error > worst_.error) worst_ = other.worst_;
  checked_ += other.checked_;
  squared_differences_ += other.squared_differences_;
  squares_ += other.squares_;
}

Verification Comparison::result() const {
  Verification verification;
  verification.checked = checked_;
  verification.max_error = worst_.error;
  if (squared_differences_ > 0.0) {
    verification.relative_error =
        squares_ > 0.0 ? std::sqrt(squared_differences_ / squares_) : kBeyondAnyBound;
  }
  verification.passed = checked_ > 0 && worst_.error <= 1.0;
  if (checked_ == 0) {
    verification.reason = "nothing was compared";
  } else if (!verification.passed) {
    verification.reason = fmt::format("{}: found {:.9g}, expected {:.9g} within {:.3g}",
                                      worst_.name, worst_.found, worst_.expected, worst_.bound);
  }
  return verification;
}

std::string Comparison::name_of_element(std::int64_t index) const {
  const std::string element =
      columns_ > 0 ? fmt::format("element [{}, {}]", index / columns_, index % columns_)
                   : fmt::format("element {}", index);
  return where_.empty() ? element : fmt::format("{}, {}", where_, element);
}

}  // namespace gpugauge
