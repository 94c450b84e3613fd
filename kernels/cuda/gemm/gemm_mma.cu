// gemm_mma.cu: y[m,n] = x[m,k] · w[n,k]ᵀ at large M on any tensor core since Ampere: mma.sync fed
// by ldmatrix from shared memory that cp.async fills. The GEMM for Ada; on Hopper wgmma is faster.
//
// Build and try alone:
//   cmake --build build --target try_gemm_mma
//   build/gpugauge run --device cuda:0 --suite datasheet --filter /mma/
//
// Bound: operations over the tensor cores' rate. An L40S SM does 1024 FP8 multiply-adds a clock, a
// warp scheduler one m16n8k32 in 16 clocks.
//
// - Shared memory: a 64×64 warp tile reads 4 KiB by ldmatrix for 32 instructions: 32 clocks of the
//   SM's shared memory against 128 of its tensor cores. xor_swizzle.hpp makes neither these reads
//   nor the copies conflict, which its test counts.
// - L2: a 128×256 tile loads 24 KiB in 2048 clocks at the FP8 rate: 12 B/clk an SM, 4.2 TB/s for
//   an L40S. 128×128 would need 5.6.
// - Latency: 4 slices of 64 bytes of K are 96 KiB, of the 99 that a block may have on Ada; three
//   are under way while one is multiplied. Slices of a block's next tile follow those of the
//   present one, so that the copies go on while it stores.
// - Each product writes sums that nothing reads for 32 instructions. The fragments of the next
//   32 bytes of K are loaded while the present ones are multiplied: 128 registers of sums, 64 of
//   fragments.
//
// v1  as above: 128×256 tiles with 8 warps, one block an SM; 128×128 with 4 and two blocks, and
//     64×128 for small M; grouped raster. Sums stay in the tensor core's accumulator: for FP8 with
//     the short mantissa of fast accumulation. In machine code HMMA, IMMA, and QMMA on sm_89; on
//     sm_90 and sm_100 FP8 becomes conversions and HMMA, which leave registers for 64×128 only.
//     Predicted 80% of an L40S's FP8 rate at its sustained clock, 85% in BF16; not yet measured on
//     a card.

#include <type_traits>

#include "kernels/cuda/gemm/gemm_mma.hpp"
#include "kernels/cuda/gemm/gemm_mma_types.hpp"
#include "kernels/cuda/machine/intrinsics.hpp"
#include "kernels/cuda/machine/launch.hpp"

namespace gpugauge {
namespace {

using gemm_mma::Bf16;
using gemm_mma::Fp16;
using gemm_mma::Fp8;
using gemm_mma::Int8;
using gemm_mma::kSliceBytes;
using gemm_mma::Tile;

/// A problem as the kernels take it.
struct Operands {
  const unsigned char* x;
  const unsigned char* w;
  void* y;
  int m, n, k_bytes;
  float scale;
  TileSchedule schedule;
};

// ---- operands ---------------------------------------------------------------------------------

/// 64 bytes of K of a tile's rows of x and w.
template <Tile tile>
struct Slice {
  alignas(128) unsigned char x[tile.rows() * kSliceBytes];
  alignas(128) unsigned char w[tile.columns() * kSliceBytes];
};

template <Tile tile>
struct Stages {
  Slice<tile> slices[tile.stages];
};

/// Copies the slices of all of a block's tiles in the order in which they are multiplied. After the
/// last, and beyond the edges of x and w, it fills in zeros.
template <Tile tile>
class SliceCopier {
 public:
  __device__ explicit SliceCopier(const Operands& operands)
      : operands_(operands),
        row_(static_cast<int>(threadIdx.x) / xor_swizzle::kRowChunks),
        chunk_bytes_(static_cast<int>(threadIdx.x) % xor_swizzle::kRowChunks *
                     xor_swizzle::kChunkBytes),
        offset_(xor_swizzle::offset_bytes(row_, chunk_bytes_ / xor_swizzle::kChunkBytes)),
        index_(static_cast<int>(blockIdx.x)) {
    begin_tile();
  }

  __device__ void next(Slice<tile>& slice) {
    copy_rows<tile.rows()>(slice.x, x_, x_rows_);
    copy_rows<tile.columns()>(slice.w, w_, w_rows_);
    copy_async_commit();
    k_ += kSliceBytes;
    if (k_ - chunk_bytes_ >= operands_.k_bytes) {  // for all threads alike
      index_ += static_cast<int>(gridDim.x);
      begin_tile();
    }
  }

 private:
  static constexpr int kRowsAtOnce = tile.threads() / xor_swizzle::kRowChunks;

