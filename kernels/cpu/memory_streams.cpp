#include "kernels/cpu/memory_streams.hpp"

#include <fmt/format.h>

#include <utility>

#include "kernels/reference/memory_reference.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace gpugauge {
namespace {

constexpr std::int64_t kPrefetchBytes = 2048;
constexpr std::int64_t kLine = 64;
constexpr std::int64_t kLinesAtOnce = 4;

constexpr std::int64_t kGroupBytes = kLinesAtOnce * kLine;

using Words128 = std::uint32_t __attribute__((vector_size(16)));
using Words256 = std::uint32_t __attribute__((vector_size(32)));
using Words512 = std::uint32_t __attribute__((vector_size(64)));
using Floats = float __attribute__((vector_size(16)));
constexpr std::int64_t kVector = sizeof(Floats);

template <typename Vector>
[[gnu::always_inline]] inline const Vector& vector_at(const void* base, std::int64_t offset) {
  return *reinterpret_cast<const Vector*>(static_cast<const char*>(base) + offset);
}

[[gnu::always_inline]] inline void prefetch_group(const void* base, std::int64_t offset) {
  const char* const ahead = static_cast<const char*>(base) + offset + kPrefetchBytes;
  for (std::int64_t line = 0; line < kLinesAtOnce; ++line) __builtin_prefetch(ahead + line * kLine);
}

/// Visits the groups of all streams in turn. A stream is a quarter of some pages or more, hence
/// whole groups.
template <std::int64_t kStreams, typename Visit>
[[gnu::always_inline]] inline void for_each_group(std::int64_t bytes, const Visit& visit) {
  const std::int64_t stream_bytes = bytes / kStreams;
  for (std::int64_t offset = 0; offset < stream_bytes; offset += kGroupBytes) {
    for (std::int64_t stream = 0; stream < kStreams; ++stream) {
      visit(stream * stream_bytes + offset);
    }
  }
}

/// Calls `visit` with the walk's number of streams and its prefetch as constants.
template <typename Visit>
[[gnu::always_inline]] inline auto with_constants(const Walk& walk, const Visit& visit) {
  const auto with_streams = [&](auto streams) __attribute__((always_inline)) {
    return walk.prefetch ? visit(streams, std::true_type{}) : visit(streams, std::false_type{});
  };
  switch (walk.streams) {
    case 4:
      return with_streams(std::integral_constant<std::int64_t, 4>{});
    case 2:
      return with_streams(std::integral_constant<std::int64_t, 2>{});
    default:
      return with_streams(std::integral_constant<std::int64_t, 1>{});
  }
}

/// Sums all words.
template <typename Vector, std::int64_t kStreams, bool kPrefetch>
[[gnu::always_inline]] inline std::uint32_t read_walk(const void* data, std::int64_t bytes) {
  constexpr std::int64_t kSums = 4, kBytes = sizeof(Vector);
  Vector sums[kSums]{};
  const std::int64_t stream_bytes = bytes / kStreams;
  for (std::int64_t offset = 0; offset < stream_bytes; offset += kGroupBytes) {
    for (std::int64_t stream = 0; stream < kStreams; ++stream) {
      const std::int64_t group = stream * stream_bytes + offset;
      if constexpr (kPrefetch) prefetch_group(data, group);
      for (std::int64_t at = 0; at < kGroupBytes; at += kSums * kBytes) {
        for (std::int64_t i = 0; i < kSums; ++i)
          sums[i] += vector_at<Vector>(data, group + at + i * kBytes);
      }
    }
  }
  const Vector sum = sums[0] + sums[1] + sums[2] + sums[3];
  std::uint32_t total = 0;
  for (std::size_t i = 0; i < sizeof(Vector) / sizeof(std::uint32_t); ++i) total += sum[i];
  return total;
}

template <typename Vector>
[[gnu::always_inline]] inline std::uint32_t read_any(const void* data, std::int64_t bytes,
                                                     const Walk& walk) {
  return with_constants(
      walk, [&](auto streams, auto prefetch) __attribute__((always_inline)) {
        return read_walk<Vector, streams, prefetch>(data, bytes);
      });
}

using Read = std::uint32_t (*)(const void*, std::int64_t, const Walk&);
struct WidestRead {
  Read read;
  std::string_view vectors;
};

std::uint32_t read_128(const void* data, std::int64_t bytes, const Walk& walk) {
  return read_any<Words128>(data, bytes, walk);
}
#if defined(__x86_64__)
[[gnu::target("avx2")]] std::uint32_t read_256(const void* data, std::int64_t bytes,
                                               const Walk& walk) {
  return read_any<Words256>(data, bytes, walk);
}
[[gnu::target("avx512f")]] std::uint32_t read_512(const void* data, std::int64_t bytes,
                                                  const Walk& walk) {
  return read_any<Words512>(data, bytes, walk);
}
#endif

WidestRead widest_read() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") != 0) return {read_512, "512-bit"};
  if (__builtin_cpu_supports("avx2") != 0) return {read_256, "256-bit"};
#endif
  return {read_128, "128-bit"};
}

