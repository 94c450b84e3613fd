#include "harness/analyze/compare/match.hpp"

#include <fmt/format.h>

#include <array>
#include <unordered_map>
#include <unordered_set>

namespace gpugauge {
namespace {

using NameSet = std::unordered_set<std::string_view>;

std::string options_text(const CaseRuns& c) {
  const CaseOptions& options = c.first().c.options;
  return fmt::format("{}, {} data{}", name_of(options.cache), name_of(options.data),
                     options.pace ? fmt::format(", {}", name_of(*options.pace)) : "");
}

/// The name without its options: what two variants of a case have in common.
std::string name_of_any_variant(const Measurement& m) {
  Case c = m.c;
  c.options = {};
  return case_name(c);
}

/// Why `side` has no number for the cases that it planned, in its own words.
std::unordered_map<std::string_view, std::string> words_on_missing(const Side& side) {
  std::unordered_map<std::string_view, std::string> words;
  for (const Record* record : side.records) {
    for (const NotMeasured& none : record->not_measured)
      words.emplace(none.name, fmt::format("{}{}{}", name_of(none.status),
                                           none.reason.empty() ? "" : ": ", none.reason));
    if (record->complete()) continue;
    for (const std::string& planned : record->planned) words.emplace(planned, "never run");
  }
  return words;
}

std::optional<NoComparison> reason_of(Unusable unusable) {
  switch (unusable) {
    case Unusable::kNo:
      break;
    case Unusable::kNotVerified:
      return NoComparison::kNotVerified;
    case Unusable::kNoTime:
      return NoComparison::kNoTime;
    case Unusable::kMixedSemantics:
      return NoComparison::kMixedSemantics;
  }
  return std::nullopt;
}

std::optional<NotCompared> why_not(const CaseRuns& base, const CaseRuns& other) {
  const auto refused = [&](NoComparison reason, std::string detail) {
    return NotCompared{base.name(), reason, std::move(detail)};
  };
  if (const auto reason = reason_of(base.unusable)) return refused(*reason, "in the base");
  if (const auto reason = reason_of(other.unusable)) return refused(*reason, "in the other");
  const int base_version = base.first().semantics_version;
  const int other_version = other.first().semantics_version;
  if (base_version != other_version)
    return refused(NoComparison::kOtherSemantics,
                   fmt::format("version {} and {}", base_version, other_version));
  if (base.first().c.options != other.first().c.options)
    return refused(NoComparison::kOtherOptions,
                   fmt::format("{} and {}", options_text(base), options_text(other)));
  return std::nullopt;
}

/// Those of `cases` that `from` has not, under the name that they share with their variants.
std::unordered_map<std::string, const CaseRuns*> variants_missing(const CaseTable& cases,
                                                                  const CaseTable& from) {
  std::unordered_map<std::string, const CaseRuns*> variants;
  for (const CaseRuns& c : cases.cases()) {
    if (from.find(c.name()) == nullptr) variants.emplace(name_of_any_variant(c.first()), &c);
  }
  return variants;
}

class Lists {
 public:
  Lists(const Side& base, const CaseTable& base_cases, const Side& other,
        const CaseTable& other_cases)
      : base_(base), base_cases_(base_cases), other_(other), other_cases_(other_cases) {}

  Matches all() {
    for (const CaseRuns& c : base_cases_.cases()) {
      const CaseRuns* counterpart = other_cases_.find(c.name());
      if (counterpart == nullptr) continue;
      if (auto refused = why_not(c, *counterpart)) {
        found_.not_compared.push_back(std::move(*refused));
      } else {
        found_.matched.push_back({&c, counterpart});
      }
    }
    add_missing(NoComparison::kOnlyInBase, base_, base_cases_, other_, other_cases_);
    add_missing(NoComparison::kOnlyInOther, other_, other_cases_, base_, base_cases_);
    return std::move(found_);
  }

 private:
  /// What `has` measured or planned and `lacks` has no number for; of what neither could measure
  /// there is nothing to compare, and the files say why.
  void add_missing(NoComparison reason, const Side& has, const CaseTable& cases, const Side& lacks,
                   const CaseTable& other_cases) {
    const auto variants = variants_missing(other_cases, cases);
    const auto words = words_on_missing(lacks);
    for (const CaseRuns& c : cases.cases()) {
      if (other_cases.find(c.name()) != nullptr) continue;
      const auto variant = variants.find(name_of_any_variant(c.first()));
      if (variant != variants.end()) {
        found_.not_compared.push_back({c.name(), NoComparison::kOtherOptions,
                                       fmt::format("{}; the other side: {}", options_text(c),
                                                   options_text(*variant->second))});
      } else {
        const auto said = words.find(c.name());
        found_.not_compared.push_back(
            {c.name(), reason, said == words.end() ? std::string() : said->second});
      }
    }
    const auto own_words = words_on_missing(has);
    for (const Record* record : has.records) {
      for (const std::string& name : record->planned) {
        const auto said = own_words.find(name);
        if (said != own_words.end() && cases.find(name) == nullptr &&
            other_cases.find(name) == nullptr && listed_.insert(name).second)
          found_.not_compared.push_back({name, NoComparison::kInNeither, said->second});
      }
    }
  }

  const Side& base_;
  const CaseTable& base_cases_;
  const Side& other_;
  const CaseTable& other_cases_;
  Matches found_;
  NameSet listed_;
};

}  // namespace

Matches match(const Side& base, const CaseTable& base_cases, const Side& other,
              const CaseTable& other_cases) {
  return Lists(base, base_cases, other, other_cases).all();
}

}  // namespace gpugauge
