#pragma once

#include <array>
#include <span>
#include <string_view>

#include "harness/analyze/money/own_prices.hpp"
#include "harness/analyze/step/tensor_parallel.hpp"
#include "harness/base/dtype.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/options/model_names_of.hpp"
#include "harness/config/iso_date.hpp"
#include "harness/config/model.hpp"

/// Every option of the program that a command takes, once: a name means the same wherever it
/// stands. What a command adds (its default, whether it must be there) stands in the command.
namespace gpugauge::option {

inline constexpr std::array kKvTypes{name_of(DType::kFp32), name_of(DType::kBf16),
                                     name_of(DType::kFp16), name_of(DType::kFp8E4m3)};
inline constexpr std::array<std::string_view, 3> kFp8Words{name_of(DType::kFp8E4m3),
                                                           name_of(Precision::kFp8), "e4m3"};
inline constexpr std::array<std::string_view, 4> kGroupSizes{"1", "2", "4", "8"};
inline constexpr std::array<std::string_view, 2> kMatches{"uuid", "sku"};
inline constexpr double kMostTokens = 1 << 24, kMostBatch = 1 << 16;

/// Takes a number from `low` to `high`.
constexpr OptionDefinition number_option(std::string_view names, std::string_view value,
                                         std::string_view help, double low,
                                         double high = kAnyHigh) {
  return {.names = names, .value = value, .help = help, .low = low, .high = high};
}
/// Takes one of these words.
constexpr OptionDefinition word_option(std::string_view names, std::string_view value,
                                       std::string_view help,
                                       std::span<const std::string_view> words) {
  return {.names = names, .value = value, .help = help, .one_of = words};
}
/// Takes one of these types, each also as other tools call it.
constexpr OptionDefinition type_option(std::string_view names, std::string_view help,
                                       std::span<const std::string_view> words) {
  return {.names = names, .value = "TYPE", .help = help, .one_of = words, .synonyms = kFp8Words};
}

// ---- what is measured
inline constexpr OptionDefinition kSuite{"-s,--suite", "SUITE",
                                         "suite: a name in configs/suites, or a file"};
inline constexpr OptionDefinition kSuiteB{"--suite-b", "SUITE",
                                          "the suite of B, if it is another one"};
inline constexpr OptionDefinition kDevice{
    "-d,--device", "DEVICE",
    "cpu, cuda:N or best (the first GPU, else the CPU); a command that does not measure also takes "
    "a card of configs/devices"};
inline constexpr OptionDefinition kFilter{
    "--filter", "REGEX",
    "only cases whose name matches this regular expression; a leading - keeps the others"};
inline constexpr OptionDefinition kModel{
    .names = "--model",
    .value = "MODEL",
    .help =
        "models: names in configs or at Hugging Face, or files of them (config.json), also as "
        "NAME=PATH",
    .are_paths = true,
    .name_of = model_name_of};
inline constexpr auto kBatch = number_option(
    "--batch", "N", "batch sizes: concurrent sequences, requests or images", 1, kMostBatch);
inline constexpr auto kContext = number_option(
    "--context", "N", "tokens in the KV cache of each sequence, at a decode step", 1, kMostTokens);
inline constexpr OptionDefinition kOverwrite{"--overwrite", "", "replace an existing result file"};
inline constexpr OptionDefinition kResume{"--resume", "FILE",
                                          "continue an interrupted run (.partial), or retry the "
                                          "failed cases of a result file; cases that "
                                          "crashed or hung only where --filter names them"};
inline constexpr OptionDefinition kTurn{"--turn", "K/N",
                                        "K/N: this is process K of N; each begins at another case"};
inline constexpr OptionDefinition kRedact{"--redact", "",
                                          "leave out the host's name and the device's UUID"};
inline constexpr auto kRounds =
    number_option("--rounds", "N", "rounds; each runs both builds once", 5, 1000);
inline constexpr auto kTimeLimit = number_option(
    "--time-limit", "SECONDS", "seconds for all rounds; complete rounds are judged", kAboveZero);

// ---- where it goes
inline constexpr OptionDefinition kOutput{"-o,--output", "PATH", "the file or folder to write"};
inline constexpr OptionDefinition kFormat{"-f,--format", "FORMAT", "the output format"};
inline constexpr OptionDefinition kTable{
    "--table", "NAME", "only the table of this name; a CSV is one table, by default the main one"};
inline constexpr auto kTop = number_option("--top", "N", "only so many cases", 1, 1000000);

// ---- decode steps and requests
inline constexpr auto kPrecision =
    type_option("--precision", "type of the weights", names_of<Precision>);
inline constexpr auto kKv = type_option("--kv", "type of the KV cache", kKvTypes);
inline constexpr auto kInputTokens =
    number_option("--input-tokens", "N", "tokens of a request's prompt", 1, kMostTokens);
inline constexpr auto kOutputTokens =
    number_option("--output-tokens", "N", "output length, in tokens", 1, kMostTokens);
inline constexpr auto kMaxInput =
    number_option("--max-input", "N", "the longest prompt of the curves", 1, kMostTokens);
inline constexpr OptionDefinition kServing{
    "--serving", "ENGINE",
    "the serving engine: a name in configs/engines (vllm, vllm-sync, trtllm, sglang), or a file"};
inline constexpr auto kChunkTokens = number_option(
    "--chunk-tokens", "N", "most tokens of one step, instead of the engine's", 1, kMostTokens);
inline constexpr auto kLengthSpread = number_option(
    "--length-spread", "SHARE",
    "requests are this share of the mean apart, the longest from the shortest", 0, 1.9);
inline constexpr auto kTpot =
    number_option("--tpot", "MS", "highest TPOT, in milliseconds", kAboveZero);
inline constexpr auto kTtft =
    number_option("--ttft", "MS", "highest mean TTFT under the load, in milliseconds", kAboveZero);
inline constexpr auto kGpus =
    word_option("--gpus", "N", "GPUs that share the model (tensor parallelism)", kGroupSizes);
inline constexpr auto kLink =
    word_option("--link", "LINK", "the link between the GPUs", names_of<Link>);
inline constexpr auto kMemoryUtilisation = number_option(
    "--memory-utilisation", "SHARE", "share of the card's memory that the engine uses", 0.01, 1);
inline constexpr auto kReserve = number_option(
    "--reserve", "GIB", "GiB of memory reserved for activations, graphs and workspaces", 0);
inline constexpr OptionDefinition kOps{"--ops", "", "list the ops of each step or pass instead"};
inline constexpr auto kTokens =
    number_option("--tokens", "N", "tokens of an encoder's sequence", 1, kMostBatch);
inline constexpr auto kResolution =
    number_option("--resolution", "N", "side of the image, in pixels", 1, kMostBatch);
inline constexpr auto kSteps = number_option("--steps", "N", "steps of an image", 1, 1000);
inline constexpr auto kGuidance =
    number_option("--guidance", "N", "passes a step: 2 with classifier-free guidance", 1, 4);
inline constexpr OptionDefinition kCalibration{
    "--calibration", "FILE",
    "calibration by a real engine (scripts/import_vllm.py), shown beside the derived rates"};

// ---- money
inline constexpr OptionDefinition kPrices{
    .names = "--prices",
    .value = "FILE",
    .help = "price lists: the native CSV, SkyPilot's or gpuhunt's, or Spheron's JSON",
    .many_as = ManyAs::kRepeated};
inline constexpr OptionDefinition kSource{"--source", "TEXT",
                                          "source recorded for every offer, instead of its own"};
inline constexpr OptionDefinition kHourly{
    .names = "--hourly",
    .value = "CARD=PRICE",
    .help =
        "your own prices, in dollars per GPU-hour: l40s=0.72,h100-sxm5=3.84; or 2.49 where "
        "there is one kind of card",
    .is_valid = is_own_price,
    .expected = kOwnPriceForm};
inline constexpr auto kBilledGpus =
    number_option("--billed-gpus", "N", "GPUs that are billed", 1, kMostBatch);
inline constexpr auto kUtilisation =
    number_option("--utilisation", "SHARE", "share of the paid time that serves", kAboveZero, 1);
inline constexpr auto kUtilisationA =
    number_option("--utilisation-a", "SHARE", "utilisation of the first card only", kAboveZero, 1);
inline constexpr auto kUtilisationB =
    number_option("--utilisation-b", "SHARE", "utilisation of the second card only", kAboveZero, 1);
inline constexpr auto kHoursPerMonth =
    number_option("--hours-per-month", "HOURS",
                  "hours of a month: 730 is a year over 12, 720 is 30 days", kAboveZero, 744);
inline constexpr auto kElectricity = number_option(
    "--electricity", "DOLLARS", "dollars per kWh, if electricity is billed separately", kAboveZero);
inline constexpr auto kTokensPerDay = number_option(
    "--tokens-per-day", "N", "output tokens per day that a fleet must produce", kAboveZero);
inline constexpr OptionDefinition kSpot{"--spot", "",
                                        "allow spot offers, which may be interrupted"};
inline constexpr OptionDefinition kTraining{"--training", "", "the cards will also train"};

// ---- what is judged
inline constexpr auto kThreshold = number_option(
    "--threshold", "PERCENT", "the smallest change to report, in percent", 0.001, 100);
inline constexpr OptionDefinition kFailOn{"--fail-on", "WORD",
                                          "exit status 1 if one of these is found"};
inline constexpr OptionDefinition kVerdict{"--verdict", "WORD",
                                           "show only claims with these verdicts"};
inline constexpr OptionDefinition kClaims{"--claims", "FILE",
                                          "a claims file (configs/claims/*.yaml) to audit"};
inline constexpr OptionDefinition kAll{"--all", "",
                                       "show all cases, also those left out by default"};

// ---- nights
inline constexpr OptionDefinition kHistory{"--history", "FOLDER", "folder of a history"};
inline constexpr OptionDefinition kAcks{"--acks", "FILE",
                                        "file of acknowledged changes (default: acks.yaml in the "
                                        "history)"};
inline constexpr OptionDefinition kNight{.names = "--night",
                                         .value = "DATE",
                                         .help = "the night's date, as 2025-11-22",
                                         .is_valid = is_iso_date,
                                         .expected = "a date as 2025-11-22"};
inline constexpr auto kMatch =
    word_option("--match", "WORD",
                "cards that share a baseline: uuid, the same card; sku, the same kind", kMatches);
inline constexpr auto kProcesses =
    number_option("--processes", "N", "fresh processes per night", 1, kMostBatch);
inline constexpr OptionDefinition kRerun{.names = "--rerun",
                                         .value = "FILE",
                                         .help = "result files of the confirming rerun",
                                         .many_as = ManyAs::kWords};
inline constexpr OptionDefinition kReason{"--reason", "TEXT", "why the change is accepted"};
inline constexpr OptionDefinition kCommit{"--commit", "TEXT", "the commit that changed it"};
inline constexpr OptionDefinition kBy{"--by", "TEXT", "who accepts it"};
inline constexpr OptionDefinition kCard{"--card", "PATTERN", "a card's UUID, or a pattern of it"};
inline constexpr OptionDefinition kMute{"--mute", "", "show the case, but never fail"};

// ---- the gate's own test
inline constexpr auto kSeries = number_option("--series", "N", "series per scenario", 1, 100000);
inline constexpr auto kSeed = number_option("--seed", "N", "seed of the random numbers", 0);
inline constexpr auto kScatter =
    number_option("--scatter", "SHARE", "scatter of a night, as a share of its time", 1e-5, 0.1);
inline constexpr auto kDelta =
    number_option("--delta", "SHARE", "smallest change, as a share", 0, 1);
inline constexpr auto kP = number_option("--p", "P", "level of the t-test", 1e-15, 0.05);
inline constexpr auto kWindow =
    number_option("--window", "N", "nights in one search window", 10, 1000);

}  // namespace gpugauge::option
