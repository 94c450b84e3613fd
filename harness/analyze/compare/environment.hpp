#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/analyze/compare/side.hpp"

namespace gpugauge {

/// How the cards of two sides are related.
enum class CardRelation : std::uint8_t {
  kSameCard,      ///< one serial (UUID)
  kOtherOfModel,  ///< two cards of one model
  kSameModel,     ///< the files do not say whether it is the same one
  kDifferent,
};
std::string_view name_of(CardRelation relation);
CardRelation relation_of(const Side& base, const Side& other);

/// What a file says of where it was measured. One row each in environment.cpp.
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
std::string_view name_of(Circumstance circumstance);
/// What it may do to the numbers, and what to do about it.
std::string_view advice_on(Circumstance circumstance);

/// A circumstance in which two sides differ, or that both should be warned of.
struct EnvironmentDifference {
  Circumstance circumstance;
  std::string what;         ///< which of several: the library's name; else empty
  std::string base, other;  ///< `unknown` where the files do not say
};

/// What differs, in the order of the enum. What belongs to the card (its clock, power limit, ECC)
/// is left out where the cards are different ones. Clocks differ from 1% on.
std::vector<EnvironmentDifference> environment_differences(const Side& base, const Side& other);

}  // namespace gpugauge
