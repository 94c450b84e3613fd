#include <iostream>

#include "harness/cli/commands.hpp"
#include "harness/cli/options/analysis_options.hpp"
#include "harness/cli/options/definitions.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/cli/options/result_files.hpp"
#include "harness/render/answers/calibration_table.hpp"
#include "harness/render/answers/ops_table.hpp"
#include "harness/render/answers/tokens_table.hpp"

namespace gpugauge {
namespace {

constexpr const char* kTokensExamples = R"(
Examples:
  gpugauge tokens h100-sxm5 --model llama-3.1-8b
  gpugauge tokens result.json
  gpugauge tokens result.json --model llama-3.1-8b --precision fp8 --batch 1,8,32 --context 1024,8192
  gpugauge tokens result.json --ops                  every op of the step, and where its time comes from)";

struct TokensOptions : AnalysisOptions {
  bool ops = false;
};

ExitStatus tokens(const TokensOptions& options) {
  const DecodeQuestion question = decode_question(options);
  const std::vector<Record> records = read_inputs(options);
  const DecodeAnswer answer = decode_answer_of(records, options, question);
  std::vector<Table> tables =
      options.ops ? ops_tables(answer.points) : tokens_tables(answer.points);
  for (Table& table : calibration_tables(answer.calibration, ShownRates::kFirst))
    tables.push_back(std::move(table));
  if (!options.ops) begin_with(decode_speeds(answer.points), options.printed.format, tables);
  print_tables(std::cout, tables, options.printed);
  return status_of_cases(records);
}

}  // namespace

void add_tokens_command(Command& program) {
  auto [command, options] = program.add_command<TokensOptions>(
      "tokens", "tokens per second of a model's decode step", tokens, kTokensExamples);
  add_file_arguments(command, options);
  add_decode_options(command, options);
  add_price_options(command, options);
  command.option(option::kCalibration, options.calibrations);
  command.flag(option::kOps, options.ops);
}

}  // namespace gpugauge
