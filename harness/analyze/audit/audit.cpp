#include "harness/analyze/audit/audit.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "harness/analyze/audit/audit_metrics.hpp"
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

/// The interval of what an operator makes of two, by their ends.
template <typename Operation>
Estimate combined(const Estimate& a, const Estimate& b, Operation operation) {
  const std::array ends{operation(a.low, b.low), operation(a.low, b.high), operation(a.high, b.low),
                        operation(a.high, b.high)};
  return {.value = operation(a.value, b.value),
          .low = *std::min_element(ends.begin(), ends.end()),
          .high = *std::max_element(ends.begin(), ends.end())};
}

Quantity calculate(char operation, const Estimate& a, const Estimate& b) {
  switch (operation) {
    case '+':
      return number_of(combined(a, b, std::plus<>()));
    case '-':
      return number_of(combined(a, b, std::minus<>()));
    case '*':
      return number_of(combined(a, b, std::multiplies<>()));
    default:
      if (b.low <= 0 && b.high >= 0) throw UsageError("divides by zero");
      return number_of(combined(a, b, std::divides<>()));
  }
}

class Evaluator {
 public:
  Evaluator(const ClaimsFile& file, const AuditFacts& facts)
      : file_(&file), facts_(&facts), metrics_(all_metrics()) {}

  Quantity evaluate(const Expression& expression, std::vector<std::string>& sources) const {
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
      arguments.push_back(evaluate(argument, sources));
    MetricCall call(*facts_, arguments, sources);
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (arguments[i].kind == Quantity::Kind::kUnknown) return arguments[i];
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
};

/// What a claim says: what came out has to overlap it.
struct Statement {
  std::optional<Estimate> number;
  std::string word;
};

Statement statement_of(const Claim& claim, const Evaluator& evaluator) {
  if (claim.printed) return {claim.printed->number, claim.printed->text};
  std::vector<std::string> sources;
  const Quantity quantity = evaluator.evaluate(*claim.formula, sources);
  if (quantity.kind != Quantity::Kind::kNumber)
    throw UsageError(
        fmt::format("its formula {} does not give a number", to_string(*claim.formula)));
  return {quantity.number, {}};
}

bool agree(const Statement& says, const Quantity& found) {
  // Of decimal numbers in binary: 8.205 may lie a hair beside 8.205.
  constexpr double kHair = 1e-9;
  if (!says.number || found.kind == Quantity::Kind::kNone) return says.word == found.word;
  const double hair = kHair * std::abs(says.number->value);
  return found.number.high >= says.number->low - hair &&
         found.number.low <= says.number->high + hair;
}

void check_kind(const Statement& says, const Expression& expression, const Quantity& found) {
  if (found.kind == Quantity::Kind::kUnknown) return;
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
  std::vector<std::string> sources;
  ClaimVerdict verdict;
};

ClaimOutcome outcome_of(const Expression& expression, const Statement& says, ClaimVerdict otherwise,
                        const Evaluator& evaluator) {
  ClaimOutcome outcome{
      .expression = &expression, .quantity = {}, .sources = {}, .verdict = otherwise};
  outcome.quantity = evaluator.evaluate(expression, outcome.sources);
  check_kind(says, expression, outcome.quantity);
  if (outcome.quantity.kind == Quantity::Kind::kUnknown) {
    outcome.verdict = ClaimVerdict::kNotMeasured;
  } else if (agree(says, outcome.quantity)) {
    outcome.verdict = ClaimVerdict::kHolds;
  }
  return outcome;
}

/// The gravest verdict of all outcomes.
ClaimVerdict verdict_of(const std::vector<ClaimOutcome>& outcomes) {
  for (const ClaimVerdict verdict :
       {ClaimVerdict::kWrong, ClaimVerdict::kInconsistent, ClaimVerdict::kNotMeasured}) {
    const auto is_it = [&](const ClaimOutcome& outcome) { return outcome.verdict == verdict; };
    if (std::any_of(outcomes.begin(), outcomes.end(), is_it)) return verdict;
  }
  return ClaimVerdict::kHolds;
}

template <typename T>
void add_once(std::vector<T>& list, T item) {
  if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(std::move(item));
}

/// Takes what made the verdict into the finding.
void add(ClaimFinding& finding, const ClaimOutcome& outcome, std::vector<std::string>& reasons) {
  const Quantity& q = outcome.quantity;
  if (q.kind == Quantity::Kind::kUnknown) {
    add_once(reasons, q.word);
    return;
  }
  if (q.kind != Quantity::Kind::kNumber) {
    if (finding.found_word.find(q.word) == std::string::npos)
      finding.found_word += (finding.found_word.empty() ? "" : ", ") + q.word;
  } else if (!finding.found) {
    finding.found = q.number;
  } else if (finding.verdict != ClaimVerdict::kHolds) {
    finding.found->low = std::min(finding.found->low, q.number.low);
    finding.found->high = std::max(finding.found->high, q.number.high);
  }
  std::string reason = to_string(*outcome.expression);
  if (!outcome.sources.empty()) reason += fmt::format(" [{}]", fmt::join(outcome.sources, "; "));
  add_once(reasons, std::move(reason));
}

/// Of several reasons the first speaks for the others, which are of its kind.
std::string why_of(ClaimVerdict verdict, const std::vector<std::string>& reasons,
                   const std::string& note) {
  if (verdict == ClaimVerdict::kHolds) return note;
  std::string why = reasons.front();
  if (reasons.size() > 1) why += fmt::format(", and {} more", reasons.size() - 1);
  return note.empty() ? why : fmt::format("{}; {}", why, note);
}

ClaimFinding finding_of(const Claim& claim, const Evaluator& evaluator) {
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
    outcomes.push_back(outcome_of(metric, says, ClaimVerdict::kWrong, evaluator));
  for (const Expression& other : claim.consistent)
    outcomes.push_back(outcome_of(other, says, ClaimVerdict::kInconsistent, evaluator));
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
  const Evaluator evaluator(file, facts);
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
