// gemm_wgmma_sm90a.cu: y[m,n] = x[m,k] · w[n,k]ᵀ on Hopper's own matrix units (wgmma), for large m:
// BF16, FP16, and FP8 with fast or with promoted accumulation.
//
// Build and try alone:
//   cmake --build build --target try_gemm_wgmma_sm90a
//   build/gpugauge run --device cuda:0 --suite datasheet --filter /wgmma/
//
// Bound: 2·m·n·k / (multiprocessors · 4096 · clock), twice that rate for FP8. At full load an H100
// SXM lowers its clock to stay within its power, so the bound is to be taken at the clock measured.
//
// Of a block, one warpgroup fetches and two multiply, 64 rows (or 64 rows of half of the columns)
// each. A stage holds 128 bytes of K of every row of the tile, in both operands. For a tile of
// 128×256 it is 48 KiB, which the matrix units take 1024 clocks to multiply: 48 bytes a clock and
// multiprocessor are more than the L2 gives all of them, so two blocks one above the other share
// their part of w, each fetching half of it for both, which leaves 32.
//
// v1  Persistent grid, one block a multiprocessor; bands of tiles (tile_schedule.hpp); a ring of 4
//     to 8 stages of 128-byte swizzled rows, fetched by the copy engine; clusters of two;
//     registers moved from the fetching warpgroup to the multiplying ones. A tile leaves through
//     32 KiB of shared memory in 64×64 parts, stored by the copy engine while the next part is
//     written and the next tile's operands already come. For promoted sums 128 columns are
//     multiplied at a time, so that the short sums (64 registers) and those in fp32 (128) fit
//     together; while one warpgroup adds, the other one multiplies. In machine code: HGMMA and
//     QGMMA of 64 rows and up to 256 columns, four back to back, and no local memory.
//     Predicted for 8192³ on an H100 SXM: 4% less than the matrix units' rate at the clock that
//     the power allows, 3% for the last of 16 rounds of tiles, which is half empty, and 1% for the
//     ends of tiles: about 800 TFLOP/s in BF16, 1450 in FP8. Not yet measured on a card.

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include "kernels/cuda/gemm/gemm_wgmma.hpp"
#include "kernels/cuda/machine/hopper.hpp"
#include "kernels/cuda/machine/launch.hpp"
#include "kernels/cuda/machine/shared_layout.hpp"
#include "kernels/cuda/machine/stage_ring.hpp"
#include "kernels/cuda/machine/wgmma.hpp"

namespace gpugauge::gemm_wgmma {
namespace {

constexpr int kWarpgroup = 128;
constexpr int kMultipliers = 2;  // warpgroups
constexpr int kThreads = (1 + kMultipliers) * kWarpgroup;
// Together at most 64 Ki registers; a multiple of eight each.
constexpr int kFetcherRegisters = 40, kMultiplierRegisters = 232;

/// What leaves through shared memory at once: 64 rows of 128 bytes.
constexpr int kPartRows = 64, kPartColumns = 64;
constexpr int kPartBytes = kPartRows * kSwizzleRowBytes;

/// Shared memory of a block, and what the results and, aligned, the barriers leave of it.
constexpr int kSharedBytes = 227 * 1024;
constexpr int kStagesBytes = kSharedBytes - kMultipliers * 2 * kPartBytes - 1024;

template <WgmmaType type_, bool promoted_, int m, int n>
struct KernelOf {
  static constexpr WgmmaType type = type_;
  static constexpr bool promoted = promoted_;
  static constexpr int kM = m, kN = n;
  static constexpr int kElementBytes = type == WgmmaType::kFp8E4m3 ? 1 : 2;
  static constexpr int kStageK = kStageRowBytes / kElementBytes;

  /// Multiplying warpgroups stand one above the other, or side by side in a tile of 64 rows.
  static constexpr int kWarpgroupN = m == 128 ? n : n / kMultipliers;
  /// The columns of one instruction.
  static constexpr int kInstructionN = promoted && kWarpgroupN > 128 ? 128 : kWarpgroupN;

  struct Stage {
    unsigned char x[kM * kStageRowBytes];
    unsigned char w[kN * kStageRowBytes];
  };
  static constexpr int kStages = kStagesBytes / static_cast<int>(sizeof(Stage));

