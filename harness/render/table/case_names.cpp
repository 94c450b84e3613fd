#include "harness/render/table/case_names.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "harness/base/dtype.hpp"

namespace gpugauge {
namespace {

struct Part {
  std::string_view text;
  bool is_shown = true;
};
using Parts = std::vector<Part>;

Parts parts_of(std::string_view name) {
  Parts parts;
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    parts.push_back({name.substr(begin, end - begin)});
    begin = end + 1;
  }
  return parts;
}

std::string joined(const Parts& parts) {
  std::string name;
  for (const Part& part : parts) {
    if (part.is_shown) name.append(name.empty() ? "" : "/").append(part.text);
  }
  return name;
}

bool has_size(const Part& part) { return part.text.find(':') != std::string_view::npos; }

/// The model of `gemm/bf16/llama-3.1-8b/qkv/m:1/…`, or null: a plain word behind the type, with
/// sizes behind it.
const Part* model_of(const Parts& parts) {
  constexpr std::size_t kPlace = 2;
  if (parts.size() <= kPlace + 1 || has_size(parts[kPlace]) || has_size(parts[kPlace - 1]) ||
      !from_name<DType>(parts[kPlace - 1].text) || from_name<DType>(parts[kPlace].text))
    return nullptr;
  const auto sizes = std::count_if(parts.begin() + kPlace, parts.end(), has_size);
  return sizes > 0 ? &parts[kPlace] : nullptr;
}

/// Distinct names, each cut into its parts.
class Compaction {
 public:
  explicit Compaction(const std::set<std::string_view>& names) {
    for (const std::string_view name : names) all_.push_back(parts_of(name));
  }

  /// The family, if they have but one, and what all of them end with; of each two parts stay.
  void drop_shared() {
    if (all_.size() < 2) return;
    if (const auto family = shared(&Compaction::first_of)) {
      hide(&Compaction::first_of);
      left_out_.push_back(*family);
    }
    std::string ends;
    while (const auto last = shared(&Compaction::last_of)) {
      hide(&Compaction::last_of);
      ends = ends.empty() ? *last : *last + "/" + ends;
    }
    if (!ends.empty()) left_out_.push_back(ends);
  }

  /// Parts `k:4096` of these letters, where a name is told from the others without it.
  void drop_sizes(std::initializer_list<std::string_view> letters) {
    for (const std::string_view letter : letters) {
      const bool dropped = drop([&](const Part& part, const Parts&) {
        return has_size(part) && part.text.substr(0, part.text.find(':')) == letter;
      });
      if (dropped) left_out_.emplace_back(letter);
    }
  }

  void drop_model() {
    std::set<std::string_view> models;
    for (const Parts& parts : all_) {
      if (const Part* model = model_of(parts)) models.insert(model->text);
    }
    if (models.size() != 1) return;
    if (drop([](const Part& part, const Parts& parts) { return &part == model_of(parts); }))
      left_out_.emplace_back(*models.begin());
  }

  std::map<std::string, std::string> names() const {
    std::map<std::string, std::string> short_of;
    for (const Parts& parts : all_) {
      Parts whole = parts;
      for (Part& part : whole) part.is_shown = true;
      short_of[joined(whole)] = joined(parts);
    }
    return short_of;
  }
  std::vector<std::string> left_out() const { return left_out_; }

 private:
  using Place = Part& (*)(Parts& parts);
  static bool shows(const Part& part) { return part.is_shown; }
  static Part& first_of(Parts& parts) { return *std::find_if(parts.begin(), parts.end(), shows); }
  static Part& last_of(Parts& parts) { return *std::find_if(parts.rbegin(), parts.rend(), shows); }

  /// The part there, if it is the same in all names and each has two others.
  std::optional<std::string> shared(Place place) {
    std::set<std::string_view> found;
    for (Parts& parts : all_) {
      if (std::count_if(parts.begin(), parts.end(), shows) < 3) return std::nullopt;
      found.insert(place(parts).text);
    }
    return found.size() == 1 ? std::optional<std::string>(*found.begin()) : std::nullopt;
  }
  void hide(Place place) {
    for (Parts& parts : all_) place(parts).is_shown = false;
  }

  /// Whether any name could do without the parts that are meant.
  template <typename IsMeant>
  bool drop(IsMeant is_meant) {
    std::vector<Parts> without = all_;
    std::map<std::string, int> counts;
    for (Parts& parts : without) {
      const Parts as_they_are = parts;
      for (std::size_t i = 0; i < parts.size(); ++i)
        parts[i].is_shown = parts[i].is_shown && !is_meant(as_they_are[i], as_they_are);
      ++counts[joined(parts)];
    }
    bool dropped = false;
    std::vector<Parts> kept = all_;
    std::set<std::string> distinct;
    for (std::size_t i = 0; i < kept.size(); ++i) {
      const std::string name = joined(without[i]);
      if (counts[name] == 1 && name != joined(kept[i])) {
        kept[i] = without[i];
        dropped = true;
      }
      distinct.insert(joined(kept[i]));
    }
    if (!dropped || distinct.size() != kept.size()) return false;
    all_ = std::move(kept);
    return true;
  }

  std::vector<Parts> all_;
  std::vector<std::string> left_out_;
};

}  // namespace

CompactNames compact_names(std::span<const std::string> names, int level) {
  Compaction compaction(std::set<std::string_view>(names.begin(), names.end()));
  if (level >= 1) compaction.drop_shared();
  if (level >= 2) compaction.drop_sizes({"k", "n"});
  if (level >= 3) compaction.drop_sizes({"h", "kv", "d", "p"});
  if (level >= 4) compaction.drop_model();
  const std::map<std::string, std::string> short_of = compaction.names();
  CompactNames compact{.names = {}, .left_out = compaction.left_out()};
  for (const std::string& name : names) compact.names.push_back(short_of.at(name));
  return compact;
}

Lines name_lines(std::string_view name, std::size_t width) {
  Lines lines(1);
  while (!name.empty()) {
    const std::size_t slash = name.find('/');
    const std::string_view part =
        slash == std::string_view::npos ? name : name.substr(0, slash + 1);
    if (!lines.back().empty() && display_width(lines.back()) + display_width(part) > width)
      lines.emplace_back();
    lines.back() += part;
    name.remove_prefix(part.size());
  }
  return lines;
}

}  // namespace gpugauge
