#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/base/enum_table.hpp"
#include "harness/base/of.hpp"
#include "kernels/ops/work.hpp"

namespace gpugauge {

/// What a memory kernel does with its arrays. Names after STREAM (McCalpin).
enum class MemoryPattern : std::uint8_t { kRead, kWrite, kCopy, kScale, kAdd, kTriad };

/// How many arrays a pattern reads and writes.
struct ArrayCount {
  int read, written;
};
struct MemoryPatternRow {
  MemoryPattern value;
  std::string_view name;
  ArrayCount arrays;
  double flops_per_element;
};
/// Triad is a[i] = b[i] + s·c[i].
template <>
struct EnumTable<MemoryPattern> {
  static constexpr std::array rows{
      MemoryPatternRow{MemoryPattern::kRead, "read", {1, 0}, 0},
      MemoryPatternRow{MemoryPattern::kWrite, "write", {0, 1}, 0},
      MemoryPatternRow{MemoryPattern::kCopy, "copy", {1, 1}, 0},
      MemoryPatternRow{MemoryPattern::kScale, "scale", {1, 1}, 1},
      MemoryPatternRow{MemoryPattern::kAdd, "add", {2, 1}, 1},
      MemoryPatternRow{MemoryPattern::kTriad, "triad", {2, 1}, 2},
  };
};
constexpr ArrayCount arrays_of(MemoryPattern pattern) { return row_of(pattern).arrays; }

/// Streams whole arrays. `bytes` is the traffic of one launch, reads and writes together, so that
/// every pattern of one size has the same bound; it is shared evenly among the pattern's arrays.
struct MemoryStream {
  static constexpr std::string_view kFamily = "memory";
  static constexpr bool kFewFlops = true;

  MemoryPattern pattern;
  std::int64_t bytes;

  Work work() const;
  std::string kind_path() const;
  std::string shape_path() const;
  static MemoryStream parse(NameParts& parts);
  std::int64_t* swept() { return &bytes; }
  auto operator<=>(const MemoryStream&) const = default;
};

void fields(Of<MemoryStream> auto& op, auto&& visit) {
  visit.about("Streams whole arrays; patterns after STREAM.");
  visit("pattern", op.pattern, {"What is done with the arrays."});
  visit("bytes", op.bytes, {"Traffic of one launch, reads and writes together, in bytes."});
}

/// Bytes of each array that a memory kernel streams: its share of `bytes`, down to a whole 4 KiB
/// page.
std::int64_t array_bytes(const MemoryStream& op);

}  // namespace gpugauge
