#include "harness/analyze/compare/ab.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>

#include "harness/analyze/compare/environment.hpp"

namespace gpugauge {
namespace {

constexpr std::size_t kResamples = 2000;
constexpr std::size_t kTailResamples = kResamples / 40;  // 2.5% on either side

/// The median time of a case's repetitions in each round; nothing for a round without it.
std::vector<std::optional<double>> by_round(const CaseRuns& c, std::size_t rounds) {
  std::vector<std::vector<double>> times(rounds);
  for (const auto& run : c.runs) times[run.record].push_back(run.measurement->time_ns.value);
  std::vector<std::optional<double>> medians(rounds);
  for (std::size_t i = 0; i < rounds; ++i) {
    if (!times[i].empty()) medians[i] = median(std::move(times[i]));
  }
  return medians;
}

std::vector<double> log_ratios(const MatchedCase& m, std::size_t rounds) {
  const auto a = by_round(*m.base, rounds), b = by_round(*m.other, rounds);
  std::vector<double> ratios;
  for (std::size_t i = 0; i < rounds; ++i) {
    if (a[i] && b[i]) ratios.push_back(std::log(*b[i] / *a[i]));
  }
  return ratios;
}

Estimate exp_of(const Estimate& e) {
  return {.value = std::exp(e.value), .low = std::exp(e.low), .high = std::exp(e.high)};
}

}  // namespace

Estimate bootstrap_median(std::span<const double> values) {
  std::mt19937_64 random;  // its default seed: a finding can be made again
  std::uniform_int_distribution<std::size_t> any(0, values.size() - 1);
  std::vector<double> medians(kResamples);
  std::vector<double> resample(values.size());
  for (double& resampled : medians) {
    for (double& value : resample) value = values[any(random)];
    resampled = median(resample);
  }
  std::sort(medians.begin(), medians.end());
  return {.value = median({values.begin(), values.end()}),
          .low = medians[kTailResamples],
          .high = medians[kResamples - 1 - kTailResamples]};
}

AbFinding compare_ab(const Side& a, const Side& b, double threshold) {
  if (a.records.size() != b.records.size())
    throw UsageError(fmt::format("{} rounds of {} and {} of {}: expected the same number",
                                 a.records.size(), a.label, b.records.size(), b.label));
  const CardRelation relation = relation_of(a, b);
  if (relation == CardRelation::kDifferent || relation == CardRelation::kOtherOfModel)
    throw UsageError(fmt::format("{} ran on {}, {} on {} ({}): expected one card", a.label,
                                 a.device().name, b.label, b.device().name, name_of(relation)));
  const CaseTable a_cases(a), b_cases(b);
  Matches matches = match(a, a_cases, b, b_cases);
  AbFinding finding{.rounds = a.records.size(),
                    .threshold = threshold,
                    .cases = {},
                    .not_compared = std::move(matches.not_compared)};
  for (const MatchedCase& m : matches.matched) {
    AbCase c{.name = m.base->name(),
             .family = family_of(m.base->first().c.op),
             .log_ratios = log_ratios(m, finding.rounds),
             .ratio = {},
             .judgement = {}};
    if (c.log_ratios.empty()) {
      finding.not_compared.push_back(
          {c.name, NoComparison::kNoTime, "no round has it in both builds"});
      continue;
    }
    c.ratio = exp_of(bootstrap_median(c.log_ratios));
    c.judgement = c.log_ratios.size() < kLeastRounds
                      ? Judgement{Change::kAmbiguous, ChangeReason::kFewSamples}
                      : judge(c.ratio, c.ratio, threshold);
    finding.cases.push_back(std::move(c));
  }
  return finding;
}

ExitStatus status_of(const AbFinding& finding) {
  const bool slower = std::any_of(finding.cases.begin(), finding.cases.end(), [](const AbCase& c) {
    return c.judgement.change == Change::kSlower;
  });
  return slower ? ExitStatus::kCheckFailed : ExitStatus::kDone;
}

}  // namespace gpugauge
