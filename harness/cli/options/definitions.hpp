#pragma once

#include <array>
#include <string_view>

#include "harness/analyze/step/tensor_parallel.hpp"
#include "harness/base/dtype.hpp"
#include "harness/cli/command.hpp"
#include "harness/config/iso_date.hpp"
#include "harness/config/model.hpp"

/// Every option of the program that a command takes, once: a name means the same wherever it
/// stands. What a command adds (its default, whether it must be there) stands in the command.
namespace gpugauge::option {

inline constexpr std::array kKvTypes{name_of(DType::kFp32), name_of(DType::kBf16),
                                     name_of(DType::kFp16), name_of(DType::kFp8E4m3)};
inline constexpr std::array<std::string_view, 4> kGroupSizes{"1", "2", "4", "8"};
inline constexpr std::array<std::string_view, 2> kMatches{"uuid", "sku"};
inline constexpr double kMostTokens = 1 << 24, kMostBatch = 1 << 16;

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
    "--model", "MODEL", "models: names in configs, files, or config.json of checkpoints"};
inline constexpr OptionDefinition kBatch{
    .names = "--batch",
    .value = "N",
    .help = "batch sizes: concurrent sequences, requests or images",
    .low = 1,
    .high = kMostBatch};
inline constexpr OptionDefinition kContext{.names = "--context",
                                           .value = "N",
                                           .help = "tokens in the KV cache of each sequence",
                                           .low = 1,
                                           .high = kMostTokens};
inline constexpr OptionDefinition kOverwrite{"--overwrite", "", "replace an existing result file"};
inline constexpr OptionDefinition kResume{
    "--resume", "FILE",
    "continue an interrupted run (.partial), or retry the failed cases of a result file"};
inline constexpr OptionDefinition kTurn{"--turn", "K/N",
                                        "K/N: this is process K of N; each begins at another case"};
inline constexpr OptionDefinition kRedact{"--redact", "",
                                          "leave out the host's name and the device's UUID"};
inline constexpr OptionDefinition kRounds{.names = "--rounds",
                                          .value = "N",
                                          .help = "rounds; each runs both builds once",
                                          .low = 5,
                                          .high = 1000};
inline constexpr OptionDefinition kTimeLimit{
    .names = "--time-limit",
    .value = "SECONDS",
    .help = "seconds for all rounds; complete rounds are judged",
    .low = kAboveZero};

// ---- where it goes
inline constexpr OptionDefinition kOutput{"-o,--output", "PATH", "the file or folder to write"};
inline constexpr OptionDefinition kFormat{
    .names = "-f,--format", .value = "FORMAT", .help = "the output format"};

// ---- decode steps and requests
inline constexpr OptionDefinition kPrecision{.names = "--precision",
                                             .value = "TYPE",
                                             .help = "type of the weights",
                                             .one_of = names_of<Precision>};
inline constexpr OptionDefinition kKv{
    .names = "--kv", .value = "TYPE", .help = "type of the KV cache", .one_of = kKvTypes};
inline constexpr OptionDefinition kInputTokens{.names = "--input-tokens",
                                               .value = "N",
                                               .help = "tokens of a request's prompt",
                                               .low = 1,
                                               .high = kMostTokens};
inline constexpr OptionDefinition kOutputTokens{.names = "--output-tokens",
                                                .value = "N",
                                                .help = "output length, in tokens",
                                                .low = 1,
                                                .high = kMostTokens};
inline constexpr OptionDefinition kMaxInput{.names = "--max-input",
                                            .value = "N",
                                            .help = "the longest prompt of the curves",
                                            .low = 1,
                                            .high = kMostTokens};
inline constexpr OptionDefinition kTpot{
    .names = "--tpot", .value = "MS", .help = "highest TPOT, in milliseconds", .low = kAboveZero};
inline constexpr OptionDefinition kTtft{
    .names = "--ttft", .value = "MS", .help = "highest TTFT, in milliseconds", .low = kAboveZero};
inline constexpr OptionDefinition kGpus{.names = "--gpus",
                                        .value = "N",
                                        .help = "GPUs that share the model (tensor parallelism)",
                                        .one_of = kGroupSizes};
inline constexpr OptionDefinition kLink{.names = "--link",
                                        .value = "LINK",
                                        .help = "the link between the GPUs",
                                        .one_of = names_of<Link>};
inline constexpr OptionDefinition kMemoryUtilisation{
    .names = "--memory-utilisation",
    .value = "SHARE",
    .help = "share of the card's memory that the engine uses",
    .low = 0.01,
    .high = 1};
inline constexpr OptionDefinition kReserve{
    .names = "--reserve",
    .value = "GIB",
    .help = "GiB of memory reserved for activations, graphs and workspaces",
    .low = 0};
