#include "harness/analyze/audit/audit.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "harness/analyze/audit/audit_metrics.hpp"
#include "harness/analyze/money/cost_ratio.hpp"
#include "harness/analyze/money/resampled.hpp"
#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

std::vector<Metric> all_metrics() {
  std::vector<Metric> all;
  for (const auto family : {datasheet_metrics(), money_metrics(), memory_metrics(),
                            result_metrics(), comparison_metrics()})
    all.insert(all.end(), family.begin(), family.end());
  return all;
}

Quantity calculate(char operation, const Resampled& a, const Resampled& b) {
  switch (operation) {
    case '+':
      return number_of(combined(a, b, std::plus<>()));
    case '-':
      return number_of(combined(a, b, std::minus<>()));
    case '*':
      return number_of(combined(a, b, std::multiplies<>()));
    default:
      if (b.low <= 0 && b.high >= 0) throw UsageError("divides by zero");
      return number_of(ratio_of(a, b));
  }
}

/// Whether it has no value yet.
bool is_open(const Quantity& quantity) {
  return quantity.kind == Quantity::Kind::kUnknown || quantity.kind == Quantity::Kind::kUndecided;
}

class Evaluator {
 public:
  Evaluator(const ClaimsFile& file, const AuditFacts& facts)
      : file_(&file), facts_(&facts), metrics_(all_metrics()) {
    for (const StepTimes& times : facts.times) bootstraps_.emplace_back(times.record());
  }

  Quantity evaluate(const Expression& expression, Citations& citations) {
    switch (expression.kind) {
      case Expression::Kind::kNumber:
        return number_of(expression.number);
      case Expression::Kind::kName:
        return word_of(expression.text);
      case Expression::Kind::kClaim: {
        const PrintedValue& printed = file_->find(expression.text)->printed.value();
        return printed.number ? number_of(printed.exact()) : word_of(printed.text);
      }
      case Expression::Kind::kCall:
      case Expression::Kind::kBinary:
        break;
    }
    std::vector<Quantity> arguments;
    for (const Expression& argument : expression.arguments)
      arguments.push_back(evaluate(argument, citations));
    MetricCall call(*facts_, bootstraps_, arguments, citations);
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (is_open(arguments[i])) return arguments[i];
      if (arguments[i].kind == Quantity::Kind::kNone)
        return unknown(fmt::format("{} is none", to_string(expression.arguments[i])));
    }
    if (expression.kind == Expression::Kind::kBinary)
      return calculate(expression.text[0], call.estimate(0), call.estimate(1));
    const auto metric = std::find_if(metrics_.begin(), metrics_.end(), [&](const Metric& m) {
      return m.signature.name == expression.text;
    });
    return metric->evaluate(call);
  }

 private:
  const ClaimsFile* file_;
  const AuditFacts* facts_;
  std::vector<Metric> metrics_;
  std::vector<Bootstrap> bootstraps_;  ///< of the result files; each of the seed of its card
};

/// What a claim says.
struct Statement {
  std::optional<Estimate> number;
  std::string word;
};

Statement statement_of(const Claim& claim, Evaluator& evaluator) {
  if (claim.printed) return {claim.printed->number, claim.printed->text};
  Citations citations;
  const Quantity quantity = evaluator.evaluate(*claim.formula, citations);
  if (quantity.kind != Quantity::Kind::kNumber)
    throw UsageError(
        fmt::format("its formula {} does not give a number", to_string(*claim.formula)));
  return {quantity.number, {}};
}

/// How what came out lies to what a claim says.
enum class Overlap : std::uint8_t { kInside, kPartly, kOutside };

Overlap overlap_of(bool inside, bool outside) {
  if (inside) return Overlap::kInside;
  return outside ? Overlap::kOutside : Overlap::kPartly;
}

