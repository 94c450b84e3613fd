#include <spdlog/spdlog.h>

#include <algorithm>
#include <iostream>

#include "harness/analyze/audit/audit.hpp"
#include "harness/base/units.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/commands/audit_facts.hpp"
#include "harness/cli/options/analysis_options.hpp"
#include "harness/cli/options/definitions.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/cli/options/result_files.hpp"
#include "harness/render/answers/audit_table.hpp"

namespace gpugauge {
namespace {

constexpr const char* kAuditExamples = R"(
Verdicts follow from formulas, configs (devices, models, prices) and result files. A claim that needs a measurement
is "not measured" without result files, and "undecided" where the interval of what came out lies partly inside the
claim; the reason names the command that would settle it.

Examples:
  gpugauge audit configs/claims/l40s-vs-h100.yaml
  gpugauge audit configs/claims/l40s-vs-h100.yaml l40s h100-sxm5            by what others measured
  gpugauge audit claims.yaml l40s.json h100.json --verdict wrong,inconsistent
  gpugauge audit claims.yaml --fail-on wrong          exit status 1 if a claim is wrong)";

struct AuditOptions {
  AnalysisOptions inputs;
  std::string claims;
  std::vector<std::string> shown, failing;
  double reserve_gib = MemoryBudget{}.reserve_bytes / kGib;
};

/// As one word each: `not-measured`.
std::vector<std::string> verdict_words() {
  std::vector<std::string> words;
  for (const ClaimVerdict verdict : all_of<ClaimVerdict>) {
    std::string& word = words.emplace_back(name_of(verdict));
    std::replace(word.begin(), word.end(), ' ', '-');
  }
  return words;
}

std::vector<ClaimVerdict> parse_verdicts(const std::vector<std::string>& names) {
  std::vector<ClaimVerdict> verdicts;
  for (std::string words : names) {
    std::replace(words.begin(), words.end(), '-', ' ');
    verdicts.push_back(from_name<ClaimVerdict>(words).value());
  }
  return verdicts;
}

bool is_in(const std::vector<ClaimVerdict>& verdicts, const ClaimFinding& finding) {
  return std::find(verdicts.begin(), verdicts.end(), finding.verdict) != verdicts.end();
}

ExitStatus audit_claims(const AuditOptions& options) {
  const std::vector<ClaimVerdict> shown = parse_verdicts(options.shown);
  const std::vector<ClaimVerdict> failing = parse_verdicts(options.failing);
  require_files(std::vector{options.claims},
                "a claims file before the cards: gpugauge audit configs/claims/l40s-vs-h100.yaml " +
                    options.claims);
  const ClaimsFile file = load_claims(options.claims, audit_functions());
  const std::vector<Record> records = read_inputs(options.inputs);
  const AuditFacts facts =
      audit_facts(Catalog::locate(), options.inputs, records, options.reserve_gib);
  const std::vector<ClaimFinding> findings = audit(file, facts);
  std::vector<ClaimFinding> selected;
  std::copy_if(findings.begin(), findings.end(), std::back_inserter(selected),
               [&](const ClaimFinding& f) { return shown.empty() || is_in(shown, f); });
  print_tables(std::cout, audit_tables(file, findings, selected), options.inputs.printed);
  const bool failed = std::any_of(findings.begin(), findings.end(),
                                  [&](const ClaimFinding& f) { return is_in(failing, f); });
  return failed ? ExitStatus::kCheckFailed : ExitStatus::kDone;
}

}  // namespace

void add_audit_command(Command& program) {
  auto [command, options] = program.add_command<AuditOptions>(
      "audit", "which claims of a text hold", audit_claims, kAuditExamples);
  command.argument("CLAIMS", options.claims, "claims file (configs/claims/*.yaml)");
  add_result_files(command, options.inputs.files, "result files, also .partial files")
      .count(0, std::numeric_limits<std::size_t>::max());
  add_format_option(command, options.inputs.printed);
  command.option(option::kPrices, options.inputs.prices)
      .detail("default: the lists of configs/prices");
  command.option(option::kServing, options.inputs.serving);
  command.option(option::kVerdict, options.shown).one_of(verdict_words());
  command.option(option::kFailOn, options.failing).one_of(verdict_words());
  command.option(option::kReserve, options.reserve_gib);
}

}  // namespace gpugauge