inline constexpr OptionDefinition kOps{"--ops", "", "list the ops of each step or pass instead"};
inline constexpr OptionDefinition kTokens{.names = "--tokens",
                                          .value = "N",
                                          .help = "tokens of an encoder's sequence",
                                          .low = 1,
                                          .high = kMostBatch};
inline constexpr OptionDefinition kResolution{.names = "--resolution",
                                              .value = "N",
                                              .help = "side of the image, in pixels",
                                              .low = 1,
                                              .high = kMostBatch};
inline constexpr OptionDefinition kSteps{
    .names = "--steps", .value = "N", .help = "steps of an image", .low = 1, .high = 1000};
inline constexpr OptionDefinition kGuidance{
    .names = "--guidance",
    .value = "N",
    .help = "passes a step: 2 with classifier-free guidance",
    .low = 1,
    .high = 4};
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
inline constexpr OptionDefinition kHourly{"--hourly", "DOLLARS",
                                          "your own price, in dollars per GPU-hour"};
inline constexpr OptionDefinition kPriceA{
    .names = "--price-a", .value = "DOLLARS", .help = "dollars per GPU-hour of the first card"};
inline constexpr OptionDefinition kPriceB{
    .names = "--price-b", .value = "DOLLARS", .help = "dollars per GPU-hour of the second card"};
inline constexpr OptionDefinition kBilledGpus{.names = "--billed-gpus",
                                              .value = "N",
                                              .help = "GPUs that are billed",
                                              .low = 1,
                                              .high = kMostBatch};
inline constexpr OptionDefinition kUtilisation{.names = "--utilisation",
                                               .value = "SHARE",
                                               .help = "share of the paid time that serves",
                                               .low = kAboveZero,
                                               .high = 1};
inline constexpr OptionDefinition kUtilisationA{.names = "--utilisation-a",
                                                .value = "SHARE",
                                                .help = "utilisation of the first card only",
                                                .low = kAboveZero,
                                                .high = 1};
inline constexpr OptionDefinition kUtilisationB{.names = "--utilisation-b",
                                                .value = "SHARE",
                                                .help = "utilisation of the second card only",
                                                .low = kAboveZero,
                                                .high = 1};
inline constexpr OptionDefinition kHoursPerMonth{
    .names = "--hours-per-month",
    .value = "HOURS",
    .help = "hours of a month: 730 is a year over 12, 720 is 30 days",
    .low = kAboveZero,
    .high = 744};
inline constexpr OptionDefinition kElectricity{
    .names = "--electricity",
    .value = "DOLLARS",
    .help = "dollars per kWh, if electricity is billed separately",
    .low = kAboveZero};
inline constexpr OptionDefinition kTokensPerDay{
    .names = "--tokens-per-day",
    .value = "N",
    .help = "output tokens per day that a fleet must produce",
    .low = kAboveZero};
inline constexpr OptionDefinition kSpot{"--spot", "",
                                        "allow spot offers, which may be interrupted"};
inline constexpr OptionDefinition kTraining{"--training", "", "the cards will also train"};

// ---- what is judged
inline constexpr OptionDefinition kThreshold{.names = "--threshold",
                                             .value = "PERCENT",
                                             .help = "the smallest change to report, in percent",
                                             .low = 0.001,
                                             .high = 100};
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
inline constexpr OptionDefinition kMatch{
    .names = "--match",
    .value = "WORD",
    .help = "cards that share a baseline: uuid, the same card; sku, the same kind",
    .one_of = kMatches};
inline constexpr OptionDefinition kProcesses{.names = "--processes",
                                             .value = "N",
                                             .help = "fresh processes per night",
                                             .low = 1,
                                             .high = kMostBatch};
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
inline constexpr OptionDefinition kSeries{
    .names = "--series", .value = "N", .help = "series per scenario", .low = 1, .high = 100000};
inline constexpr OptionDefinition kSeed{
    .names = "--seed", .value = "N", .help = "seed of the random numbers", .low = 0};
inline constexpr OptionDefinition kScatter{.names = "--scatter",
                                           .value = "SHARE",
                                           .help = "scatter of a night, as a share of its time",
                                           .low = 1e-5,
                                           .high = 0.1};
inline constexpr OptionDefinition kDelta{.names = "--delta",
                                         .value = "SHARE",
                                         .help = "smallest change, as a share",
                                         .low = 0,
                                         .high = 1};
inline constexpr OptionDefinition kP{
    .names = "--p", .value = "P", .help = "level of the t-test", .low = 1e-15, .high = 0.05};
inline constexpr OptionDefinition kWindow{.names = "--window",
                                          .value = "N",
                                          .help = "nights in one search window",
                                          .low = 10,
                                          .high = 1000};

}  // namespace gpugauge::option