Overlap overlap_of(const Statement& says, const Quantity& found) {
  // Of decimal numbers in binary: 8.205 may lie a hair beside 8.205.
  constexpr double kHair = 1e-9;
  if (!says.number || found.kind == Quantity::Kind::kNone)
    return says.word == found.word ? Overlap::kInside : Overlap::kOutside;
  const double hair = kHair * std::abs(says.number->value);
  const double low = says.number->low - hair, high = says.number->high + hair;
  const Resampled& number = found.number;
  switch (found.bound) {
    case Quantity::Bound::kAtMost:
      return overlap_of(low <= number.low, low > number.high);
    case Quantity::Bound::kAtLeast:
      return overlap_of(high >= number.high, high < number.low);
    case Quantity::Bound::kNone:
      break;
  }
  // Without replicates it is worked out from printed numbers: as they stand, unless their rounding
  // could have hidden the claim.
  const bool inside = number.replicates.empty() ? number.value >= low && number.value <= high
                                                : number.low >= low && number.high <= high;
  return overlap_of(inside, number.high < low || number.low > high);
}

void check_kind(const Statement& says, const Expression& expression, const Quantity& found) {
  if (is_open(found)) return;
  if (says.number && found.kind == Quantity::Kind::kWord)
    throw UsageError(fmt::format("claims a number, but {} gives the word '{}'",
                                 to_string(expression), found.word));
  if (!says.number && says.word != kNoneWord && found.kind == Quantity::Kind::kNumber)
    throw UsageError(fmt::format("claims the word '{}', but {} gives a number", says.word,
                                 to_string(expression)));
}

/// An expression of a claim with what it came to.
struct ClaimOutcome {
  const Expression* expression;
  Quantity quantity;
  Citations citations;
  ClaimVerdict verdict;
};

ClaimVerdict verdict_of(const Quantity& quantity, const Statement& says, bool is_metric) {
  if (quantity.kind == Quantity::Kind::kUnknown) return ClaimVerdict::kNotMeasured;
  if (quantity.kind == Quantity::Kind::kUndecided) return ClaimVerdict::kUndecided;
  switch (overlap_of(says, quantity)) {
    case Overlap::kInside:
      return ClaimVerdict::kHolds;
    case Overlap::kPartly:  // two printed numbers can then both be true
      return is_metric ? ClaimVerdict::kUndecided : ClaimVerdict::kHolds;
    case Overlap::kOutside:
      break;
  }
  return is_metric ? ClaimVerdict::kWrong : ClaimVerdict::kInconsistent;
}

ClaimOutcome outcome_of(const Expression& expression, const Statement& says, bool is_metric,
                        Evaluator& evaluator) {
  ClaimOutcome outcome{.expression = &expression, .quantity = {}, .citations = {}, .verdict = {}};
  outcome.quantity = evaluator.evaluate(expression, outcome.citations);
  check_kind(says, expression, outcome.quantity);
  outcome.verdict = verdict_of(outcome.quantity, says, is_metric);
  return outcome;
}

/// The gravest verdict of all outcomes.
ClaimVerdict verdict_of(const std::vector<ClaimOutcome>& outcomes) {
  for (const ClaimVerdict verdict : {ClaimVerdict::kWrong, ClaimVerdict::kInconsistent,
                                     ClaimVerdict::kUndecided, ClaimVerdict::kNotMeasured}) {
    const auto is_it = [&](const ClaimOutcome& outcome) { return outcome.verdict == verdict; };
    if (std::any_of(outcomes.begin(), outcomes.end(), is_it)) return verdict;
  }
  return ClaimVerdict::kHolds;
}

template <typename T>
void add_once(std::vector<T>& list, T item) {
  if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(std::move(item));
}

/// The expression with where its numbers are from; where it is undecided, with why and what would
/// decide it.
std::string reason_of(const ClaimOutcome& outcome, const std::string& undecided) {
  std::string reason = to_string(*outcome.expression);
  const Citations& citations = outcome.citations;
  if (!undecided.empty()) {
    reason += fmt::format(": {}", undecided);
    if (!citations.remedy.text.empty()) reason += fmt::format("; {}", citations.remedy.text);
  }
  if (!citations.sources.empty())
    reason += fmt::format(" [{}]", fmt::join(citations.sources, "; "));
  return reason;
}