  struct Shared {
    alignas(1024) Stage stages[kStages];
    alignas(1024) unsigned char parts[kMultipliers][2][kPartBytes];
    SharedBarrier full[kStages];   ///< a stage's bytes have come
    SharedBarrier empty[kStages];  ///< every warp that reads it, or its copy, has done so
  };
  static_assert(sizeof(Shared) <= kSharedBytes);
};

/// The tiles of one block: their positions in units of tiles.
template <typename Body>
__device__ void for_each_tile(const TileSchedule& schedule, unsigned cluster, Body body) {
  const int clusters = static_cast<int>(gridDim.x / cluster);
  for (int index = static_cast<int>(blockIdx.x / cluster); index < schedule.tiles();
       index += clusters) {
    const TilePosition pair = tile_at(schedule, index);
    body(TilePosition{pair.row * static_cast<int>(cluster) + static_cast<int>(cluster_rank()),
                      pair.column});
  }
}

/// One thread of each block fetches every stage of every tile.
template <typename Kernel>
__device__ void fetch(typename Kernel::Shared& shared, const TensorMap* x, const TensorMap* w,
                      const TileSchedule& schedule, int k_stages, unsigned cluster) {
  const std::uint64_t policy = l2_policy<L2Priority::kNormal>();
  const int w_rows = Kernel::kN / static_cast<int>(cluster);
  const int w_first = static_cast<int>(cluster_rank()) * w_rows;
  const auto every_block = static_cast<std::uint16_t>((1U << cluster) - 1);
  StageRing<Kernel::kStages> ring;
  for_each_tile(schedule, cluster, [&](TilePosition tile) {
    for (int i = 0; i < k_stages; ++i, ring.advance()) {
      auto& stage = shared.stages[ring.stage];
      SharedBarrier* full = &shared.full[ring.stage];
      barrier_wait(&shared.empty[ring.stage], ring.parity ^ 1);
      barrier_arrive_expecting(full, sizeof(stage));
      const int k = i * Kernel::kStageK;
      tensor_load(stage.x, x, k, tile.row * Kernel::kM, full, policy);
      unsigned char* const part = stage.w + w_first * kStageRowBytes;
      const int row = tile.column * Kernel::kN + w_first;
      if (cluster == 1) {
        tensor_load(part, w, k, row, full, policy);
      } else {
        tensor_load_multicast(part, w, k, row, full, every_block, policy);
      }
    }
  });
}

/// A warp has done with a stage: tells every block whose fetcher writes it.
template <typename Shared>
__device__ void release(Shared& shared, int stage, unsigned cluster) {
  const unsigned lane = threadIdx.x % 32;
  if (lane < cluster) barrier_arrive_in(&shared.empty[stage], lane);
}

/// Begins to multiply a stage: kInstructionN columns from `w` on.
template <typename Kernel>
__device__ void multiply_stage(float (&sums)[Kernel::kInstructionN / 2], std::uint64_t x,
                               std::uint64_t w, bool accumulate) {
  wgmma_fence();
#pragma unroll
  for (int step = 0; step < kWgmmaStepsPerRow; ++step) {
    wgmma<Kernel::type, Kernel::kInstructionN>(sums, advance(x, step * kWgmmaStepBytes),
                                               advance(w, step * kWgmmaStepBytes),
                                               accumulate || step > 0);
  }
  wgmma_commit();
}

/// A warpgroup's part of a tile. `x_offset` and `w_offset` say where in a stage its operands begin.
template <typename Kernel>
__device__ void multiply_tile(float (&sums)[Kernel::kWarpgroupN / 2],
                              typename Kernel::Shared& shared, StageRing<Kernel::kStages>& ring,
                              int x_offset, int w_offset, int k_stages, unsigned cluster) {
  const auto x_of = [&](int stage) {
    return wgmma_descriptor(shared_address(shared.stages[stage].x) + x_offset);
  };
  const auto w_of = [&](int stage) {
    return wgmma_descriptor(shared_address(shared.stages[stage].w) + w_offset);
  };
  if constexpr (Kernel::promoted) {
    constexpr int kRegisters = Kernel::kInstructionN / 2;
    constexpr int kParts = Kernel::kWarpgroupN / Kernel::kInstructionN;
#pragma unroll
    for (float& sum : sums) sum = 0;
    for (int i = 0; i < k_stages; ++i, ring.advance()) {
      barrier_wait(&shared.full[ring.stage], ring.parity);
#pragma unroll
      for (int part = 0; part < kParts; ++part) {
        float short_sums[kRegisters];
        multiply_stage<Kernel>(
            short_sums, x_of(ring.stage),
            advance(w_of(ring.stage), part * Kernel::kInstructionN * kStageRowBytes), false);
        wgmma_wait<0>();
        wgmma_pin(short_sums);
        if (part == kParts - 1) release(shared, ring.stage, cluster);
#pragma unroll
        for (int r = 0; r < kRegisters; ++r) sums[part * kRegisters + r] += short_sums[r];
      }
    }
  } else {
    int previous = 0;
    for (int i = 0; i < k_stages; ++i, ring.advance()) {
      barrier_wait(&shared.full[ring.stage], ring.parity);
      multiply_stage<Kernel>(sums, x_of(ring.stage), w_of(ring.stage), i > 0);
      if (i > 0) {  // the matrix units go on with this stage while the last one is given back
        wgmma_wait<1>();
        release(shared, previous, cluster);
      }
      previous = ring.stage;
    }
    wgmma_wait<0>();
    wgmma_pin(sums);
    release(shared, previous, cluster);
  }
}

template <typename Kernel>
__device__ void store_pair(void* words, float low, float high) {
  if constexpr (Kernel::type == WgmmaType::kFp16) {
    *static_cast<__half2*>(words) = __floats2half2_rn(low, high);
  } else {
    *static_cast<__nv_bfloat162*>(words) = __floats2bfloat162_rn(low, high);
  }
}

/// Writes a warpgroup's sums, in parts of 64 columns that take turns with two places in shared
/// memory. The eight rows and four words that a warp writes at once lie on 32 different banks.
template <typename Kernel>
__device__ void store_tile(const float (&sums)[Kernel::kWarpgroupN / 2],
                           unsigned char (&places)[2][kPartBytes], int& turn, const TensorMap* y,
                           int row, int column, float scale, int barrier) {
  const int thread = static_cast<int>(threadIdx.x) % kWarpgroup;
  const int written_row = thread / 32 * 16 + thread % 32 / 4;
  const int written_byte = thread % 4 * 4;
  const auto scaled = [scale](float sum) {  // 16-bit operands stand for themselves
    return Kernel::type == WgmmaType::kFp8E4m3 ? scale * sum : sum;
  };
#pragma unroll
  for (int part = 0; part < Kernel::kWarpgroupN / kPartColumns; ++part) {
    unsigned char* const place = places[turn];
    turn ^= 1;
    if (thread == 0) bulk_wait_read<1>();  // the copy engine has read what was here before
    sync_named(barrier, kWarpgroup);
#pragma unroll
    for (int i = 0; i < kPartColumns / 8; ++i) {
      const float* const d = &sums[part * kPartColumns / 2 + i * 4];
#pragma unroll
      for (int half = 0; half < 2; ++half) {
        store_pair<Kernel>(place + swizzled_offset(written_row + half * 8, i * 16 + written_byte),
                           scaled(d[half * 2]), scaled(d[half * 2 + 1]));
      }
    }
    fence_async_shared();
    sync_named(barrier, kWarpgroup);
    if (thread == 0) {
      tensor_store(y, place, column + part * kPartColumns, row);
      bulk_commit();
    }
  }
}

/// Two warpgroups multiply what has come.
template <typename Kernel>
__device__ void multiply(typename Kernel::Shared& shared, const TensorMap* y,
                         const TileSchedule& schedule, int k_stages, unsigned cluster, float scale,
                         int multiplier) {
  const int row = Kernel::kM == 128 ? multiplier * 64 : 0;
  const int column = Kernel::kM == 128 ? 0 : multiplier * Kernel::kWarpgroupN;
  StageRing<Kernel::kStages> ring;
  int turn = 0;
  float sums[Kernel::kWarpgroupN / 2];
  for_each_tile(schedule, cluster, [&](TilePosition tile) {
    multiply_tile<Kernel>(sums, shared, ring, row * kStageRowBytes, column * kStageRowBytes,
                          k_stages, cluster);
    store_tile<Kernel>(sums, shared.parts[multiplier], turn, y, tile.row * Kernel::kM + row,
                       tile.column * Kernel::kN + column, scale, 1 + multiplier);
  });
  if (threadIdx.x % kWarpgroup == 0) bulk_wait<0>();
}

template <typename Kernel>
__global__ void __launch_bounds__(kThreads, 1)
    gemm_kernel(const __grid_constant__ TensorMap x, const __grid_constant__ TensorMap w,
                const __grid_constant__ TensorMap y, TileSchedule schedule, int k_stages,
                unsigned cluster, float scale) {
  auto& shared = shared_memory<typename Kernel::Shared>();
  if (threadIdx.x == 0) {
    tensor_map_prefetch(&x);
    tensor_map_prefetch(&w);
    tensor_map_prefetch(&y);
    for (int stage = 0; stage < Kernel::kStages; ++stage) {
      barrier_init(&shared.full[stage], 1);
      barrier_init(&shared.empty[stage], kMultipliers * kWarpgroup / 32 * cluster);
    }
    barrier_init_fence();
  }
  cluster_meet();
  allow_next();
  wait_for_previous();

  // The same in every lane of a warp, and known to be: descriptors belong into uniform registers.
  const int warpgroup = __shfl_sync(0xFFFFFFFFU, static_cast<int>(threadIdx.x) / kWarpgroup, 0);
  if (warpgroup == 0) {
    give_registers<kFetcherRegisters>();
    if (threadIdx.x == 0) fetch<Kernel>(shared, &x, &w, schedule, k_stages, cluster);
    __syncwarp();
  } else {
    take_registers<kMultiplierRegisters>();
    multiply<Kernel>(shared, &y, schedule, k_stages, cluster, scale, warpgroup - 1);
  }
  cluster_sync();  // no block may end while another one still writes to its barriers
}

template <WgmmaType type, bool promoted, int m, int n>
void launch_kernel(Stream stream, const Plan& plan, const TensorMaps& maps, float scale) {
  using Kernel = KernelOf<type, promoted, m, n>;
  gpugauge::launch(stream, "wgmma GEMM", gemm_kernel<Kernel>,
                   {.blocks = static_cast<unsigned>(plan.blocks),
                    .threads = kThreads,
                    .shared_bytes = sizeof(typename Kernel::Shared),
                    .cluster = static_cast<unsigned>(plan.cluster)},
                   maps.x, maps.w, maps.y, plan.schedule, plan.k_stages,
                   static_cast<unsigned>(plan.cluster), scale);
}

template <WgmmaType type, bool promoted>
void launch_tile(Stream stream, const Plan& plan, const TensorMaps& maps, float scale) {
  if (plan.tile == kTiles[0]) {
    launch_kernel<type, promoted, kTiles[0].m, kTiles[0].n>(stream, plan, maps, scale);
  } else if (plan.tile == kTiles[1]) {
    launch_kernel<type, promoted, kTiles[1].m, kTiles[1].n>(stream, plan, maps, scale);
  } else if (plan.tile == kTiles[2]) {
    launch_kernel<type, promoted, kTiles[2].m, kTiles[2].n>(stream, plan, maps, scale);
  } else {
    launch_kernel<type, promoted, kTiles[3].m, kTiles[3].n>(stream, plan, maps, scale);
  }
}

}  // namespace

TensorMaps tensor_maps(const Gemm& op, const Plan& plan, const void* x, const void* w, void* y) {
  const int stage_k = kStageRowBytes / static_cast<int>(size_bytes(op.activations));
  return {.x = make_tensor_map(x, {.dtype = op.activations,
                                   .rows = op.m,
                                   .columns = op.k,
                                   .box_rows = plan.tile.m,
                                   .box_columns = stage_k}),
          .w = make_tensor_map(w, {.dtype = op.weights,
                                   .rows = op.n,
                                   .columns = op.k,
                                   .box_rows = plan.tile.n / plan.cluster,
                                   .box_columns = stage_k}),
          .y = make_tensor_map(y, {.dtype = op.output,
                                   .rows = op.m,
                                   .columns = op.n,
                                   .box_rows = kPartRows,
                                   .box_columns = kPartColumns})};
}

void launch(Stream stream, DType operands, Accumulation accumulation, const Plan& plan,
            const TensorMaps& maps, float scale) {
  if (operands == DType::kBf16) {
    launch_tile<WgmmaType::kBf16, false>(stream, plan, maps, scale);
  } else if (operands == DType::kFp16) {
    launch_tile<WgmmaType::kFp16, false>(stream, plan, maps, scale);
  } else if (accumulation == Accumulation::kFast) {
    launch_tile<WgmmaType::kFp8E4m3, false>(stream, plan, maps, scale);
  } else {
    launch_tile<WgmmaType::kFp8E4m3, true>(stream, plan, maps, scale);
  }
}

}  // namespace gpugauge::gemm_wgmma
