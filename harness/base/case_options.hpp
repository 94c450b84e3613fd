#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace gpugauge {

/// Where the operands are when a launch begins.
enum class CacheState : std::uint8_t {
  kCold,  ///< rotated through buffers that together exceed the last-level cache five times
  kHot,   ///< one set of buffers, launched again and again
};

/// What the inputs hold. Normal is N(0,1), quantised with a true scale; the others flatter a card
/// because fewer bits toggle, and exist only as labelled variants.
enum class Distribution : std::uint8_t { kNormal, kUniform, kZeros, kSmallIntegers };

std::string_view name_of(CacheState cache);
std::string_view name_of(Distribution data);
std::optional<CacheState> cache_state_from_name(std::string_view name);
std::optional<Distribution> distribution_from_name(std::string_view name);

struct CaseOptions {
  CacheState cache = CacheState::kCold;
  Distribution data = Distribution::kNormal;
};

}  // namespace gpugauge
