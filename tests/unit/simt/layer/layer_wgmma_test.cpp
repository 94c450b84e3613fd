#include <gmock/gmock.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "harness/base/dtype.hpp"
#include "harness/base/float_codec.hpp"
#include "tests/simt/hopper.hpp"
#include "tests/simt/simt.hpp"
#include "tests/simt/wgmma.hpp"
#include "tests/unit/simt/layer/swizzle_tables.hpp"

namespace gpugauge {
namespace {

using ::testing::HasSubstr;

constexpr unsigned kRowBytes = 32;  // of K an instruction
constexpr unsigned kRows = 64;

template <WgmmaType type>
constexpr DType kDTypeOf = type == WgmmaType::kBf16      ? DType::kBf16
                           : type == WgmmaType::kFp16    ? DType::kFp16
                           : type == WgmmaType::kTf32    ? DType::kTf32
                           : type == WgmmaType::kFp8E4m3 ? DType::kFp8E4m3
                                                         : DType::kInt8;

/// How an operand lies: the bytes that a swizzle permutes and so of a row, or 0; the instruction's
/// place among these, and what the descriptor has.
struct Layout {
  unsigned swizzle_bytes, step = 0;

  /// Core matrices along K are 128 bytes apart, and every eight rows three times as many, to be
  /// told from a layout without a gap.
  static constexpr unsigned kLeading = 128, kStride = 384;

  std::size_t place(std::size_t row, std::size_t byte) const {
    if (swizzle_bytes == 0) {
      return row / 8 * kStride + byte / 16 * kLeading + row % 8 * 16 + byte % 16;
    }
    const std::size_t chunk = byte / 16 + step * kRowBytes / 16;
    return 16 * chunk_in_table(row, chunk, static_cast<int>(swizzle_bytes)) + byte % 16;
  }
  std::size_t bytes(std::size_t rows) const {
    return swizzle_bytes == 0 ? rows / 8 * kStride : rows * swizzle_bytes;
  }
  std::uint64_t descriptor() const {
    const std::uint64_t mode = swizzle_bytes == 128  ? 1
                               : swizzle_bytes == 64 ? 2
                               : swizzle_bytes == 32 ? 3
                                                     : 0;
    const std::uint64_t stride = swizzle_bytes == 0 ? kStride : 8 * swizzle_bytes;
    return mode << 62 | stride / 16 << 32 | kLeading / 16 << 16 | step * kRowBytes / 16;
  }
};

/// A matrix of small integers, as it is and as it lies.
struct Operand {
  std::vector<unsigned char> plain, image;

