#include "harness/render/shorten.hpp"

#include <algorithm>
#include <unordered_set>

#include "harness/render/text.hpp"

namespace gpugauge {
namespace {

using Texts = std::unordered_set<std::string_view>;

bool keeps_distinct(const Texts& texts, const MiddleCut& cut) {
  std::unordered_set<std::string> shortened;
  return std::all_of(texts.begin(), texts.end(),
                     [&](std::string_view text) { return shortened.insert(cut(text)).second; });
}

std::optional<MiddleCut> most_even_cut(const Texts& texts, std::size_t width) {
  if (width < 3) return std::nullopt;  // both ends and the ellipsis
  const std::size_t kept = width - 1, half = kept / 2;
  for (std::size_t off = 0; off < half; ++off) {
    for (const std::size_t head : {half - off, kept - half + off}) {
      const MiddleCut cut{head, kept - head};
      if (cut.tail > 0 && keeps_distinct(texts, cut)) return cut;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string MiddleCut::operator()(std::string_view text) const {
  if (display_width(text) <= width()) return std::string(text);
  return std::string(beginning_of(text, head)).append("…").append(end_of(text, tail));
}

std::optional<MiddleCut> distinct_cut(std::span<const std::string> texts, std::size_t width) {
  return most_even_cut(Texts(texts.begin(), texts.end()), width);
}

std::size_t least_distinct_width(std::span<const std::string> texts, std::size_t least) {
  std::size_t widest = 0;
  for (const std::string& text : texts) widest = std::max(widest, display_width(text));
  // A wider cut keeps whatever a narrower one does, so that the least can be searched by halves.
  const Texts distinct(texts.begin(), texts.end());
  std::size_t low = std::min(least, widest), high = widest;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (most_even_cut(distinct, middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return high;
}

}  // namespace gpugauge
