#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/analyze/compare/side.hpp"
#include "harness/base/enum_table.hpp"

namespace gpugauge {

/// How the cards of two sides are related.
enum class CardRelation : std::uint8_t {
  kSameCard,      ///< one serial (UUID)
  kOtherOfModel,  ///< two cards of one model
  kSameModel,     ///< the files do not say whether it is the same one
  kDifferent,
};
template <>
struct EnumTable<CardRelation> {
  static constexpr std::array rows{EnumName{CardRelation::kSameCard, "same card"},
                                   EnumName{CardRelation::kOtherOfModel, "two cards of one model"},
                                   EnumName{CardRelation::kSameModel, "same model, serial unknown"},
                                   EnumName{CardRelation::kDifferent, "different cards"}};
};
CardRelation relation_of(const Side& base, const Side& other);

/// What a file says of where it was measured.
enum class Circumstance : std::uint8_t {
  kDriver,
  kRuntime,
  kLibrary,
  kVbios,
  kEcc,
  kMig,
  kPowerLimit,
  kPcie,
  kGovernor,
  kHypervisor,
  kOtherProcesses,
  kCardErrors,
  kClock,
  kThrottled,
  kHost,
  kVersion,
  kBuild,
  kDirty,
  kSuite,
  kOrigin,
  kUnfinished,
  kOneRun,
};
struct CircumstanceRow {
  Circumstance value;
  std::string_view name;
  std::string_view advice;  ///< what it may do to the numbers, and what to do about it
};
template <>
struct EnumTable<Circumstance> {
  static constexpr std::array rows{
      CircumstanceRow{Circumstance::kDriver, "driver",
                      "the driver sets clocks and launches: expect small shifts everywhere"},
      CircumstanceRow{Circumstance::kRuntime, "CUDA runtime",
                      "kernels were made by another compiler"},
      CircumstanceRow{Circumstance::kLibrary, "library",
                      "it chooses and brings its own kernels: its rows are of another library"},
      CircumstanceRow{Circumstance::kVbios, "VBIOS", "clock and power tables may differ"},
      CircumstanceRow{Circumstance::kEcc, "ECC",
                      "it costs bandwidth: switch it alike (nvidia-smi -e) to compare memory"},
      CircumstanceRow{Circumstance::kMig, "MIG",
                      "one side is a part of the card: compare whole cards"},
      CircumstanceRow{Circumstance::kPowerLimit, "power limit",
                      "measure again at the same limit, or judge by energy"},
      CircumstanceRow{Circumstance::kPcie, "PCIe link",
                      "transfers differ by the link alone: reseat the card or check the slot"},
      CircumstanceRow{Circumstance::kGovernor, "governor", "set both to performance"},
      CircumstanceRow{Circumstance::kHypervisor, "hypervisor",
                      "neighbours and paging differ: measure on the same kind of machine"},
      CircumstanceRow{Circumstance::kOtherProcesses, "other processes",
                      "the card was shared: stop them and measure again"},
      CircumstanceRow{Circumstance::kCardErrors, "card errors",
                      "numbers of that run are in doubt: gpugauge doctor, then measure again"},
      CircumstanceRow{Circumstance::kClock, "clock",
                      "see the ratios in cycles; warm up longer or lock the clocks alike"},
      CircumstanceRow{Circumstance::kThrottled, "throttled",
                      "the card could not hold its clock: cool it or raise its power limit"},
      CircumstanceRow{Circumstance::kHost, "host", "launch and transfer cases depend on it"},
      CircumstanceRow{Circumstance::kVersion, "gpugauge",
                      "its kernels and its method may have changed; see semantics_version"},
      CircumstanceRow{Circumstance::kBuild, "build",
                      "another commit of gpugauge: a change may be of the tool, not of the card"},
      CircumstanceRow{Circumstance::kDirty, "work tree",
                      "a build with uncommitted changes cannot be made again"},
      CircumstanceRow{Circumstance::kSuite, "suite",
                      "sampling budgets or shapes differ: run the same suite"},
      CircumstanceRow{Circumstance::kOrigin, "origin",
                      "numbers that were not measured here carry no interval of ours"},
      CircumstanceRow{Circumstance::kUnfinished, "completeness",
                      "an unfinished run: gpugauge run --resume finishes it"},
      CircumstanceRow{
          Circumstance::kOneRun, "runs a side",
          "scatter from run to run is not in the intervals: several files, or gpugauge ab"}};
};
constexpr std::string_view advice_on(Circumstance circumstance) {
  return row_of(circumstance).advice;
}

/// A circumstance in which two sides differ, or that both should be warned of.
struct EnvironmentDifference {
  Circumstance circumstance;
  std::string what;         ///< which of several: the library's name; else empty
  std::string base, other;  ///< `unknown` where the files do not say

  /// `driver`, `library cuBLAS`.
  std::string subject() const;
};

/// What differs, in the order of the enum. What belongs to the card (its clock, power limit, ECC)
/// is left out where the cards are different ones. Clocks differ from 1% on.
std::vector<EnvironmentDifference> environment_differences(const Side& base, const Side& other);

}  // namespace gpugauge