std::string partly_inside(const Quantity& quantity) {
  return fmt::format("partly inside the claim{}", quantity.number.replicates.empty()
                                                      ? ", by the rounding of printed numbers"
                                                      : "");
}

/// Takes what made the verdict into the finding.
void add(ClaimFinding& finding, const ClaimOutcome& outcome, std::vector<std::string>& reasons) {
  const Quantity& q = outcome.quantity;
  if (q.kind == Quantity::Kind::kUnknown) {
    add_once(reasons, q.word);
    return;
  }
  if (q.kind == Quantity::Kind::kUndecided) {
    add_once(reasons, reason_of(outcome, q.word));
    return;
  }
  if (q.kind != Quantity::Kind::kNumber) {
    if (finding.found_word.find(q.word) == std::string::npos)
      finding.found_word += (finding.found_word.empty() ? "" : ", ") + q.word;
  } else if (!finding.found) {
    finding.found = q.range();
  } else if (finding.verdict != ClaimVerdict::kHolds) {
    finding.found->low = std::min(finding.found->low, q.range().low);
    finding.found->high = std::max(finding.found->high, q.range().high);
  }
  add_once(reasons,
           reason_of(outcome, outcome.verdict == ClaimVerdict::kUndecided ? partly_inside(q)
                                                                          : std::string()));
}

/// Of several reasons the first speaks for the others, which are of its kind.
std::string why_of(ClaimVerdict verdict, const std::vector<std::string>& reasons,
                   const std::string& note) {
  if (verdict == ClaimVerdict::kHolds) return note;
  std::string why = reasons.front();
  if (reasons.size() > 1) why += fmt::format(", and {} more", reasons.size() - 1);
  return note.empty() ? why : fmt::format("{}; {}", why, note);
}

ClaimFinding finding_of(const Claim& claim, Evaluator& evaluator) {
  ClaimFinding finding;
  finding.claim = &claim;
  std::vector<std::string> reasons;
  if (!claim.outside.empty()) {
    if (claim.printed) finding.says = claim.printed->number;
    finding.verdict = ClaimVerdict::kOutside;
    finding.why = claim.outside;
    return finding;
  }
  const Statement says = statement_of(claim, evaluator);
  finding.says = says.number;
  std::vector<ClaimOutcome> outcomes;
  for (const Expression& metric : claim.metrics)
    outcomes.push_back(outcome_of(metric, says, true, evaluator));
  for (const Expression& other : claim.consistent)
    outcomes.push_back(outcome_of(other, says, false, evaluator));
  finding.verdict = verdict_of(outcomes);
  for (const ClaimOutcome& outcome : outcomes) {
    if (outcome.verdict == finding.verdict) add(finding, outcome, reasons);
    if (outcome.verdict == ClaimVerdict::kInconsistent) {
      for (std::string& id : claims_in(*outcome.expression))
        add_once(finding.conflicts, std::move(id));
    }
  }
  finding.basis = fmt::format("{}", fmt::join(reasons, "; "));
  finding.why = why_of(finding.verdict, reasons, claim.note);
  return finding;
}

}  // namespace

std::vector<Signature> audit_functions() {
  std::vector<Signature> signatures;
  for (const Metric& metric : all_metrics()) signatures.push_back(metric.signature);
  return signatures;
}

std::vector<ClaimFinding> audit(const ClaimsFile& file, const AuditFacts& facts) {
  Evaluator evaluator(file, facts);
  std::vector<ClaimFinding> findings;
  for (const Claim& claim : file.claims) {
    try {
      findings.push_back(finding_of(claim, evaluator));
    } catch (const UsageError& error) {
      throw UsageError(fmt::format("{}: claim '{}': {}", claim.place, claim.id, error.what()));
    }
  }
  return findings;
}

}  // namespace gpugauge
