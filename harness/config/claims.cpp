#include "harness/config/claims.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"
#include "harness/config/yaml_reader.hpp"

namespace gpugauge {
namespace {

/// An expression or a list of them.
std::vector<Expression> read_expressions(YamlMapping& map, std::string_view key,
                                         const std::vector<Signature>& functions) {
  std::vector<Expression> expressions;
  const auto value = map.optional(key);
  if (!value) return expressions;
  for (const YamlValue& item : value->is_list() ? value->items() : std::vector{*value})
    expressions.push_back(
        item.parsed([&](const std::string& text) { return parse_expression(text, functions); }));
  return expressions;
}

void check_fields(const YamlValue& value, const Claim& claim) {
  const bool is_checked = !claim.metrics.empty() || !claim.consistent.empty();
  if (claim.printed && claim.formula)
    value.fail("has both 'claims' and 'formula', expected one of them");
  if (!claim.outside.empty() && is_checked)
    value.fail("is 'outside' and has a 'metric' or 'consistent', expected one of them");
  if (!claim.outside.empty()) return;
  if (!is_checked) value.fail("is not checked, expected 'metric', 'consistent' or 'outside'");
  if (!claim.printed && !claim.formula) value.fail("says nothing, expected 'claims' or 'formula'");
}

Claim read_claim(const YamlValue& value, const std::vector<Signature>& functions) {
  YamlMapping map = value.mapping();
  Claim claim;
  claim.id = map.required("id").identifier();
  claim.place = value.place();
  claim.section = map.required("section").text();
  claim.quote = map.required("quote").text();
  if (const auto printed = map.optional("claims"))
    claim.printed = printed->parsed(parse_printed_value);
  if (const auto formula = map.optional("formula"))
    claim.formula =
        formula->parsed([&](const std::string& text) { return parse_expression(text, functions); });
  claim.metrics = read_expressions(map, "metric", functions);
  claim.consistent = read_expressions(map, "consistent", functions);
  claim.outside = map.text_or("outside");
  claim.note = map.text_or("note");
  map.finish();
  check_fields(value, claim);
  return claim;
}

/// Expressions may refer to claims that print a value, and not to their own.
void check_references(const Claim& claim, const Expression& expression, const ClaimsFile& file,
                      const std::vector<std::string>& referable) {
  for (const std::string& id : claims_in(expression)) {
    std::string problem;
    if (id == claim.id) {
      problem = fmt::format("refers to itself in {}", to_string(expression));
    } else if (const Claim* other = file.find(id); other == nullptr) {
      // A list of all of them would be a page.
      problem = fmt::format("refers to '{}', which does not exist", id);
      if (const auto meant = nearest(id, referable))
        problem += fmt::format("; did you mean '{}'?", *meant);
    } else if (!other->printed) {
      problem = fmt::format("refers to '{}', which prints no value", id);
    }
    if (!problem.empty())
      throw UsageError(fmt::format("{}: claim '{}' {}", claim.place, claim.id, problem));
  }
}

std::vector<std::string> referable_ids(const ClaimsFile& file) {
  std::vector<std::string> ids;
  for (const Claim& claim : file.claims) {
    if (claim.printed) ids.push_back(claim.id);
  }
  return ids;
}

}  // namespace

const Claim* ClaimsFile::find(std::string_view id) const {
  const auto found = std::find_if(claims.begin(), claims.end(),
                                  [&](const Claim& claim) { return claim.id == id; });
  return found == claims.end() ? nullptr : &*found;
}

ClaimsFile load_claims(const std::filesystem::path& file, const std::vector<Signature>& functions) {
  YamlMapping root = read_yaml(file).mapping();
  ClaimsFile claims;
  claims.name = root.required("name").stem_of(file);
  claims.title = root.required("title").text();
  claims.source = root.required("source").text();
  for (const YamlValue& value : root.required("claims").items()) {
    Claim claim = read_claim(value, functions);
    if (const Claim* first = claims.find(claim.id))
      value.fail(fmt::format("repeats the id '{}' of the claim at {}, expected a unique id",
                             claim.id, first->place));
    claims.claims.push_back(std::move(claim));
  }
  root.finish();
  const std::vector<std::string> referable = referable_ids(claims);
  for (const Claim& claim : claims.claims) {
    for (const auto* expressions : {&claim.metrics, &claim.consistent}) {
      for (const Expression& expression : *expressions)
        check_references(claim, expression, claims, referable);
    }
    if (claim.formula) check_references(claim, *claim.formula, claims, referable);
  }
  return claims;
}

}  // namespace gpugauge
