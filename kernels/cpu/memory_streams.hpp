#pragma once

#include <cstdint>
#include <string_view>

namespace gpugauge {

/// How results reach memory: ordinary stores fill the caches, streaming ones go past them and need
/// not read the line first.
enum class StoreKind : std::uint8_t { kOrdinary, kStreaming };

/// One thread's part of a memory kernel: whole 4 KiB pages, 64-byte aligned.
///
/// Each part is walked as four streams at once, with prefetch 2 KiB ahead in each. On a Sapphire
/// Rapids core that keeps more lines in flight than its own prefetcher does on one stream:
/// read 33.7 instead of 31.9 GB/s (2 cores, AVX-512), copy 46 instead of 39. 16-byte vectors are
/// enough for the stores, whose lines leave whole; the read gains another 3% from AVX-512 where it
/// is there.
std::uint32_t stream_read(const void* data, std::int64_t bytes);
void stream_write(float* a, std::int64_t bytes, StoreKind kind);
void stream_copy(float* a, const float* b, std::int64_t bytes, StoreKind kind);
void stream_scale(float* a, const float* b, std::int64_t bytes, StoreKind kind);
void stream_add(float* a, const float* b, const float* c, std::int64_t bytes, StoreKind kind);
void stream_triad(float* a, const float* b, const float* c, std::int64_t bytes, StoreKind kind);

/// `512-bit` or `128-bit`: the vectors of stream_read.
std::string_view stream_read_vectors();

}  // namespace gpugauge
