#include "harness/render/table/shorten.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_set>
#include <vector>

#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

/// A text with what it shares with the one before it (the first with the one after), in bytes: of
/// names these are columns, and it only makes one cut better than another.
struct Name {
  std::string_view text;
  std::size_t width, prefix, suffix;
};

/// The texts in their order, each once.
std::vector<Name> names_in(std::span<const std::string> texts) {
  std::unordered_set<std::string_view> seen;
  std::vector<Name> names;
  for (const std::string_view text : texts) {
    if (seen.insert(text).second) names.push_back({text, display_width(text), 0, 0});
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string_view a = names[i].text, b = names[i > 0 ? i - 1 : names.size() > 1].text;
    const auto front = std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first;
    const auto back = std::mismatch(a.rbegin(), a.rend(), b.rbegin(), b.rend()).first;
    names[i].prefix = static_cast<std::size_t>(front - a.begin());
    names[i].suffix = static_cast<std::size_t>(back - a.rbegin());
  }
  return names;
}

bool keeps_distinct(const std::vector<Name>& names, const MiddleCut& cut) {
  std::unordered_set<std::string> shortened;
  return std::all_of(names.begin(), names.end(),
                     [&](const Name& name) { return shortened.insert(cut(name.text)).second; });
}

/// How many columns are taken out that a name does not share.
std::size_t loss_of(const std::vector<Name>& names, const MiddleCut& cut) {
  std::size_t loss = 0;
  for (const Name& name : names) {
    const std::size_t kept = std::max(cut.head, name.prefix) + std::max(cut.tail, name.suffix);
    loss += name.width > cut.width() ? name.width - std::min(name.width, kept) : 0;
  }
  return loss;
}

/// All cuts to `width`, the best first: with ends that still read as such (`gemm/`), then those
/// that lose least, then the most even.
std::vector<MiddleCut> cuts_by_worth(const std::vector<Name>& names, std::size_t width) {
  constexpr std::size_t kReadableEnd = 5;
  std::vector<std::tuple<bool, std::size_t, std::size_t, std::size_t>> ranked;
  const std::size_t kept = width - 1;
  for (std::size_t head = 1; head < kept; ++head) {
    const std::size_t tail = kept - head, shorter = std::min(head, tail);
    ranked.emplace_back(shorter < kReadableEnd, loss_of(names, {head, tail}), kept - 2 * shorter,
                        head);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<MiddleCut> cuts;
  for (const auto& [is_stub, loss, unevenness, head] : ranked) cuts.push_back({head, kept - head});
  return cuts;
}

std::optional<MiddleCut> best_cut(const std::vector<Name>& names, std::size_t width) {
  if (width < 3 || names.empty()) return std::nullopt;  // both ends and the ellipsis
  for (const MiddleCut& cut : cuts_by_worth(names, width)) {
    if (keeps_distinct(names, cut)) return cut;
  }
  return std::nullopt;
}

}  // namespace

std::string MiddleCut::operator()(std::string_view text) const {
  if (display_width(text) <= width()) return std::string(text);
  return std::string(beginning_of(text, head)).append("…").append(end_of(text, tail));
}

std::optional<MiddleCut> distinct_cut(std::span<const std::string> texts, std::size_t width) {
  return best_cut(names_in(texts), width);
}

std::size_t least_distinct_width(std::span<const std::string> texts, std::size_t least) {
  const std::vector<Name> names = names_in(texts);
  std::size_t widest = 0;
  for (const Name& name : names) widest = std::max(widest, name.width);
  // A wider cut keeps whatever a narrower one does, so that the least can be searched by halves.
  std::size_t low = std::min(least, widest), high = widest;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (best_cut(names, middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return high;
}

}  // namespace gpugauge
