// attention_decode.cu: one query token a sequence against a paged cache of keys and values.
//
// Build and try alone:
//   cmake --build build --target try_attention_decode
//   build/gpugauge run --device cuda:0 --filter paged
//
// Bound: the bytes of K and V over the measured read bandwidth. An H100's SM gets 14.5 of them a
// clock: 8 KiB in 565, in which its schedulers issue 2260 instructions, and the loop below has 315
// (FP8: 640) for them. What counts is only that loads are always under way.
//
// - The queries of a group go together, so that K and V are read once. They are the 8 columns of
//   m16n8k16 (two such where there are more than 8), tokens or elements of V the 16 rows: the
//   transposed problem, S' = K·Q' and O' = V'·P', because groups are small.
// - A dot product does not care in which order its elements come. A lane loads 16 neighbouring
//   bytes of two keys and multiplies them as they are: Q's fragments were made for the same order.
//   For V, a lane loads the same elements of four tokens and pairs them, token by token. So neither
//   needs shared memory, and everything a warp knows is in its registers: no barriers between
//   warps.
// - S' and O' have their queries in the same lanes, and P between them is turned by movmatrix.
// - A warp's tile is 4 KiB of keys and 4 KiB of values, 64 registers a lane: the next keys are
//   loaded when the present ones have been multiplied, the next values likewise. 12 warps an SM
//   keep 48 to 96 KiB under way, where Little's law asks for 20 at 0.8 µs.
// - Warps take every fourth tile of their block's part of the work (attention_split.hpp) and add up
//   in shared memory. Blocks that share a unit add up through the workspace, the last one to finish
//   in the order of the tokens, whichever it is: the same result every time.
//
// v1  FP8 converted to FP16 in registers, P rounded to the type of the products. The next loads
//     were issued `if (more)`: on sm_90a ptxas 13.0 copied their registers right behind them, so
//     that a warp waited for them at once, in all eight instantiations; on sm_100 too.
// v2  The last tile is peeled: loads in the loop are unconditional, and `__syncwarp` behind the
//     keys' keeps ptxas from sinking them to the end of the loop. Rows pass through shared memory
//     and chunks are numbered with 32 bits: with shuffles and pointers the peeled loop spilled.
//     Machine code (nvcc 13.0), fewest instructions from a load in the loop to its first use, from
//     the worst to the best instantiation, v1 and v2; neither spills:
//       sm_90a  9…15, 62…368;  sm_100  6…12, 40…291;  sm_89  110…302, 100…395
//     Predicted 85 to 90% of the measured read bandwidth where K and V are 64 MB and more; not yet
//     measured on a card.

#include <cmath>

#include "kernels/cuda/attention/attention_decode.hpp"
#include "kernels/cuda/attention/attention_decode_warp.hpp"
#include "kernels/cuda/machine/launch.hpp"

