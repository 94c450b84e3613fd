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
                      "the library has its own kernels: its rows are not comparable"},
      CircumstanceRow{Circumstance::kVbios, "VBIOS", "clock and power tables may differ"},
      CircumstanceRow{Circumstance::kEcc, "ECC",
                      "ECC costs bandwidth: use one setting (nvidia-smi -e) to compare memory"},
      CircumstanceRow{Circumstance::kMig, "MIG", "one side is a MIG instance: compare whole cards"},
      CircumstanceRow{Circumstance::kPowerLimit, "power limit",
                      "measure again at the same limit, or judge by energy"},
      CircumstanceRow{Circumstance::kPcie, "PCIe link",
                      "the link sets the transfer rate: reseat the card or check the slot"},
      CircumstanceRow{Circumstance::kGovernor, "governor", "set both to performance"},
      CircumstanceRow{
          Circumstance::kHypervisor, "hypervisor",
          "a hypervisor changes scheduling and paging: measure on the same kind of machine"},
      CircumstanceRow{Circumstance::kOtherProcesses, "other processes",
                      "other processes used the card: stop them and measure again"},
      CircumstanceRow{Circumstance::kCardErrors, "card errors",
                      "the card reported errors: run gpugauge doctor, then measure again"},
      CircumstanceRow{Circumstance::kClock, "clock",
                      "compare cycles, not time; warm up longer, or lock both clocks to one value"},
      CircumstanceRow{Circumstance::kThrottled, "throttled",
                      "the card could not hold its clock: cool it or raise its power limit"},
      CircumstanceRow{Circumstance::kHost, "host", "launch and transfer times depend on the host"},
      CircumstanceRow{Circumstance::kVersion, "gpugauge",
                      "kernels and method may have changed; see semantics_version"},
      CircumstanceRow{Circumstance::kBuild, "build",
                      "gpugauge was built from another commit: the change may come from the tool"},
      CircumstanceRow{Circumstance::kDirty, "work tree",
                      "a build with uncommitted changes cannot be reproduced"},
      CircumstanceRow{Circumstance::kSuite, "suite",
                      "sampling budgets or shapes differ: run the same suite"},
      CircumstanceRow{Circumstance::kOrigin, "origin", "imported numbers have no interval"},
      CircumstanceRow{Circumstance::kUnfinished, "completeness",
                      "the run is unfinished: gpugauge run --resume finishes it"},
      CircumstanceRow{Circumstance::kOneRun, "runs a side",
                      "intervals do not include the scatter between runs: compare several files, "
                      "or use gpugauge ab"}};
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
