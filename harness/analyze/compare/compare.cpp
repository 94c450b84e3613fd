#include "harness/analyze/compare/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <unordered_map>

#include "harness/analyze/rates/efficiency.hpp"
#include "harness/analyze/step/origins.hpp"
#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

/// Fewer samples have no 95% interval of the median.
constexpr int kLeastSamples = 6;

std::optional<double> times(double ratio, std::optional<double> factor) {
  return factor ? std::optional(ratio * *factor) : std::nullopt;
}

std::optional<double> share_of(const CaseRuns& c, const std::optional<RoofRates>& rates) {
  if (!rates) return std::nullopt;
  const std::optional<double> share = share_of_roof(c.first(), *rates);
  // That of the first run, brought to the time of all.
  return share ? std::optional(*share * c.first().time_ns.value / c.time_ns.value) : std::nullopt;
}

std::optional<RoofRates> rates_of(const Side& side) {
  return side.datasheet != nullptr ? std::optional(roof_rates(*side.datasheet)) : std::nullopt;
}

/// A change of time is none of the card's if it is gone, or reversed, in cycles.
bool is_explained_by_clock(const CaseComparison& c, Change change, double threshold) {
  if (!c.cycles_ratio) return false;
  return change == Change::kSlower ? *c.cycles_ratio <= 1 + threshold
                                   : *c.cycles_ratio >= 1 / (1 + threshold);
}

class Pair {
 public:
  Pair(const Side& base, const CaseTable& base_cases, const Side& other,
       const CaseTable& other_cases)
      : base_(base), other_(other), matches_(match(base, base_cases, other, other_cases)) {}

  std::size_t matched_count() const { return matches_.matched.size(); }

  ComparisonReport compare(double threshold, double widening) {
    ComparisonReport comparison{.base = base_.label,
                                .other = other_.label,
                                .base_device = base_.device().name,
                                .other_device = other_.device().name,
                                .base_origin = origins_in(*base_.records.front()),
                                .other_origin = origins_in(*other_.records.front()),
                                .relation = relation_of(base_, other_),
                                .threshold = threshold,
                                .widening = widening,
                                .cases = {},
                                .not_compared = std::move(matches_.not_compared),
                                .families = {},
                                .differences = environment_differences(base_, other_),
                                .unpriced = {}};
    const auto base_rates = rates_of(base_), other_rates = rates_of(other_);
    comparison.cases.reserve(matches_.matched.size());
    for (const MatchedCase& m : matches_.matched) {
      CaseComparison c = numbers_of(m, widening);
      c.share_of_datasheet = {share_of(*m.base, base_rates), share_of(*m.other, other_rates)};
      c.judgement = judgement_of(m, c, comparison);
      comparison.cases.push_back(std::move(c));
    }
    return comparison;
  }

 private:
  CaseComparison numbers_of(const MatchedCase& m, double widening) const {
    CaseComparison c;
    c.name = m.base->name();
    c.family = family_of(m.base->first().c.op);
    c.base_ns = m.base->time_ns;
    c.other_ns = m.other->time_ns;
    c.base_runs = m.base->runs.size();
    c.other_runs = m.other->runs.size();
    c.ratio = ratio_of(c.other_ns, c.base_ns);
    c.joint = ratio_of(c.other_ns, c.base_ns, widening);
    if (!m.base->sorted_ns.empty() && !m.other->sorted_ns.empty())
      c.cliffs_delta = cliffs_delta(m.base->sorted_ns, m.other->sorted_ns);
    c.clock_mhz = {m.base->clock_mhz, m.other->clock_mhz};
    c.power_w = {m.base->power_w, m.other->power_w};
    c.cycles_ratio = times(c.ratio.value, c.clock_mhz.ratio());
    c.energy_ratio = times(c.ratio.value, c.power_w.ratio());
    c.dollars_ratio =
        times(c.ratio.value, Both{base_.dollars_per_gpu_hour, other_.dollars_per_gpu_hour}.ratio());
    return c;
  }

