#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/answer/serve_answer.hpp"
#include "harness/cli/options/analysis_options.hpp"

namespace gpugauge {

/// What the commands about serving share: which model, which requests, on how many cards.
struct ServingOptions {
  AnalysisOptions inputs;
  std::int64_t input = 0, output = 0;
  std::string kv = "bf16";
  std::optional<double> tpot_ms, ttft_ms;
  double utilisation = MemoryBudget{}.utilisation;
  double reserve_gib = MemoryBudget{}.reserve_bytes / kGib;
  std::string link;
  std::optional<std::int64_t> chunk_tokens;
  double length_spread = QueueLoad{}.length_spread;
};

void add_serving_options(Command& command, ServingOptions& options);

/// What the options ask. Reads the calibrations, and the serving engine from the catalog.
ServeQuestion serve_question(const ServingOptions& options, const Catalog& catalog);

}  // namespace gpugauge
