#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace gpugauge {

/// How results reach memory: ordinary stores fill the caches, streaming ones go past them and need
/// not read the line first.
enum class StoreKind : std::uint8_t { kOrdinary, kStreaming };

/// How a thread walks its part of an array.
struct Walk {
  /// Pieces of the part that are visited by turns: 1, 2 or 4.
  std::int64_t streams;
  /// Whether each stream asks for what lies 2 KiB ahead.
  bool prefetch;
  StoreKind stores;

  bool operator==(const Walk&) const = default;
};

/// `4 streams with prefetch`.
std::string text_of(const Walk& walk);

/// Which of these is fastest is the core's own affair: several streams with prefetch keep more
/// lines in flight than the prefetcher of an Intel core does on one, and stand in the way of an AMD
/// core's, on which four of them read at 0.88 of the plain loop that the last two are. The workload
/// times them all on its own arrays and takes the fastest. Beside the fastest of four plain
/// programs in the same turns (tests/bench/cpu_bench.cpp, two cores of a Sapphire Rapids that other
/// programs loaded): read 1.12, write 1.12, copy 1.63, triad 1.52. On an AMD core the choice was
/// not measured.
inline constexpr std::array kColdWalks{
    Walk{4, true, StoreKind::kStreaming}, Walk{4, false, StoreKind::kStreaming},
    Walk{2, true, StoreKind::kStreaming}, Walk{1, false, StoreKind::kStreaming},
    Walk{1, false, StoreKind::kOrdinary}};
/// Inside a cache nothing goes past it.
inline constexpr Walk kHotWalk{4, true, StoreKind::kOrdinary};

/// One thread's part of a memory kernel: whole 4 KiB pages, 64-byte aligned. 16-byte vectors are
/// enough for the stores, whose lines leave whole; the read takes the widest that there are.
std::uint32_t stream_read(const void* data, std::int64_t bytes, const Walk& walk);
void stream_write(float* a, std::int64_t bytes, const Walk& walk);
void stream_copy(float* a, const float* b, std::int64_t bytes, const Walk& walk);
void stream_scale(float* a, const float* b, std::int64_t bytes, const Walk& walk);
void stream_add(float* a, const float* b, const float* c, std::int64_t bytes, const Walk& walk);
void stream_triad(float* a, const float* b, const float* c, std::int64_t bytes, const Walk& walk);

/// `512-bit`, `256-bit` or `128-bit`: the vectors of stream_read.
std::string_view stream_read_vectors();

}  // namespace gpugauge
