#pragma once

// Collectives of a warp: the last lane of the mask to arrive does the work of all of them.

#include <array>
#include <cstddef>

#include "tests/simt/machine.hpp"

namespace gpugauge::simt {

inline constexpr unsigned kFullWarp = 0xFFFFFFFFU;

/// What each lane brought; null for lanes out of the mask.
template <typename Arguments>
using Lanes = std::array<Arguments*, 32>;

/// Waits for all lanes of `mask`, each of which must name the same collective and mask. `work` is
/// done once with the arguments of all.
void meet_lanes(const char* name, unsigned mask, void* arguments,
                void (*work)(void* const* arguments));

/// The same for `work(const Lanes<Arguments>&)`.
template <auto work, typename Arguments>
void warp_collective(const char* name, unsigned mask, Arguments& arguments) {
  meet_lanes(name, mask, &arguments, [](void* const* untyped) {
    Lanes<Arguments> lanes;
    for (std::size_t i = 0; i < lanes.size(); ++i) lanes[i] = static_cast<Arguments*>(untyped[i]);
    work(lanes);
  });
}

}  // namespace gpugauge::simt