  __device__ void begin_tile() {
    k_ = chunk_bytes_;
    x_rows_ = w_rows_ = 0;
    if (index_ >= operands_.schedule.tiles()) return;
    const TilePosition at = tile_at(operands_.schedule, index_);
    const int x_row = at.row * tile.rows() + row_;
    const int w_row = at.column * tile.columns() + row_;
    x_ = operands_.x + static_cast<std::int64_t>(x_row) * operands_.k_bytes;
    w_ = operands_.w + static_cast<std::int64_t>(w_row) * operands_.k_bytes;
    x_rows_ = operands_.m - x_row;
    w_rows_ = operands_.n - w_row;
  }

  template <int kRows>
  __device__ void copy_rows(unsigned char* rows, const unsigned char* from, int valid_rows) const {
#pragma unroll
    for (int row = 0; row < kRows; row += kRowsAtOnce) {
      copy_async_16(rows + offset_ + row * kSliceBytes,
                    from + static_cast<std::int64_t>(row) * operands_.k_bytes + k_,
                    row < valid_rows && k_ < operands_.k_bytes);
    }
  }

  const Operands& operands_;
  int row_, chunk_bytes_, offset_;  ///< this thread's place in a slice
  int index_;                       ///< the tile that is being copied
  int k_;                           ///< of the next chunk
  const unsigned char* x_ = nullptr;
  const unsigned char* w_ = nullptr;
  int x_rows_, w_rows_;  ///< rows from this thread's first to the edge
};

/// The operands of one step of K of a warp's part of the tile, in registers.
template <Tile tile>
struct Fragments {
  static constexpr int kDown = tile.warp_rows / 16;
  static constexpr int kAcross = Tile::kWarpColumns / 8;

  std::uint32_t x[kDown][4];
  std::uint32_t w[kAcross / 2][4];
};

/// Where this lane finds the fragments of its warp.
template <Tile tile>
class FragmentReader {
 public:
  __device__ FragmentReader(int warp_row, int warp_column) {
    const int lane = static_cast<int>(threadIdx.x) % 32;
    const gemm_mma::Chunk x = gemm_mma::x_chunk(lane), w = gemm_mma::w_chunk(lane);
    x_first_ = xor_swizzle::offset_bytes(warp_row + x.row, x.chunk);
    w_first_ = xor_swizzle::offset_bytes(warp_column + w.row, w.chunk);
  }

  __device__ void read(Fragments<tile>& fragments, const Slice<tile>& slice, int step) const {
#pragma unroll
    for (int i = 0; i < Fragments<tile>::kDown; ++i) {
      load_matrices(fragments.x[i], slice.x + gemm_mma::x_offset(x_first_, i, step));
    }
#pragma unroll
    for (int i = 0; i < Fragments<tile>::kAcross / 2; ++i) {
      load_matrices(fragments.w[i], slice.w + gemm_mma::w_offset(w_first_, i, step));
    }
  }

 private:
  int x_first_, w_first_;
};

// ---- the kernel -------------------------------------------------------------------------------

/// A warp's part of a tile of y.
template <typename Math, Tile tile>
class Accumulator {
 public:
  __device__ void clear() {
#pragma unroll
    for (auto& row : sums_) {
#pragma unroll
      for (auto& product : row) {
#pragma unroll
        for (auto& sum : product) sum = 0;
      }
    }
  }

  __device__ void multiply(const Fragments<tile>& fragments) {
#pragma unroll
    for (int i = 0; i < kDown; ++i) {
#pragma unroll
      for (int j = 0; j < kAcross; ++j) {
        const auto& w = fragments.w[j / 2];
        const std::uint32_t column[2] = {w[j % 2 * 2], w[j % 2 * 2 + 1]};
        Math::multiply(sums_[i][j], fragments.x[i], column);
      }
    }
  }

  /// `row` and `column` are the warp's first. A lane holds eight neighbours of every 32 columns.
  __device__ void store(const Operands& operands, int row, int column) const {
    const int lane = static_cast<int>(threadIdx.x) % 32;
    const int first_row = row + lane / 4, first_column = column + lane % 4 * 8;
#pragma unroll
    for (int half = 0; half < 2 * kDown; ++half) {
      const int y_row = first_row + 8 * half;
#pragma unroll
      for (int group = 0; group < kAcross / 4; ++group) {
        const int y_column = first_column + 32 * group;
        if (y_row >= operands.m || y_column >= operands.n) continue;
        typename Math::Sum eight[8];
#pragma unroll
        for (int i = 0; i < 8; ++i) {
          eight[i] = sums_[half / 2][4 * group + i / 2][half % 2 * 2 + i % 2];
        }
        Math::store(operands.y, static_cast<std::int64_t>(y_row) * operands.n + y_column, eight,
                    operands.scale);
      }
    }
  }