template <StoreKind kStore>
void store(float* base, std::int64_t offset, Floats value) {
  float* const address = base + offset / static_cast<std::int64_t>(sizeof(float));
#if defined(__x86_64__)
  if constexpr (kStore == StoreKind::kStreaming) {
    _mm_stream_ps(address, value);
    return;
  }
#endif
  // Elsewhere the core itself notices lines that are written whole.
  *reinterpret_cast<Floats*>(address) = value;
}

/// Stores `value_at(offset)` everywhere.
template <StoreKind kStore, typename ValueAt, typename... Input>
void store_all(float* a, std::int64_t bytes, const Walk& walk, const ValueAt& value_at,
               const Input*... inputs) {
  with_constants(walk, [&](auto streams, auto prefetch) {
    for_each_group<streams>(bytes, [&](std::int64_t offset) {
      if constexpr (prefetch) (prefetch_group(inputs, offset), ...);
      for (std::int64_t at = offset; at < offset + kGroupBytes; at += kVector) {
        store<kStore>(a, at, value_at(at));
      }
    });
  });
#if defined(__x86_64__)
  if constexpr (kStore == StoreKind::kStreaming) _mm_sfence();  // before others are told of it
#endif
}

template <typename ValueAt, typename... Input>
void store_all(float* a, std::int64_t bytes, const Walk& walk, const ValueAt& value_at,
               const Input*... inputs) {
  if (walk.stores == StoreKind::kStreaming) {
    store_all<StoreKind::kStreaming>(a, bytes, walk, value_at, inputs...);
  } else {
    store_all<StoreKind::kOrdinary>(a, bytes, walk, value_at, inputs...);
  }
}

}  // namespace

std::string text_of(const Walk& walk) {
  return fmt::format("{} stream{}{}", walk.streams, walk.streams == 1 ? "" : "s",
                     walk.prefetch ? " with prefetch" : "");
}

std::uint32_t stream_read(const void* data, std::int64_t bytes, const Walk& walk) {
  return widest_read().read(data, bytes, walk);
}

std::string_view stream_read_vectors() { return widest_read().vectors; }

void stream_write(float* a, std::int64_t bytes, const Walk& walk) {
  const Floats value = Floats{} + kMemoryWriteValue;
  store_all(a, bytes, walk, [=](std::int64_t) { return value; });
}

void stream_copy(float* a, const float* b, std::int64_t bytes, const Walk& walk) {
  store_all(
      a, bytes, walk, [=](std::int64_t at) { return vector_at<Floats>(b, at); }, b);
}

void stream_scale(float* a, const float* b, std::int64_t bytes, const Walk& walk) {
  store_all(
      a, bytes, walk, [=](std::int64_t at) { return kMemoryScale * vector_at<Floats>(b, at); }, b);
}

void stream_add(float* a, const float* b, const float* c, std::int64_t bytes, const Walk& walk) {
  store_all(
      a, bytes, walk,
      [=](std::int64_t at) { return vector_at<Floats>(b, at) + vector_at<Floats>(c, at); }, b, c);
}

void stream_triad(float* a, const float* b, const float* c, std::int64_t bytes, const Walk& walk) {
  store_all(
      a, bytes, walk,
      [=](std::int64_t at) {
        return vector_at<Floats>(b, at) + kMemoryScale * vector_at<Floats>(c, at);
      },
      b, c);
}

}  // namespace gpugauge
