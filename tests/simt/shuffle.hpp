#pragma once

// Warp shuffles, votes and reductions, by the PTX ISA's definition of shfl.sync, vote.sync and
// redux.sync.

#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>

#include "tests/simt/warp.hpp"

namespace gpugauge::simt {

/// The lane that each kind of shuffle reads, or -1 for its own value.
using SourceOf = int (*)(int lane, int operand, int segment_begin, int segment_end);

struct Shuffle {
  std::uint64_t value;
  int source;
  std::uint64_t result;
};

inline void shuffle_lanes(const Lanes<Shuffle>& lanes) {
  for (Shuffle* lane : lanes) {
    if (lane == nullptr) continue;
    const Shuffle* source = lanes[static_cast<std::size_t>(lane->source)];
    if (source == nullptr) {
      machine().fail("a shuffle reads lane " + std::to_string(lane->source) +
                     ", which is not in its mask");
    }
    lane->result = source->value;
  }
}

template <typename T>
T shuffle(const char* name, unsigned mask, T value, int operand, int width, SourceOf source_of) {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof(std::uint64_t));
  const int lane = static_cast<int>(self().lane);
  const int begin = lane / width * width;
  const int source = source_of(lane, operand, begin, begin + width);
  Shuffle arguments{0, source < 0 ? lane : source, 0};
  std::memcpy(&arguments.value, &value, sizeof value);
  warp_collective<shuffle_lanes>(name, mask, arguments);
  std::memcpy(&value, &arguments.result, sizeof value);
  return value;
}

/// What `combine` makes of the values of all lanes of the mask.
template <typename T>
struct Reduction {
  T value;
  T result;
};
template <typename T, auto combine>
void reduce_lanes(const Lanes<Reduction<T>>& lanes) {
  const Reduction<T>* first = nullptr;
  T result{};
  for (const Reduction<T>* lane : lanes) {
    if (lane == nullptr) continue;
    result = first == nullptr ? lane->value : combine(result, lane->value);
    first = lane;
  }
  for (Reduction<T>* lane : lanes) {
    if (lane != nullptr) lane->result = result;
  }
}
template <typename T, auto combine>
T reduce(const char* name, unsigned mask, T value) {
  Reduction<T> arguments{value, T{}};
  warp_collective<reduce_lanes<T, combine>>(name, mask, arguments);
  return arguments.result;
}

struct Nothing {};
inline void do_nothing(const Lanes<Nothing>&) {}

}  // namespace gpugauge::simt

inline void __syncwarp(unsigned mask = gpugauge::simt::kFullWarp) {
  gpugauge::simt::Nothing nothing;
  gpugauge::simt::warp_collective<gpugauge::simt::do_nothing>("__syncwarp", mask, nothing);
}

template <typename T>
T __shfl_sync(unsigned mask, T value, int source_lane, int width = 32) {
  return gpugauge::simt::shuffle(
      "__shfl_sync", mask, value, source_lane, width,
      [](int, int operand, int begin, int end) { return begin + (operand & (end - begin - 1)); });
}
template <typename T>
T __shfl_xor_sync(unsigned mask, T value, int lane_mask, int width = 32) {
  return gpugauge::simt::shuffle("__shfl_xor_sync", mask, value, lane_mask, width,
                                 [](int lane, int operand, int, int end) {
                                   return (lane ^ operand) < end ? lane ^ operand : -1;
                                 });
}
template <typename T>
T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32) {
  return gpugauge::simt::shuffle("__shfl_up_sync", mask, value, static_cast<int>(delta), width,
                                 [](int lane, int operand, int begin, int) {
                                   return lane - operand >= begin ? lane - operand : -1;
                                 });
}
template <typename T>
T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32) {
  return gpugauge::simt::shuffle("__shfl_down_sync", mask, value, static_cast<int>(delta), width,
                                 [](int lane, int operand, int, int end) {
                                   return lane + operand < end ? lane + operand : -1;
                                 });
}

inline unsigned __ballot_sync(unsigned mask, int predicate) {
  const unsigned bit = predicate != 0 ? 1U << gpugauge::simt::self().lane : 0;
  return gpugauge::simt::reduce<unsigned, [](unsigned a, unsigned b) { return a | b; }>(
      "__ballot_sync", mask, bit);
}
inline int __any_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate) != 0; }
inline int __all_sync(unsigned mask, int predicate) {
  return __ballot_sync(mask, predicate) == mask;
}

// Of int and unsigned; sums wrap.
template <typename T>
T __reduce_add_sync(unsigned mask, T value) {
  return gpugauge::simt::reduce<T, [](T a, T b) {
    return static_cast<T>(static_cast<unsigned>(a) + static_cast<unsigned>(b));
  }>("__reduce_add_sync", mask, value);
}
template <typename T>
T __reduce_max_sync(unsigned mask, T value) {
  return gpugauge::simt::reduce<T, [](T a, T b) { return b < a ? a : b; }>("__reduce_max_sync",
                                                                           mask, value);
}
template <typename T>
T __reduce_min_sync(unsigned mask, T value) {
  return gpugauge::simt::reduce<T, [](T a, T b) { return a < b ? a : b; }>("__reduce_min_sync",
                                                                           mask, value);
}
