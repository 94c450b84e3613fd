#pragma once

#include <cstdint>

namespace gpugauge {

/// Elements [begin, end) of a whole.
struct Part {
  std::int64_t begin, end;
  std::int64_t size() const { return end - begin; }
};

/// The share of one of `parts` workers: contiguous, ascending, and no two differ by more than one.
/// Kernels and the first touch of their memory use the same, so that pages lie where they are used.
constexpr Part static_part(std::int64_t count, int part, int parts) {
  return {count * part / parts, count * (part + 1) / parts};
}

}  // namespace gpugauge