namespace gpugauge {
namespace attention_decode {
namespace {

constexpr int kThreads = kWarps * 32;
constexpr int kMaxGroup = 2 * kQueryTile;
/// Of keys: 2^32 of the smallest chunks that `Warp` numbers.
constexpr std::int64_t kMostCacheBytes = std::int64_t{8} << 32;

template <int Count>
struct alignas(Count * 4) Vector {
  float values[Count];
};

/// Puts parts of one query's attention together, one warp: a lane has `Count` elements. `part(i)`
/// gives the statistics of part i, `values(i)` the lane's elements of it.
template <int Count, typename Part, typename Values>
__device__ float2 merge(int parts, Part part, Values values, Vector<Count>& merged) {
  const int lane = static_cast<int>(threadIdx.x) % 32;
  float max = -INFINITY;
  for (int i = lane; i < parts; i += 32) max = fmaxf(max, part(i).x);
#pragma unroll
  for (int distance = 1; distance < 32; distance *= 2) {
    max = fmaxf(max, __shfl_xor_sync(kAllLanes, max, distance));
  }
  float sum = 0.0F;
  merged = {};
  for (int base = 0; base < parts; base += 32) {
    float weight = 0.0F;
    if (base + lane < parts) {
      const float2 statistics = part(base + lane);
      weight = exp2_fast(statistics.x - max);
      sum += weight * statistics.y;
    }
    const int count = parts - base < 32 ? parts - base : 32;
#pragma unroll 8
    for (int i = 0; i < count; ++i) {
      const Vector<Count> vector = values(base + i);
      const float scale = __shfl_sync(kAllLanes, weight, i);
#pragma unroll
      for (int j = 0; j < Count; ++j) merged.values[j] += scale * vector.values[j];
    }
  }
#pragma unroll
  for (int distance = 1; distance < 32; distance *= 2) {
    sum += __shfl_xor_sync(kAllLanes, sum, distance);
  }
  return {max, sum};
}

template <typename Cache, int HeadDim, int QueryTiles>
struct Shared {
  using S = Shape<Cache, HeadDim, QueryTiles>;
  float out[kWarps][S::kQueries][HeadDim];
  float2 statistics[kWarps][S::kQueries];
  unsigned rows[kWarps][S::kTileTokens];
  bool is_last;
};

/// A lane's elements of the result, divided by the sum of the probabilities.
template <int Count>
__device__ void store_result(__nv_bfloat16* out, const Vector<Count>& vector, float scale) {
  std::uint32_t packed[Count / 2];
#pragma unroll
  for (int i = 0; i < Count / 2; ++i) {
    packed[i] = Bf16Cache::pack(vector.values[2 * i] * scale, vector.values[2 * i + 1] * scale);
  }
  if constexpr (Count == 4) {
    *reinterpret_cast<uint2*>(out) = {packed[0], packed[1]};
  } else {
    *reinterpret_cast<std::uint32_t*>(out) = packed[0];
  }
}

template <typename Cache, int HeadDim, int QueryTiles>
__global__ void __launch_bounds__(kThreads, QueryTiles == 1 ? 3 : 2) kernel(const Problem problem) {
  constexpr int kPerLane = HeadDim / 32;
  using LaneVector = Vector<kPerLane>;
  auto& shared = shared_memory<Shared<Cache, HeadDim, QueryTiles>>();
  const AttentionSplit& split = problem.split;
  const int block = static_cast<int>(blockIdx.x);
  const int warp = static_cast<int>(threadIdx.x) / 32, lane = static_cast<int>(threadIdx.x) % 32;
  const int end = split.first_tile(block + 1);
  allow_next();
  wait_for_previous();

  for (int tile = split.first_tile(block); tile < end;) {
    const int unit = tile / split.tiles_per_unit;
    const int unit_begin = split.unit_begin(unit);
    const int unit_end = split.unit_begin(unit + 1);
    const int part_end = end < unit_end ? end : unit_end;
    {
      Warp<Cache, HeadDim, QueryTiles> part(problem, unit, shared.rows[warp]);
      part.attend(tile - unit_begin + warp, part_end - unit_begin);
      part.store(shared.out[warp], shared.statistics[warp]);
    }
    __syncthreads();

    const int first = split.first_block(unit), last = split.last_block(unit);
    const auto result = [&](int query) {
      return problem.out + (static_cast<std::int64_t>(unit) * problem.group + query) * HeadDim +
             lane * kPerLane;
    };
    const auto partial_row = [&](int contributor, int query) {
      return static_cast<std::int64_t>(split.partial_of(contributor, first)) * problem.group +
             query;
    };
    const auto partial = [&](int contributor, int query) {
      return reinterpret_cast<LaneVector*>(problem.partials +
                                           partial_row(contributor, query) * HeadDim) +
             lane;
    };

    for (int query = warp; query < problem.group; query += kWarps) {
      LaneVector merged;
      const float2 statistics = merge(
          kWarps, [&](int i) { return shared.statistics[i][query]; },
          [&](int i) { return reinterpret_cast<const LaneVector*>(shared.out[i][query])[lane]; },
          merged);
      if (first == last) {
        store_result(result(query), merged, problem.v_scale / statistics.y);
      } else {
        *partial(block, query) = merged;
        if (lane == 0) problem.statistics[partial_row(block, query)] = statistics;
      }
    }
    __syncthreads();

    if (first != last) {
      if (threadIdx.x == 0) {
        const unsigned before = count_arrival(problem.arrivals + unit);
        shared.is_last = before == static_cast<unsigned>(last - first);
        if (shared.is_last) problem.arrivals[unit] = 0;
      }
      __syncthreads();
      if (shared.is_last) {
        for (int query = warp; query < problem.group; query += kWarps) {
          LaneVector merged;
          const float2 statistics = merge(
              last - first + 1,
              [&](int i) { return problem.statistics[partial_row(first + i, query)]; },
              [&](int i) { return *partial(first + i, query); }, merged);
          store_result(result(query), merged, problem.v_scale / statistics.y);
        }
      }
    }
    tile = part_end;
  }
}

/// Calls `body.template operator()<Cache, HeadDim, QueryTiles>()` with what the op asks for.
template <typename Body>
auto with_shape(const AttentionDecode& op, Body body) {
  const bool is_wide = op.heads / op.kv_heads > kQueryTile;
  const auto with_cache = [&]<typename Cache>() {
    if (op.head_dim == 64) {
      return is_wide ? body.template operator()<Cache, 64, 2>()
                     : body.template operator()<Cache, 64, 1>();
    }
    return is_wide ? body.template operator()<Cache, 128, 2>()
                   : body.template operator()<Cache, 128, 1>();
  };
  return op.kv == DType::kFp8E4m3 ? with_cache.template operator()<Fp8Cache>()
                                  : with_cache.template operator()<Bf16Cache>();
}

AttentionSplit split_of(const AttentionDecode& op, int resident_blocks) {
  const auto tile_tokens = kTileBytes / (op.head_dim * size_bytes(op.kv));
  return split_attention(static_cast<int>(op.batch * op.kv_heads),
                         static_cast<int>((op.context + tile_tokens - 1) / tile_tokens),
                         resident_blocks, kWarps);
}

/// The workspace: arrivals, then statistics, then partials.
struct Workspace {
  std::int64_t arrivals_bytes, statistics_bytes, partials_bytes;

