#include "kernels/cpu/memory_streams.hpp"

#include <array>
#include <numeric>

#include "kernels/reference/memory_reference.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace gpugauge {
namespace {

constexpr std::int64_t kStreams = 4;
constexpr std::int64_t kPrefetchBytes = 2048;
constexpr std::int64_t kLine = 64;
constexpr std::int64_t kLinesAtOnce = 4;

constexpr std::int64_t kGroupBytes = kLinesAtOnce * kLine;

using Words = std::uint32_t __attribute__((vector_size(16)));
using Floats = float __attribute__((vector_size(16)));
constexpr std::int64_t kVector = sizeof(Words);

template <typename Vector>
const Vector& vector_at(const void* base, std::int64_t offset) {
  return *reinterpret_cast<const Vector*>(static_cast<const char*>(base) + offset);
}

void prefetch_group(const void* base, std::int64_t offset) {
  const char* const ahead = static_cast<const char*>(base) + offset + kPrefetchBytes;
  for (std::int64_t line = 0; line < kLinesAtOnce; ++line) __builtin_prefetch(ahead + line * kLine);
}

/// Visits the groups of all streams in turn. A stream is a quarter of some pages, hence whole
/// groups.
template <typename Visit>
void for_each_group(std::int64_t bytes, const Visit& visit) {
  const std::int64_t stream_bytes = bytes / kStreams;
  for (std::int64_t offset = 0; offset < stream_bytes; offset += kGroupBytes) {
    for (std::int64_t stream = 0; stream < kStreams; ++stream) {
      visit(stream * stream_bytes + offset);
    }
  }
}

std::uint32_t read_portable(const void* data, std::int64_t bytes) {
  std::array<Words, kLine / kVector> sums{};
  for_each_group(bytes, [&](std::int64_t offset) {
    prefetch_group(data, offset);
    for (std::int64_t line = 0; line < kGroupBytes; line += kLine) {
      for (std::size_t i = 0; i < sums.size(); ++i) {
        sums[i] += vector_at<Words>(data, offset + line + static_cast<std::int64_t>(i) * kVector);
      }
    }
  });
  const Words sum = sums[0] + sums[1] + sums[2] + sums[3];
  return sum[0] + sum[1] + sum[2] + sum[3];
}

#if defined(__x86_64__)
bool has_avx512() { return __builtin_cpu_supports("avx512f") != 0; }

// The walk of for_each_group, written out: a function of another target is not inlined into it.
[[gnu::target("avx512f")]] std::uint32_t read_avx512(const void* data, std::int64_t bytes) {
  const std::int64_t stream_bytes = bytes / kStreams;
  __m512i sum0 = _mm512_setzero_si512();
  __m512i sum1 = _mm512_setzero_si512();
  for (std::int64_t offset = 0; offset < stream_bytes; offset += kGroupBytes) {
    for (std::int64_t stream = 0; stream < kStreams; ++stream) {
      const char* const group = static_cast<const char*>(data) + stream * stream_bytes + offset;
      prefetch_group(group, 0);
      sum0 = _mm512_add_epi32(sum0, _mm512_load_si512(group));
      sum1 = _mm512_add_epi32(sum1, _mm512_load_si512(group + kLine));
      sum0 = _mm512_add_epi32(sum0, _mm512_load_si512(group + 2 * kLine));
      sum1 = _mm512_add_epi32(sum1, _mm512_load_si512(group + 3 * kLine));
    }
  }
  alignas(64) std::array<std::uint32_t, 16> lanes;
  _mm512_store_si512(lanes.data(), _mm512_add_epi32(sum0, sum1));
  return std::accumulate(lanes.begin(), lanes.end(), std::uint32_t{0});
}
#endif

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

/// Stores `value_at(offset)` everywhere, prefetching the arrays that it reads.
template <StoreKind kStore, typename ValueAt, typename... Input>
void store_all(float* a, std::int64_t bytes, const ValueAt& value_at, const Input*... inputs) {
  for_each_group(bytes, [&](std::int64_t offset) {
    (prefetch_group(inputs, offset), ...);
    for (std::int64_t at = offset; at < offset + kGroupBytes; at += kVector) {
      store<kStore>(a, at, value_at(at));
    }
  });
#if defined(__x86_64__)
  if constexpr (kStore == StoreKind::kStreaming) _mm_sfence();  // before others are told of it
#endif
}

template <typename ValueAt, typename... Input>
void store_all(StoreKind kind, float* a, std::int64_t bytes, const ValueAt& value_at,
               const Input*... inputs) {
  if (kind == StoreKind::kStreaming) {
    store_all<StoreKind::kStreaming>(a, bytes, value_at, inputs...);
  } else {
    store_all<StoreKind::kOrdinary>(a, bytes, value_at, inputs...);
  }
}

}  // namespace

std::uint32_t stream_read(const void* data, std::int64_t bytes) {
#if defined(__x86_64__)
  if (has_avx512()) return read_avx512(data, bytes);
#endif
  return read_portable(data, bytes);
}

std::string_view stream_read_vectors() {
#if defined(__x86_64__)
  if (has_avx512()) return "512-bit";
#endif
  return "128-bit";
}

void stream_write(float* a, std::int64_t bytes, StoreKind kind) {
  const Floats value = Floats{} + kMemoryWriteValue;
  store_all(kind, a, bytes, [=](std::int64_t) { return value; });
}

void stream_copy(float* a, const float* b, std::int64_t bytes, StoreKind kind) {
  store_all(
      kind, a, bytes, [=](std::int64_t at) { return vector_at<Floats>(b, at); }, b);
}

void stream_scale(float* a, const float* b, std::int64_t bytes, StoreKind kind) {
  store_all(
      kind, a, bytes, [=](std::int64_t at) { return kMemoryScale * vector_at<Floats>(b, at); }, b);
}

void stream_add(float* a, const float* b, const float* c, std::int64_t bytes, StoreKind kind) {
  store_all(
      kind, a, bytes,
      [=](std::int64_t at) { return vector_at<Floats>(b, at) + vector_at<Floats>(c, at); }, b, c);
}

void stream_triad(float* a, const float* b, const float* c, std::int64_t bytes, StoreKind kind) {
  store_all(
      kind, a, bytes,
      [=](std::int64_t at) {
        return vector_at<Floats>(b, at) + kMemoryScale * vector_at<Floats>(c, at);
      },
      b, c);
}

}  // namespace gpugauge