 private:
  static constexpr int kDown = Fragments<tile>::kDown;
  static constexpr int kAcross = Fragments<tile>::kAcross;

  typename Math::Sum sums_[kDown][kAcross][4];
};

template <typename Math, int kTile>
__global__ void __launch_bounds__(gemm_mma::kTiles[kTile].threads(),
                                  gemm_mma::kTiles[kTile].resident)
    gemm_mma_kernel(const __grid_constant__ Operands operands) {
#if defined(__CUDA_ARCH__)
  if constexpr (std::is_same_v<Math, Fp8> && kTile != gemm_mma::kSmallestTile &&
                gemm_mma::fp8_is_emulated(__CUDA_ARCH__ / 10)) {
    __trap();  // would spill: plans do not have it
  }
#endif
  constexpr Tile tile = gemm_mma::kTiles[kTile];
  auto& stages = shared_memory<Stages<tile>>();
  const int warp = static_cast<int>(threadIdx.x) / 32;
  const int warp_row = warp / tile.warps_across * tile.warp_rows;
  const int warp_column = warp % tile.warps_across * Tile::kWarpColumns;

  wait_for_previous();
  allow_next();
  SliceCopier<tile> copier(operands);
#pragma unroll
  for (int stage = 0; stage < tile.stages - 1; ++stage) copier.next(stages.slices[stage]);

  const FragmentReader<tile> reader(warp_row, warp_column);
  Fragments<tile> first, second;  // steps of a slice
  static_assert(kSliceBytes == 2 * gemm_mma::kStepBytes);
  copy_async_wait<tile.stages - 2>();
  __syncthreads();
  reader.read(first, stages.slices[0], 0);

  int stage = 0;
  Accumulator<Math, tile> sums;
  const int tiles = operands.schedule.tiles();
  for (int index = static_cast<int>(blockIdx.x); index < tiles;
       index += static_cast<int>(gridDim.x)) {
    sums.clear();
    for (int k = 0; k < operands.k_bytes; k += kSliceBytes) {
      reader.read(second, stages.slices[stage], 1);
      // Over the slice before, which all warps have read.
      copier.next(stages.slices[(stage + tile.stages - 1) % tile.stages]);
      sums.multiply(first);
      stage = (stage + 1) % tile.stages;
      copy_async_wait<tile.stages - 2>();
      __syncthreads();
      reader.read(first, stages.slices[stage], 0);
      sums.multiply(second);
    }
    const TilePosition at = tile_at(operands.schedule, index);
    sums.store(operands, at.row * tile.rows() + warp_row, at.column * tile.columns() + warp_column);
  }
  copy_async_wait<0>();
}

template <typename Math, int kTile>
void launch_tile(Stream stream, const MmaGemm& gemm, const gemm_mma::Plan& plan) {
  constexpr Tile tile = gemm_mma::kTiles[kTile];
  static_assert(sizeof(Stages<tile>) == tile.shared_bytes());
  const Operands operands{.x = static_cast<const unsigned char*>(gemm.x),
                          .w = static_cast<const unsigned char*>(gemm.w),
                          .y = gemm.y,
                          .m = static_cast<int>(gemm.m),
                          .n = static_cast<int>(gemm.n),
                          .k_bytes = static_cast<int>(gemm.k * Math::kBytes),
                          .scale = gemm.scale,
                          .schedule = plan.schedule};
  launch(stream, "gemm_mma", gemm_mma_kernel<Math, kTile>,
         {.blocks = static_cast<unsigned>(plan.blocks),
          .threads = static_cast<unsigned>(tile.threads()),
          .shared_bytes = tile.shared_bytes()},
         operands);
}

template <typename Math>
void launch_type(Stream stream, const MmaGemm& gemm, const gemm_mma::Plan& plan) {
  static_assert(gemm_mma::kTiles.size() == 3);
  if (plan.tile == 0) return launch_tile<Math, 0>(stream, gemm, plan);
  if (plan.tile == 1) return launch_tile<Math, 1>(stream, gemm, plan);
  launch_tile<Math, 2>(stream, gemm, plan);
}

}  // namespace

void launch_gemm_mma(Stream stream, const MmaGemm& gemm, const gemm_mma::Plan& plan) {
  switch (gemm.dtype) {
    case DType::kFp16:
      return launch_type<Fp16>(stream, gemm, plan);
    case DType::kFp8E4m3:
      return launch_type<Fp8>(stream, gemm, plan);
    case DType::kInt8:
      return launch_type<Int8>(stream, gemm, plan);
    case DType::kBf16:
      return launch_type<Bf16>(stream, gemm, plan);
    case DType::kFp32:
    case DType::kTf32:
    case DType::kFp8E5m2:
    case DType::kInt32:
      break;  // `supports` refuses them
  }
}

}  // namespace gpugauge
