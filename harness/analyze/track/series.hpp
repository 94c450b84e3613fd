#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "harness/analyze/track/gate.hpp"
#include "harness/history/run_entry.hpp"

namespace gpugauge {

/// Which cards are one: the very same one, or all of a kind (where every night rents another).
enum class CardMatch : std::uint8_t { kUuid, kSku };

/// What must be the same for two nights to be compared.
struct MetricKey {
  std::string case_name;
  int semantics_version = 1;
  std::string card;  ///< UUID or SKU
  std::string driver_major;
  std::string clock_policy;

  auto operator<=>(const MetricKey&) const = default;
};

/// Where and with what a night's first process ran; all its cases share it.
struct NightSetup {
  std::string device, host;
  Versions versions;

  /// `H100 node7`: of NVIDIA's names the model alone.
  std::string place() const;
};

/// A version that is another than on the night before.
struct VersionChange {
  std::string name, before, after;

  bool operator==(const VersionChange&) const = default;
};

/// Under which conditions a night was measured.
struct NightFacts {
  std::string date;
  std::shared_ptr<const NightSetup> setup = nullptr;  ///< null if nobody knows
  std::uint64_t throttle = 0;                         ///< of all samples of all processes
  std::uint32_t flags = 0;                            ///< 1 << Flag
  bool shared = false;                                ///< a process found others on the card
  bool card_errors = false;                           ///< a process saw new XIDs or ECC errors

  bool has(Flag flag) const { return (flags & bit_of(flag)) != 0; }
};

/// A metric over its nights, oldest first; one entry a night in both lists.
struct Series {
  MetricKey key;
  std::vector<Night> nights;
  std::vector<NightFacts> facts;

  /// As many fresh processes as most nights had, the fewer of two that are as common; 0 if there
  /// are no nights.
  std::size_t usual_processes() const;
  /// How many nights are before this date.
  std::size_t before(const std::string& date) const;
};

/// What both nights say, differently.
std::vector<VersionChange> changes_between(const NightFacts& before, const NightFacts& after);

/// What a card does on most nights is its nature, and no reason to distrust one of them: an H100
/// runs its large GEMMs at its power limit. The median clock guards those.
struct CardHabits {
  std::uint64_t throttle = 0;
  std::uint32_t flags = 0;
};
CardHabits habits_of(const Series& series);
/// Throttle reasons beyond idle and application clocks, CPU time that others had, other processes
/// on the card, new errors of it: those of the gate's reasons that the record of a night shows by
/// itself.
std::vector<QuarantineReason> quarantine_of(const NightFacts& facts, const CardHabits& habits);

/// The series of these runs, which are in the order of their nights, by key. All runs of a night
/// with the same key are its processes; a night's value is the median of their ln(time).
std::vector<Series> series_of(const CaseNames& names, std::span<const RunEntry* const> runs,
                              CardMatch match);

}  // namespace gpugauge
