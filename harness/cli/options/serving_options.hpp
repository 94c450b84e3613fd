#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "harness/analyze/serving/serving_finding.hpp"
#include "harness/cli/options/analysis_options.hpp"

namespace gpugauge {

/// What the commands about serving share: which model, which requests, on how many cards.
struct ServingOptions {
  AnalysisOptions inputs;
  std::int64_t input = 0, output = 0;
  std::string kv = "bf16";
  std::optional<double> tpot_ms, ttft_ms;
  double utilisation = MemoryBudget{}.utilisation;
  double reserve_gib = 1;
  std::string link;
};

void add_serving_options(CLI::App& command, ServingOptions& options);

/// Those that were asked for, else those at which the model's linears were measured.
std::set<Precision> precisions_for(const Record& record, const ModelConfig& model,
                                   const AnalysisOptions& options);

/// What is asked of the record's card, at the default precision. `sheet` may be null.
ServingRequest request_for(const Record& record, const Datasheet* sheet,
                           const ServingOptions& options);

}  // namespace gpugauge
