// attention_wgmma_sm90a.cu: causal attention of whole prompts to themselves on Hopper's own matrix
// units (wgmma).
//
// Build and try alone:
//   cmake --build build --target try_attention_wgmma_sm90a
//   build/gpugauge run --device cuda:0 --suite full --filter flash_wgmma
//
// Bound: operations over the tensor cores' rate, 4096 a clock and multiprocessor. For 128 queries
// and 128 keys of 128 elements they multiply 2048 clocks, in which the exponential function, 16 a
// clock, takes another 1024: only where one goes on behind the other is half of the large GEMM's
// rate within reach.
//
// - One warpgroup fetches, two multiply, 64 queries each: Shah et al., FlashAttention-3: Fast and
//   Accurate Attention with Asynchrony and Low-precision, 2024. While a warpgroup makes
//   probabilities the other's products go on, and its own too: those of the next keys are begun
//   before the present values', and the maximum and the exponentials of the one are worked out
//   during the other.
// - P stays in registers, as A of the second product; V is read as it lies, N contiguous.
// - Two stages of 128 queries, keys and values are 192 KiB. A block's tiles follow each other
//   through these rings: the next one's first come while the last outputs are stored.
// - The longest tiles come first; heads of one group are neighbours and share the L2's keys.
//
// v1  One buffer of queries, a fixed stride. Predicted 450 TFLOPS at 4K tokens, 530 at 16K.
// v2  Two buffers; odd rounds of tiles go backwards (causal_schedule.hpp): by a model, 132 SMs work
//     97.0% of the time at 2K tokens, 99.9% at 4K (v1 83.2, 89.1%). Predicted 500 TFLOPS on an H100
//     SXM at 4K, 540 at 16K, with 32 heads of 128; not yet measured on a card.

#include <cuda_bf16.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "kernels/cuda/attention/attention_wgmma.hpp"
#include "kernels/cuda/attention/attention_wgmma_softmax.hpp"
#include "kernels/cuda/attention/causal_schedule.hpp"
#include "kernels/cuda/machine/hopper.hpp"
#include "kernels/cuda/machine/launch.hpp"
#include "kernels/cuda/machine/stage_ring.hpp"
#include "kernels/cuda/machine/wgmma_registers.hpp"

namespace gpugauge {
namespace attention_wgmma {
namespace {

constexpr int kWarpgroup = 128;
constexpr int kMultipliers = 2;  // warpgroups
constexpr int kThreads = (1 + kMultipliers) * kWarpgroup;
// Together no more than a block is launched with, which is a multiple of eight a thread: 168, not
// all of the 64 Ki. Who asks for more waits for ever.
constexpr int kFetcherRegisters = 40, kMultiplierRegisters = 232;
static_assert(kFetcherRegisters + kMultipliers * kMultiplierRegisters <=
              (1 + kMultipliers) * (64 * 1024 / kThreads / 8 * 8));

constexpr int kQueries = kMultipliers * 64;
constexpr int kStages = 2;         // of queries, of keys and of values
constexpr int kPanelColumns = 64;  ///< of 128 bytes
constexpr int kPanelBytes = 128 * kSwizzleRowBytes;

template <int HeadDim>
struct Shared {
  static constexpr int kPanels = HeadDim / kPanelColumns;
  static constexpr int kTileBytes = kPanels * kPanelBytes;

  alignas(1024) unsigned char q[kStages][kTileBytes];
  alignas(1024) unsigned char k[kStages][kTileBytes];
  alignas(1024) unsigned char v[kStages][kTileBytes];
  SharedBarrier q_full[kStages], k_full[kStages], v_full[kStages];     ///< the bytes have come
  SharedBarrier q_empty[kStages], k_empty[kStages], v_empty[kStages];  ///< every warp used them
};

/// A problem as the kernel takes it.
struct Problem {
  __nv_bfloat16* out;
  int tokens, heads, kv_heads, prompts;
  float score_scale;  ///< what makes q·k an exponent of 2
};

using Ring = StageRing<kStages>;

/// 128 queries of a head of a prompt.
struct Tile {
  int prompt, head, first_query;

