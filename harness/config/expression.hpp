#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gpugauge {

/// A term of a claims file: `dollars_per_million(@price, 90)`, `@a / @b`.
struct Expression {
  enum class Kind : std::uint8_t {
    kNumber,  ///< `number`
    kName,    ///< `text`: a device, a model, a label
    kClaim,   ///< `text`: the id of the claim whose printed value is meant
    kCall,    ///< `text`: the function; `arguments`
    kBinary,  ///< `text`: one of + - * /; two `arguments`
  };
  Kind kind = Kind::kNumber;
  double number = 0;
  std::string text;
  std::vector<Expression> arguments;
};

/// How a function is called, for messages about wrong calls.
struct Signature {
  std::string_view name;
  std::string_view parameters;  ///< `device, model, [cards]`: those in brackets may be left out
};

/// Reads one expression: numbers, names of letters, digits, `.`, `_` and `-`, `@claim`, calls, the
/// four operators with their usual precedence, and parentheses. As names may hold a `-`, one that
/// subtracts has spaces around it. Throws UsageError that says where in the text it went wrong, and
/// for a call of an unknown function (with the nearest name) or of a wrong number of arguments.
Expression parse_expression(std::string_view text, const std::vector<Signature>& functions);

/// As it is written: for messages.
std::string to_string(const Expression& expression);

/// The ids of the claims that it refers to, in order, each once.
std::vector<std::string> claims_in(const Expression& expression);

}  // namespace gpugauge