  Operand(DType dtype, std::size_t rows, const Layout& layout, unsigned seed)
      : plain(rows * kRowBytes), image(layout.bytes(rows), 0x7F) {
    std::mt19937 random(seed);
    std::uniform_int_distribution<int> integers(-7, 7);
    const std::int64_t count = static_cast<std::int64_t>(plain.size()) / size_bytes(dtype);
    for (std::int64_t i = 0; i < count; ++i) {
      store_element(dtype, plain.data(), i, static_cast<float>(integers(random)));
    }
    for (std::size_t i = 0; i < plain.size(); ++i) {
      image[layout.place(i / kRowBytes, i % kRowBytes)] = plain[i];
    }
  }
};

struct Shared {
  alignas(1024) unsigned char a[64 * 128];
  alignas(1024) unsigned char b[256 * 128];
};

struct Operands {
  const Operand* a;
  const Operand* b;
  std::uint64_t a_descriptor, b_descriptor;
};

/// d = 1 + a·b + a·b, the second product in a group of its own; or 2·(a·b) where not `from_one`.
template <WgmmaType type, int N>
__global__ void product_kernel(Operands operands, bool from_one, float* out) {
  auto& shared = shared_memory<Shared>();
  for (std::size_t i = threadIdx.x; i < operands.a->image.size(); i += 128) {
    shared.a[i] = operands.a->image[i];
  }
  for (std::size_t i = threadIdx.x; i < operands.b->image.size(); i += 128) {
    shared.b[i] = operands.b->image[i];
  }
  fence_async_shared();
  __syncthreads();
  WgmmaAccumulator<type> d[N / 2];
  for (auto& each : d) each = 1;
  const std::uint64_t a = operands.a_descriptor + shared_address(shared.a) / 16;
  const std::uint64_t b = operands.b_descriptor + shared_address(shared.b) / 16;
  wgmma_fence();
  wgmma<type, N>(d, a, b, from_one);
  wgmma_commit();
  wgmma<type, N>(d, a, b, true);
  wgmma_commit();
  wgmma_wait<1>();
  wgmma_wait<0>();
  wgmma_pin(d);
  const unsigned row = threadIdx.x / 32 * 16 + threadIdx.x % 32 / 4;
  for (unsigned i = 0; i < N / 2; ++i) {
    const unsigned column = i / 4 * 8 + threadIdx.x % 4 * 2 + i % 2;
    out[(row + i / 2 % 2 * 8) * N + column] = static_cast<float>(d[i]);
  }
}

template <WgmmaType type, int N>
void expect_product(const Layout& layout, bool from_one) {
  constexpr DType kDType = kDTypeOf<type>;
  const Operand a(kDType, kRows, layout, 1), b(kDType, N, layout, 2);
  std::vector<float> product(kRows * N);
  const auto depth = static_cast<std::int64_t>(kRowBytes) / size_bytes(kDType);
  for (std::int64_t i = 0; i < kRows * N; ++i) {
    double sum = from_one ? 1 : 0;
    for (std::int64_t k = 0; k < depth; ++k) {
      sum += 2 * load_element(kDType, a.plain.data(), i / N * depth + k) *
             load_element(kDType, b.plain.data(), i % N * depth + k);
    }
    product[static_cast<std::size_t>(i)] = static_cast<float>(sum);
  }
  const Operands operands{&a, &b, layout.descriptor(), layout.descriptor()};
  EXPECT_EQ(simt::in_all_schedules([&] {
              std::vector<float> out(kRows * N);
              launch(Stream{}, "product", product_kernel<type, N>,
                     {.threads = 128, .shared_bytes = sizeof(Shared)}, operands, from_one,
                     out.data());
              return out;
            }),
            product)
      << "swizzle " << layout.swizzle_bytes << ", step " << layout.step;
}

TEST(SimtWgmma, ReadsEveryLayoutWithKContiguous) {
  for (const unsigned swizzle : {0U, 32U, 64U, 128U}) {
    for (unsigned step = 0; step == 0 || step < swizzle / kRowBytes; ++step) {
      expect_product<WgmmaType::kBf16, 64>({swizzle, step}, true);
    }
  }
}

TEST(SimtWgmma, MultipliesEveryTypeAndShape) {
  expect_product<WgmmaType::kFp16, 128>({128, 1}, false);
  expect_product<WgmmaType::kTf32, 192>({128, 2}, true);
  expect_product<WgmmaType::kFp8E4m3, 256>({128, 3}, false);
  expect_product<WgmmaType::kInt8, 64>({128, 0}, true);
}

enum class Mistake { kNoFence, kNoProxyFence, kNoWait, kEarlyRead, kOverwritten, kWarpsDiffer };

template <Mistake mistake>
__global__ void mistaken_kernel(float* out) {
  auto& shared = shared_memory<Shared>();
  for (unsigned i = threadIdx.x; i < sizeof shared.a; i += 128) shared.a[i] = 0;
  if (mistake != Mistake::kNoProxyFence) fence_async_shared();
  __syncthreads();
  float d[32] = {};
  std::uint64_t a = Layout{128}.descriptor() + shared_address(shared.a) / 16;
  if (mistake == Mistake::kWarpsDiffer && threadIdx.x >= 64) a += 2;
  if (mistake != Mistake::kNoFence) wgmma_fence();
  wgmma<WgmmaType::kBf16, 64>(d, a, a, true);
  wgmma_commit();
  if (mistake == Mistake::kOverwritten) shared.a[threadIdx.x] = 1;
  if (mistake == Mistake::kEarlyRead) out[threadIdx.x] = d[0];
  if (mistake != Mistake::kNoWait) wgmma_wait<0>();
}

template <Mistake mistake>
std::string error_of() {
  try {
    simt::in_all_schedules([] {
      std::vector<float> out(128);
      launch(Stream{}, "mistaken", mistaken_kernel<mistake>,
             {.threads = 128, .shared_bytes = sizeof(Shared)}, out.data());
      return out;
    });
  } catch (const simt::Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(SimtWgmma, ReportsMistakes) {
  EXPECT_THAT(error_of<Mistake::kNoFence>(), HasSubstr("wgmma without a wgmma_fence before it"));
  EXPECT_THAT(error_of<Mistake::kNoProxyFence>(), HasSubstr("without a fence_async_shared"));
  EXPECT_THAT(error_of<Mistake::kOverwritten>(), HasSubstr("before the read was waited for"));
  EXPECT_THAT(error_of<Mistake::kNoWait>(), HasSubstr("without a wait for its products"));
  EXPECT_THAT(error_of<Mistake::kEarlyRead>(), HasSubstr("element 0 differs"));
  EXPECT_THAT(error_of<Mistake::kWarpsDiffer>(), HasSubstr("did not execute the same wgmma"));
}

}  // namespace
}  // namespace gpugauge
