#include "harness/config/expression.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"

namespace gpugauge {
namespace {

bool is_name_start(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_name_part(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
}

/// Recursive descent: sum = product {(+|-) product}, product = factor {(*|/) factor}.
class Parser {
 public:
  Parser(std::string_view text, const std::vector<Signature>& functions)
      : text_(text), functions_(&functions) {}

  Expression whole() {
    Expression expression = sum();
    if (!at_end()) fail("an operator or the end");
    return expression;
  }

 private:
  /// Parentheses deeper than anybody writes: the parser calls itself for each.
  static constexpr int kDeepest = 64;

  bool at_end() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    return at_ == text_.size();
  }
  char peek() { return at_end() ? '\0' : text_[at_]; }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void expect(char c, std::string_view expected) {
    if (!take(c)) fail(expected);
  }
  [[noreturn]] void fail(std::string_view expected) {
    const std::string rest = at_end() ? "its end" : in_quotes(text_.substr(at_));
    throw UsageError(fmt::format("{} has {} at character {}, expected {}", in_quotes(text_), rest,
                                 at_ + 1, expected));
  }

  template <typename Operand>
  Expression chain(std::string_view operators, Operand operand) {
    Expression left = operand();
    while (!at_end() && operators.find(text_[at_]) != std::string_view::npos) {
      const std::string operation(1, text_[at_++]);
      Expression right = operand();
      left = {Expression::Kind::kBinary, 0, operation, {std::move(left), std::move(right)}};
    }
    return left;
  }
  Expression sum() {
    return chain("+-", [this] { return product(); });
  }
  Expression product() {
    return chain("*/", [this] { return factor(); });
  }

  Expression factor() {
    if (take('(')) {
      if (++depth_ > kDeepest) fail(fmt::format("at most {} open parentheses", kDeepest));
      Expression inner = sum();
      expect(')', "')'");
      --depth_;
      return inner;
    }
    const bool is_claim = take('@');
    if (is_name_start(peek())) {
      const std::size_t start = at_;
      std::string word = name();
      if (is_claim) return {Expression::Kind::kClaim, 0, std::move(word), {}};
      if (take('(')) return call(std::move(word), start);
      return {Expression::Kind::kName, 0, std::move(word), {}};
    }
    if (is_claim) fail("the id of a claim");
    return number();
  }

  std::string name() {
    const std::size_t start = at_;
    while (at_ < text_.size() && is_name_part(text_[at_])) ++at_;
    return std::string(text_.substr(start, at_ - start));
  }

  Expression number() {
    double value = 0;
    if (at_end() || std::isdigit(static_cast<unsigned char>(text_[at_])) == 0)
      fail("a number, a name, a call, @claim or '('");
    const auto [end, error] =
        std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error != std::errc() || !std::isfinite(value)) fail("a number");
    at_ = static_cast<std::size_t>(end - text_.data());
    return {Expression::Kind::kNumber, value, {}, {}};
  }

  Expression call(std::string function, std::size_t start) {
    if (++depth_ > kDeepest) fail(fmt::format("at most {} open parentheses", kDeepest));
    std::vector<Expression> arguments;
    if (!take(')')) {
      do arguments.push_back(sum());
      while (take(','));
      expect(')', "',' or ')'");
    }
    --depth_;
    check(function, arguments.size(), start);
    return {Expression::Kind::kCall, 0, std::move(function), std::move(arguments)};
  }

  void check(const std::string& function, std::size_t count, std::size_t start) const {
    const auto found =
        std::find_if(functions_->begin(), functions_->end(),
                     [&](const Signature& signature) { return signature.name == function; });
    if (found == functions_->end()) {
      std::vector<std::string_view> names;
      for (const Signature& signature : *functions_) names.push_back(signature.name);
      throw UsageError(fmt::format(
          "{} at character {}: {}", in_quotes(text_), start + 1,
          unknown_name_message("metric", function, std::span<const std::string_view>(names))));
    }
    const std::string_view parameters = found->parameters;
    const auto most =
        static_cast<std::size_t>(std::count(parameters.begin(), parameters.end(), ',')) + 1;
    const auto optional =
        static_cast<std::size_t>(std::count(parameters.begin(), parameters.end(), '['));
    if (count > most || count + optional < most)
      throw UsageError(fmt::format("{} at character {}: {} takes ({}), {} given", in_quotes(text_),
                                   start + 1, function, parameters, count));
  }

  std::string_view text_;
  const std::vector<Signature>* functions_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

void collect_claims(const Expression& expression, std::vector<std::string>& ids) {
  if (expression.kind == Expression::Kind::kClaim &&
      std::find(ids.begin(), ids.end(), expression.text) == ids.end())
    ids.push_back(expression.text);
  for (const Expression& argument : expression.arguments) collect_claims(argument, ids);
}

}  // namespace

Expression parse_expression(std::string_view text, const std::vector<Signature>& functions) {
  return Parser(text, functions).whole();
}

std::string to_string(const Expression& expression) {
  std::vector<std::string> parts;
  for (const Expression& argument : expression.arguments) {
    const bool wrap =
        expression.kind == Expression::Kind::kBinary && argument.kind == Expression::Kind::kBinary;
    parts.push_back(wrap ? fmt::format("({})", to_string(argument)) : to_string(argument));
  }
  switch (expression.kind) {
    case Expression::Kind::kNumber:
      return fmt::format("{}", expression.number);
    case Expression::Kind::kClaim:
      return "@" + expression.text;
    case Expression::Kind::kCall:
      return fmt::format("{}({})", expression.text, fmt::join(parts, ", "));
    case Expression::Kind::kBinary:
      return fmt::format("{} {} {}", parts[0], expression.text, parts[1]);
    case Expression::Kind::kName:
      break;
  }
  return expression.text;
}

std::vector<std::string> claims_in(const Expression& expression) {
  std::vector<std::string> ids;
  collect_claims(expression, ids);
  return ids;
}

}  // namespace gpugauge