  Workspace(const AttentionDecode& op, const AttentionSplit& split) {
    const std::int64_t rows = split.partials() * (op.heads / op.kv_heads);
    arrivals_bytes = (split.units + 3) / 4 * 16;
    statistics_bytes = (rows + 1) / 2 * 16;
    partials_bytes = rows * op.head_dim * 4;
  }
};

}  // namespace
}  // namespace attention_decode

using attention_decode::split_of;
using attention_decode::with_shape;

const char* attention_decode_unsupported(const AttentionDecode& op) {
  if (op.kv != DType::kBf16 && op.kv != DType::kFp8E4m3) {
    return "only bf16 and fp8_e4m3 keys and values are supported";
  }
  if (op.head_dim != 64 && op.head_dim != 128) return "only head_dim 64 and 128 are supported";
  if (op.kv_heads < 1 || op.heads % op.kv_heads != 0) {
    return "heads must be a multiple of kv_heads";
  }
  if (op.heads / op.kv_heads > attention_decode::kMaxGroup) {
    return "more than 16 query heads per KV head";
  }
  if (op.page_tokens < 1 || (op.page_tokens & (op.page_tokens - 1)) != 0) {
    return "page_tokens must be a power of two";
  }
  const std::int64_t pages = (op.context + op.page_tokens - 1) / op.page_tokens;
  if (op.batch * pages * op.page_tokens * op.kv_heads * op.head_dim * size_bytes(op.kv) >
      attention_decode::kMostCacheBytes) {
    return "more than 32 GiB of keys";
  }
  return nullptr;
}

int attention_decode_blocks(const AttentionDecode& op, int multiprocessors) {
  using namespace attention_decode;
  const int resident = with_shape(op, [&]<typename Cache, int HeadDim, int QueryTiles>() {
    return resident_blocks(kernel<Cache, HeadDim, QueryTiles>, kThreads,
                           sizeof(Shared<Cache, HeadDim, QueryTiles>));
  });
  return split_of(op, resident * multiprocessors).blocks;
}

std::int64_t attention_decode_workspace_bytes(const AttentionDecode& op, int blocks) {
  const attention_decode::Workspace workspace(op, split_of(op, blocks));
  return workspace.arrivals_bytes + workspace.statistics_bytes + workspace.partials_bytes;
}

void launch_attention_decode(Stream stream, const AttentionDecode& op,
                             const AttentionDecodeArrays& arrays, int blocks) {
  using namespace attention_decode;
  const AttentionSplit split = split_of(op, blocks);
  const Workspace workspace(op, split);
  auto* const arrivals = static_cast<unsigned char*>(arrays.workspace);
  auto* const statistics = arrivals + workspace.arrivals_bytes;
  auto* const partials = statistics + workspace.statistics_bytes;
  const double log2_e = 1.4426950408889634;
  const Problem problem{.q = static_cast<const __nv_bfloat16*>(arrays.q),
                        .q_stride = arrays.q_stride,
                        .k = static_cast<const unsigned char*>(arrays.k_cache),
                        .v = static_cast<const unsigned char*>(arrays.v_cache),
                        .page_table = arrays.page_table,
                        .out = static_cast<__nv_bfloat16*>(arrays.out),
                        .arrivals = reinterpret_cast<unsigned*>(arrivals),
                        .statistics = reinterpret_cast<float2*>(statistics),
                        .partials = reinterpret_cast<float*>(partials),
                        .score_scale = static_cast<float>(
                            log2_e / std::sqrt(static_cast<double>(op.head_dim)) * arrays.k_scale),
                        .v_scale = arrays.v_scale,
                        .context = static_cast<int>(op.context),
                        .group = static_cast<int>(op.heads / op.kv_heads),
                        .cache = {static_cast<int>(op.kv_heads), log2_exact(op.page_tokens)},
                        .split = split};
  with_shape(op, [&]<typename Cache, int HeadDim, int QueryTiles>() {
    launch(stream, "attention_decode", kernel<Cache, HeadDim, QueryTiles>,
           {.blocks = static_cast<unsigned>(split.blocks),
            .threads = kThreads,
            .shared_bytes = sizeof(Shared<Cache, HeadDim, QueryTiles>)},
           problem);
  });
}

}  // namespace gpugauge
