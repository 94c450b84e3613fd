// rope_append.cu: turns the queries and keys of new tokens to their positions and appends keys and
// values to the paged cache, with the norm of each head before it where a model has one.
//
// Build and try alone:
//   cmake --build build --target try_rope_append
//   build/gpugauge run --device cuda:0 --suite full --filter rope_append
//
// Bound: bytes / read bandwidth; at a decode batch two dependent trips to memory (the position,
// then its row of the rotary table) and the launch.
//
// v1  head_dim / 16 lanes a head, each with 8 elements of its first half and the 8 of its second
//     that they turn with, so that nothing is exchanged but the sum of the head norm; 16-byte
//     accesses. Values are copied by lanes of the same form. The head norm costs no launch of its
//     own here; alone it is the same lanes without the turn.
//     Predicted 2 to 3 µs at batch 1; not yet measured on a card.

#include "harness/base/error.hpp"
#include "kernels/cuda/attention/paged_cache.hpp"
#include "kernels/cuda/machine/launch.hpp"
#include "kernels/cuda/machine/token_vectors.hpp"
#include "kernels/cuda/token_ops/token_ops.hpp"
#include "kernels/reference/token_ops_reference.hpp"

namespace gpugauge {
namespace {

constexpr int kThreads = kTokenOpThreads;
constexpr int kHalf = kVectorElements;  ///< elements of a lane in each half of a head

/// A lane's place: which head of which token, and its first element in each half of it.
template <int HeadDim>
struct Place {
  static constexpr int kLanes = HeadDim / (2 * kHalf);
  int token = static_cast<int>(blockIdx.y);
  int head = static_cast<int>(blockIdx.x * (kThreads / kLanes) + threadIdx.x / kLanes);
  int first = static_cast<int>(threadIdx.x % kLanes) * kHalf;
};

/// A lane's elements of both halves of a head.
struct Pair {
  float a[kHalf], b[kHalf];
};

template <int HeadDim>
__device__ Pair load_pair(const void* heads, std::int64_t element) {
  Pair pair;
  unpack(load_vector(heads, element), pair.a);
  unpack(load_vector(heads, element + HeadDim / 2), pair.b);
  return pair;
}
template <int HeadDim, DType dtype>
__device__ void store_pair(void* heads, std::int64_t element, const Pair& pair) {
  store_elements<dtype>(heads, element, pair.a);
  store_elements<dtype>(heads, element + HeadDim / 2, pair.b);
}

/// Normalises the head that the lanes hold together; all lanes of the warp call it.
template <int HeadDim>
__device__ void normalise(Pair& pair, const void* weight, int first) {
  float squares = 0.0F;
#pragma unroll
  for (int i = 0; i < kHalf; ++i) squares += pair.a[i] * pair.a[i] + pair.b[i] * pair.b[i];
  squares = combine_lanes<Place<HeadDim>::kLanes>(squares, [](float x, float y) { return x + y; });
  const float factor = rsqrtf(squares / HeadDim + kNormEpsilon);
  const Pair scale = load_pair<HeadDim>(weight, first);
#pragma unroll
  for (int i = 0; i < kHalf; ++i) {
    pair.a[i] *= factor * scale.a[i];
    pair.b[i] *= factor * scale.b[i];
  }
}

__device__ void scale_by(Pair& pair, float factor) {
#pragma unroll
  for (int i = 0; i < kHalf; ++i) {
    pair.a[i] *= factor;
    pair.b[i] *= factor;
  }
}

template <int HeadDim>
__global__ void __launch_bounds__(kThreads) head_norm_kernel(HeadNormArrays arrays, Heads heads) {
  allow_next();
  wait_for_previous();
  const Place<HeadDim> place;
  const bool exists = place.head < heads.queries + heads.keys;
  const int head = exists ? place.head : 0;  // the lanes without one must still take part
  const std::int64_t element = std::int64_t{head} * HeadDim + place.first;
  Pair pair = load_pair<HeadDim>(arrays.in.data, place.token * arrays.in.stride + element);
  normalise<HeadDim>(pair, head < heads.queries ? arrays.q_weight : arrays.k_weight, place.first);
  if (!exists) return;
  store_pair<HeadDim, DType::kBf16>(arrays.out.data, place.token * arrays.out.stride + element,
                                    pair);
}

template <int HeadDim, DType cache>
__global__ void __launch_bounds__(kThreads)
    rope_append_kernel(RopeAppendArrays arrays, Heads heads) {
  allow_next();
  wait_for_previous();
  const Place<HeadDim> place;
  const int rotated = heads.queries + heads.keys;
  const bool is_value = place.head >= rotated;
  const bool exists = place.head < rotated + heads.keys;
  const int head = exists ? place.head : 0;  // the lanes without one must still take part
  const int position = arrays.positions[place.token];

  const HeadRows<const void*> rows = exists && is_value ? arrays.v : arrays.qk;
  const int head_of_rows = exists && is_value ? head - rotated : head;
  Pair pair = load_pair<HeadDim>(
      rows.data, place.token * rows.stride + std::int64_t{head_of_rows} * HeadDim + place.first);
  if (arrays.q_weight != nullptr) {
    Pair normed = pair;
    normalise<HeadDim>(normed, head < heads.queries ? arrays.q_weight : arrays.k_weight,
                       place.first);
    if (!is_value) pair = normed;
  }
  if (!exists) return;

  if (!is_value) {
    const float* const turn = arrays.rotary + std::int64_t{position} * HeadDim + place.first;
    float cosines[kHalf], sines[kHalf];
#pragma unroll
    for (int i = 0; i < kHalf; i += 4) {
      *reinterpret_cast<float4*>(cosines + i) = *reinterpret_cast<const float4*>(turn + i);
      *reinterpret_cast<float4*>(sines + i) =
          *reinterpret_cast<const float4*>(turn + HeadDim / 2 + i);
    }
#pragma unroll
    for (int i = 0; i < kHalf; ++i) {
      const float a = pair.a[i], b = pair.b[i];
      pair.a[i] = a * cosines[i] - b * sines[i];
      pair.b[i] = b * cosines[i] + a * sines[i];
    }
  }
  if (head < heads.queries) {
    const std::int64_t row = std::int64_t{place.token} * heads.queries + head;
    store_pair<HeadDim, DType::kBf16>(arrays.q, row * HeadDim + place.first, pair);
    return;
  }
  const PagedCache paged{.kv_heads = heads.keys, .page_shift = arrays.page_shift};
  const int page =
      arrays.page_table[std::int64_t{place.token} * arrays.pages + paged.entry_of(position)];
  const int kv_head = head - heads.queries - (is_value ? heads.keys : 0);
  const std::int64_t element = paged.row_of(page, kv_head, position) * HeadDim + place.first;
  if constexpr (cache == DType::kFp8E4m3) {
    scale_by(pair, 1.0F / (is_value ? arrays.v_scale : arrays.k_scale));
  }
  store_pair<HeadDim, cache>(is_value ? arrays.v_cache : arrays.k_cache, element, pair);
}

template <int HeadDim>
LaunchShape shape_of(std::int64_t tokens, int heads) {
  constexpr int kHeadsPerBlock = kThreads / Place<HeadDim>::kLanes;
  return {.blocks = static_cast<unsigned>((heads + kHeadsPerBlock - 1) / kHeadsPerBlock),
          .blocks_y = static_cast<unsigned>(tokens),
          .threads = kThreads};
}

/// Calls `call.template operator()<head_dim>()`.
template <typename Call>
void for_head_dim(int head_dim, Call call) {
  switch (head_dim) {
    case 64:
      return call.template operator()<64>();
    case 128:
      return call.template operator()<128>();
    case 256:
      return call.template operator()<256>();
    default:
      throw EnvironmentError("rotary and head norm are made for heads of 64, 128 or 256");
  }
}

}  // namespace

void launch_head_norm(Stream stream, const HeadNormArrays& arrays, std::int64_t tokens,
                      const Heads& heads) {
  for_head_dim(heads.head_dim, [&]<int HeadDim>() {
    launch(stream, "head_norm", head_norm_kernel<HeadDim>,
           shape_of<HeadDim>(tokens, heads.queries + heads.keys), arrays, heads);
  });
}

void launch_rope_append(Stream stream, const RopeAppendArrays& arrays, std::int64_t tokens,
                        const Heads& heads, DType cache) {
  for_head_dim(heads.head_dim, [&]<int HeadDim>() {
    launch(stream, "rope_append",
           cache == DType::kFp8E4m3 ? rope_append_kernel<HeadDim, DType::kFp8E4m3>
                                    : rope_append_kernel<HeadDim, DType::kBf16>,
           shape_of<HeadDim>(tokens, heads.queries + 2 * heads.keys), arrays, heads);
  });
}

}  // namespace gpugauge