  /// Blocks of keys that they attend to.
  __device__ int key_blocks(int tokens) const {
    return (min(first_query + kQueries, tokens) + kKeys - 1) / kKeys;
  }
};

template <typename Body>
__device__ void for_each_tile(const Problem& problem, Body body) {
  const CausalSchedule schedule{.heads = problem.heads * problem.prompts,
                                .query_blocks = (problem.tokens + kQueries - 1) / kQueries,
                                .blocks = static_cast<int>(gridDim.x)};
  for (int round = 0; round < schedule.rounds(); ++round) {
    const int tile = schedule.tile(round, static_cast<int>(blockIdx.x));
    if (tile >= schedule.tiles()) return;
    const int head = schedule.head_of(tile);
    body(Tile{.prompt = head / problem.heads,
              .head = head % problem.heads,
              .first_query = schedule.query_block_of(tile) * kQueries});
  }
}

/// Fetches 128 rows from `row` on of a head that begins at `column`.
template <int HeadDim>
__device__ void fetch_rows(unsigned char* shared, const TensorMap* map, int column, int row,
                           SharedBarrier* full, std::uint64_t policy) {
  constexpr int kPanels = Shared<HeadDim>::kPanels;
  barrier_arrive_expecting(full, kPanels * kPanelBytes);
#pragma unroll
  for (int panel = 0; panel < kPanels; ++panel) {
    tensor_load(shared + panel * kPanelBytes, map, column + panel * kPanelColumns, row, full,
                policy);
  }
}

/// One thread fetches every tile's operands.
template <int HeadDim>
__device__ void fetch(Shared<HeadDim>& shared, const TensorMap* q, const TensorMap* k,
                      const TensorMap* v, const Problem& problem) {
  const std::uint64_t policy = l2_policy<L2Priority::kNormal>();
  Ring queries, ring;
  for_each_tile(problem, [&](const Tile& tile) {
    const int first_row = tile.prompt * problem.tokens;
    const int kv_column = tile.head / (problem.heads / problem.kv_heads) * HeadDim;
    barrier_wait(&shared.q_empty[queries.stage], queries.parity ^ 1);
    fetch_rows<HeadDim>(shared.q[queries.stage], q, tile.head * HeadDim,
                        first_row + tile.first_query, &shared.q_full[queries.stage], policy);
    queries.advance();
    const int blocks = tile.key_blocks(problem.tokens);
    for (int block = 0; block < blocks; ++block, ring.advance()) {
      const int row = first_row + block * kKeys;
      barrier_wait(&shared.k_empty[ring.stage], ring.parity ^ 1);
      fetch_rows<HeadDim>(shared.k[ring.stage], k, kv_column, row, &shared.k_full[ring.stage],
                          policy);
      barrier_wait(&shared.v_empty[ring.stage], ring.parity ^ 1);
      fetch_rows<HeadDim>(shared.v[ring.stage], v, kv_column, row, &shared.v_full[ring.stage],
                          policy);
    }
  });
}

__device__ inline void release(SharedBarrier* empty) {
  if (threadIdx.x % 32 == 0) barrier_arrive(empty);
}

/// Begins S = Q·K' of 64 queries.
template <int HeadDim>
__device__ void begin_scores(Scores& scores, std::uint64_t q, std::uint64_t k) {
  wgmma_fence();
#pragma unroll
  for (int step = 0; step < HeadDim / 16; ++step) {
    const int bytes =
        step / kWgmmaStepsPerRow * kPanelBytes + step % kWgmmaStepsPerRow * kWgmmaStepBytes;
    wgmma<WgmmaType::kBf16, kKeys>(scores, advance(q, bytes), advance(k, bytes), step > 0);
  }
  wgmma_commit();
}

/// Begins O += P·V.
template <int HeadDim>
__device__ void begin_outputs(float (&out)[HeadDim / 2], const Probabilities& p, std::uint64_t v) {
  wgmma_fence();
#pragma unroll
  for (int step = 0; step < kKeys / 16; ++step) {
    wgmma_registers<HeadDim>(out, p[step], advance(v, step * 16 * kSwizzleRowBytes), true);
  }
  wgmma_commit();
}

template <int HeadDim>
__device__ void scale_outputs(float (&out)[HeadDim / 2], const float (&factor)[2]) {
#pragma unroll
  for (int i = 0; i < HeadDim / 2; ++i) out[i] *= factor[i / 2 % 2];
}

/// Writes a lane's parts of its two rows.
template <int HeadDim>
__device__ void store_outputs(const Problem& problem, const Tile& tile,
                              const float (&out)[HeadDim / 2], const Softmax& softmax) {
#pragma unroll
  for (int half = 0; half < 2; ++half) {
    float sum = softmax.sum[half];
    sum += __shfl_xor_sync(0xFFFFFFFFU, sum, 1);
    sum += __shfl_xor_sync(0xFFFFFFFFU, sum, 2);
    const float scale = 1.0F / sum;
    const int token = softmax.row + 8 * half;
    if (token >= problem.tokens) continue;
    const std::int64_t row =
        (static_cast<std::int64_t>(tile.prompt) * problem.tokens + token) * problem.heads +
        tile.head;
    __nv_bfloat16* const to = problem.out + row * HeadDim + threadIdx.x % 4 * 2;
#pragma unroll
    for (int n = 0; n < HeadDim / 8; ++n) {
      *reinterpret_cast<std::uint32_t*>(to + 8 * n) =
          pack_bf16(out[4 * n + 2 * half] * scale, out[4 * n + 2 * half + 1] * scale);
    }
  }
}

/// One warpgroup's 64 queries of every tile.
template <int HeadDim>
__device__ void multiply(Shared<HeadDim>& shared, const Problem& problem, int multiplier) {
  const auto keys = [&](int stage) { return wgmma_descriptor(shared_address(shared.k[stage])); };
  const auto values = [&](int stage) {
    return wgmma_descriptor_of_rows(shared_address(shared.v[stage]), kPanelBytes);
  };
  const int thread = static_cast<int>(threadIdx.x) % kWarpgroup;
  const int row = multiplier * 64 + thread / 32 * 16 + thread % 32 / 4;
  Ring queries, ring;
  for_each_tile(problem, [&](const Tile& tile) {
    const std::uint64_t q = wgmma_descriptor(shared_address(shared.q[queries.stage]) +
                                             multiplier * 64 * kSwizzleRowBytes);
    Softmax softmax{.scale = problem.score_scale, .row = tile.first_query + row};
    float out[HeadDim / 2], before[2];
    Scores scores;
    Probabilities p;
#pragma unroll
    for (float& element : out) element = 0.0F;
    const int blocks = tile.key_blocks(problem.tokens);
    const auto mask = [&](int block) {  // only the last block has keys after a query
      if (block == blocks - 1) softmax.mask(scores, block * kKeys);
    };
    // After the probabilities, not when the keys are needed: the compiler moves the wait for the
    // outputs that comes next up to here, but not past a loop.
    const auto await_keys_after = [&](int block) {
      Ring next = ring;
      next.advance();
      if (block + 1 < blocks) barrier_wait(&shared.k_full[next.stage], next.parity);
    };

    barrier_wait(&shared.q_full[queries.stage], queries.parity);
    barrier_wait(&shared.k_full[ring.stage], ring.parity);
    begin_scores<HeadDim>(scores, q, keys(ring.stage));
    wgmma_wait<0>();
    wgmma_pin(scores);
    release(&shared.k_empty[ring.stage]);
    mask(0);
    softmax.exponentiate(scores, before);
    await_keys_after(0);
    round_scores(p, scores);
    for (int block = 1; block < blocks; ++block) {
      const Ring last = ring;
      ring.advance();
      begin_scores<HeadDim>(scores, q, keys(ring.stage));
      barrier_wait(&shared.v_full[last.stage], last.parity);
      begin_outputs<HeadDim>(out, p, values(last.stage));
      wgmma_wait<1>();
      wgmma_pin(scores);
      release(&shared.k_empty[ring.stage]);
      mask(block);
      softmax.exponentiate(scores, before);
      wgmma_pin(scores);
      await_keys_after(block);
      wgmma_wait<0>();
      wgmma_pin(out);
      release(&shared.v_empty[last.stage]);
      scale_outputs<HeadDim>(out, before);
      round_scores(p, scores);
    }
    release(&shared.q_empty[queries.stage]);
    queries.advance();
    barrier_wait(&shared.v_full[ring.stage], ring.parity);
    begin_outputs<HeadDim>(out, p, values(ring.stage));
    wgmma_wait<0>();
    wgmma_pin(out);
    release(&shared.v_empty[ring.stage]);
    ring.advance();
    store_outputs<HeadDim>(problem, tile, out, softmax);
  });
}

template <int HeadDim>
__global__ void __launch_bounds__(kThreads, 1)
    kernel(const __grid_constant__ TensorMap q, const __grid_constant__ TensorMap k,
           const __grid_constant__ TensorMap v, const Problem problem) {
  auto& shared = shared_memory<Shared<HeadDim>>();
  if (threadIdx.x == 0) {
    tensor_map_prefetch(&q);
    tensor_map_prefetch(&k);
    tensor_map_prefetch(&v);
    constexpr unsigned kWarps = kMultipliers * kWarpgroup / 32;
    for (int stage = 0; stage < kStages; ++stage) {
      barrier_init(&shared.q_full[stage], 1);
      barrier_init(&shared.q_empty[stage], kWarps);
      barrier_init(&shared.k_full[stage], 1);
      barrier_init(&shared.v_full[stage], 1);
      barrier_init(&shared.k_empty[stage], kWarps);
      barrier_init(&shared.v_empty[stage], kWarps);
    }
    barrier_init_fence();
  }
  __syncthreads();
  allow_next();
  wait_for_previous();

  // The same in every lane of a warp, and known to be: descriptors belong into uniform registers.
  const int warpgroup = __shfl_sync(0xFFFFFFFFU, static_cast<int>(threadIdx.x) / kWarpgroup, 0);
  if (warpgroup == 0) {
    give_registers<kFetcherRegisters>();
    if (threadIdx.x == 0) fetch<HeadDim>(shared, &q, &k, &v, problem);
    __syncwarp();
  } else {
    take_registers<kMultiplierRegisters>();
    multiply<HeadDim>(shared, problem, warpgroup - 1);
  }
}

}  // namespace
}  // namespace attention_wgmma

AttentionPrefillMaps attention_prefill_maps(const AttentionPrefill& op,
                                            const AttentionPrefillArrays& arrays) {
  const auto map = [&](const void* data, std::int64_t heads) {
    return make_tensor_map(data, {.dtype = op.dtype,
                                  .rows = op.batch * op.tokens,
                                  .columns = heads * op.head_dim,
                                  .box_rows = 128,
                                  .box_columns = attention_wgmma::kPanelColumns});
  };
  return {.q = map(arrays.q, op.heads),
          .k = map(arrays.k, op.kv_heads),
          .v = map(arrays.v, op.kv_heads)};
}

void launch_attention_wgmma(Stream stream, const AttentionPrefill& op,
                            const AttentionPrefillMaps& maps, void* out, int multiprocessors) {
  using namespace attention_wgmma;
  const double log2_e = 1.4426950408889634;
  const Problem problem{
      .out = static_cast<__nv_bfloat16*>(out),
      .tokens = static_cast<int>(op.tokens),
      .heads = static_cast<int>(op.heads),
      .kv_heads = static_cast<int>(op.kv_heads),
      .prompts = static_cast<int>(op.batch),
      .score_scale = static_cast<float>(log2_e / std::sqrt(static_cast<double>(op.head_dim)))};
  const std::int64_t tiles = op.batch * op.heads * ((op.tokens + kQueries - 1) / kQueries);
  const auto blocks = static_cast<unsigned>(std::min<std::int64_t>(tiles, multiprocessors));
  const auto launch_dim = [&]<int HeadDim>() {
    launch(stream, "attention_wgmma", kernel<HeadDim>,
           {.blocks = blocks, .threads = kThreads, .shared_bytes = sizeof(Shared<HeadDim>)}, maps.q,
           maps.k, maps.v, problem);
  };
  op.head_dim == 64 ? launch_dim.template operator()<64>() : launch_dim.template operator()<128>();
}

}  // namespace gpugauge
