#include <spdlog/spdlog.h>

#include <algorithm>
#include <iostream>
#include <memory>

#include "harness/analyze/audit/audit.hpp"
#include "harness/base/nearest.hpp"
#include "harness/base/units.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/command_tree.hpp"
#include "harness/cli/commands/audit_facts.hpp"
#include "harness/cli/options/analysis_options.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/render/answers/audit_table.hpp"

namespace gpugauge {
namespace {

constexpr const char* kAuditExamples = R"(
Verdicts are worked out from the formulas, the configs (devices, models, prices) and the result files. Without files,
what only a measurement can say is "not measured", and the reason names what would settle it.

Examples:
  gpugauge audit configs/claims/l40s-vs-h100.yaml
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
  for (const std::string& name : names) {
    std::string words = name;
    std::replace(words.begin(), words.end(), '-', ' ');
    const auto verdict = from_name<ClaimVerdict>(words);
    if (!verdict)
      throw UsageError(
          unknown_name_message("verdict", name, std::span<const std::string>(verdict_words())));
    verdicts.push_back(*verdict);
  }
  return verdicts;
}

bool is_in(const std::vector<ClaimVerdict>& verdicts, const ClaimFinding& finding) {
  return std::find(verdicts.begin(), verdicts.end(), finding.verdict) != verdicts.end();
}

ExitStatus audit_claims(const AuditOptions& options) {
  const std::vector<ClaimVerdict> shown = parse_verdicts(options.shown);
  const std::vector<ClaimVerdict> failing = parse_verdicts(options.failing);
  const ClaimsFile file = load_claims(options.claims, audit_functions());
  const std::vector<Record> records = read_inputs(options.inputs);
  const AuditFacts facts =
      audit_facts(Catalog::locate(), options.inputs, records, options.reserve_gib);
  const std::vector<ClaimFinding> findings = audit(file, facts);
  std::vector<ClaimFinding> selected;
  std::copy_if(findings.begin(), findings.end(), std::back_inserter(selected),
               [&](const ClaimFinding& f) { return shown.empty() || is_in(shown, f); });
  print_tables(std::cout, audit_tables(file, findings, selected), options.inputs.format);
  const bool failed = std::any_of(findings.begin(), findings.end(),
                                  [&](const ClaimFinding& f) { return is_in(failing, f); });
  return failed ? ExitStatus::kCheckFailed : ExitStatus::kDone;
}

}  // namespace

void add_audit_command(CLI::App& app, const GlobalOptions&, Action& action) {
  auto* command = app.add_subcommand("audit", "what holds of the claims of a text");
  auto options = std::make_shared<AuditOptions>();
  command->add_option("CLAIMS", options->claims, "claims file (configs/claims/*.yaml)")->required();
  command->add_option("FILE", options->inputs.files, "result files, or .partial files");
  add_format_option(*command, options->inputs.format);
  add_price_list_option(*command, options->inputs);
  const std::vector<std::string> known = verdict_words();
  const std::string one_of = one_of_type(std::vector<std::string_view>(known.begin(), known.end()));
  command->add_option("--verdict", options->shown, "show only claims of these verdicts")
      ->type_name(one_of)
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_option("--fail-on", options->failing, "exit status 1 if a claim has one of these")
      ->type_name(one_of)
      ->delimiter(',')
      ->allow_extra_args(false);
  command
      ->add_option("--reserve", options->reserve_gib,
                   "GiB of a card's memory for activations, graphs and workspaces (default: 1)")
      ->check(CLI::NonNegativeNumber);
  command->footer(kAuditExamples);
  command->callback([=, &action] { action = [=] { return audit_claims(*options); }; });
}

}  // namespace gpugauge
