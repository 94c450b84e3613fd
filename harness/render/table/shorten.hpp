#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gpugauge {

/// Takes the middle out of text: what stays are so many terminal columns of its beginning and of
/// its end, with `…` between them.
struct MiddleCut {
  std::size_t head = 0, tail = 0;

  std::size_t width() const { return head + 1 + tail; }
  /// Text that fits is left as it is.
  std::string operator()(std::string_view text) const;
};

/// The cut to `width` columns by which texts that differ still do, and that takes out most of what
/// each shares with the one before it, of equals the most even; none if there is none.
std::optional<MiddleCut> distinct_cut(std::span<const std::string> texts, std::size_t width);

/// The least width of at least `least` for which there is such a cut, or at which nothing is cut.
std::size_t least_distinct_width(std::span<const std::string> texts, std::size_t least);

}  // namespace gpugauge