  static Judgement judgement_of(const MatchedCase& m, const CaseComparison& c,
                                const ComparisonReport& comparison) {
    if (m.base->sample_count < kLeastSamples || m.other->sample_count < kLeastSamples)
      return {Change::kAmbiguous, ChangeReason::kFewSamples};
    const Judgement by_time = judge(c.ratio, c.joint, comparison.threshold);
    const bool changed = by_time.change == Change::kSlower || by_time.change == Change::kFaster;
    if (!changed || comparison.relation == CardRelation::kDifferent) return by_time;
    if (is_explained_by_clock(c, by_time.change, comparison.threshold))
      return {Change::kAmbiguous, ChangeReason::kExplainedByClock};
    if (m.base->throttled != m.other->throttled)
      return {Change::kAmbiguous, ChangeReason::kThrottled};
    return by_time;
  }

  const Side& base_;
  const Side& other_;
  Matches matches_;
};

/// By family in the order in which each is first met; what changed for sure first, then what
/// may have, each by how much.
void sort_by_change(std::vector<CaseComparison>& cases) {
  std::unordered_map<std::string_view, std::size_t> family_rank;
  for (const CaseComparison& c : cases) family_rank.try_emplace(c.family, family_rank.size());
  const auto rank = [](const CaseComparison& c) {
    switch (c.judgement.change) {
      case Change::kSlower:
      case Change::kFaster:
        return 0;
      case Change::kAmbiguous:
        return 1;
      case Change::kSame:
        break;
    }
    return 2;
  };
  const auto key = [&](const CaseComparison& c) {
    return std::tuple(family_rank.at(c.family), rank(c), -std::abs(std::log(c.ratio.value)));
  };
  std::stable_sort(cases.begin(), cases.end(),
                   [&](const auto& a, const auto& b) { return key(a) < key(b); });
}

std::optional<double> mean_of(std::span<const CaseComparison> cases,
                              std::optional<double> CaseComparison::*member) {
  std::vector<double> ratios;
  for (const CaseComparison& c : cases) {
    if (const auto& ratio = c.*member) ratios.push_back(*ratio);
  }
  return ratios.empty() ? std::nullopt : std::optional(geometric_mean(ratios).value);
}

/// `cases` must be sorted by family.
std::vector<FamilyMean> family_means(std::span<const CaseComparison> cases) {
  std::vector<FamilyMean> means;
  while (!cases.empty()) {
    const std::string_view family = cases.front().family;
    const auto end = std::find_if(cases.begin(), cases.end(),
                                  [&](const CaseComparison& c) { return c.family != family; });
    const auto of_family = cases.first(static_cast<std::size_t>(end - cases.begin()));
    std::vector<double> ratios;
    for (const CaseComparison& c : of_family) ratios.push_back(c.ratio.value);
    means.push_back({.family = family,
                     .cases = of_family.size(),
                     .ratio = ratios.size() == 1 ? of_family.front().ratio : geometric_mean(ratios),
                     .cycles_ratio = mean_of(of_family, &CaseComparison::cycles_ratio),
                     .energy_ratio = mean_of(of_family, &CaseComparison::energy_ratio),
                     .dollars_ratio = mean_of(of_family, &CaseComparison::dollars_ratio)});
    cases = cases.subspan(of_family.size());
  }
  return means;
}

}  // namespace

std::optional<double> Both::ratio() const {
  return base && other && *base > 0 && *other > 0 ? std::optional(*other / *base) : std::nullopt;
}

std::size_t ComparisonReport::count(Change change) const {
  return static_cast<std::size_t>(
      std::count_if(cases.begin(), cases.end(),
                    [&](const CaseComparison& c) { return c.judgement.change == change; }));
}

std::vector<ComparisonReport> compare(const Side& base, std::span<const Side> others,
                                      const CompareSettings& settings) {
  if (!(settings.threshold > 0 && settings.threshold < 1))
    throw UsageError(fmt::format("threshold {}%: expected more than 0 and less than 100",
                                 100 * settings.threshold));
  const CaseTable base_cases(base);
  std::vector<CaseTable> tables;
  tables.reserve(others.size());
  std::vector<Pair> pairs;
  std::size_t matched = 0;
  for (const Side& other : others) {
    pairs.emplace_back(base, base_cases, other, tables.emplace_back(other));
    matched += pairs.back().matched_count();
  }
  const double widening = joint_widening(matched);
  std::vector<ComparisonReport> comparisons;
  comparisons.reserve(pairs.size());
  for (Pair& pair : pairs) {
    comparisons.push_back(pair.compare(settings.threshold, widening));
    sort_by_change(comparisons.back().cases);
    comparisons.back().families = family_means(comparisons.back().cases);
  }
  return comparisons;
}

}  // namespace gpugauge
