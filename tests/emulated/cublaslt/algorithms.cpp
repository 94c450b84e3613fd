// The algorithms: what each can be set to, what the heuristic suggests, what a setting needs.

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <vector>

#include "tests/emulated/cublaslt/objects.hpp"

namespace gpugauge::emulated::cublaslt {
namespace {

/// The numbers are like the library's, and its lists are longer.
struct Kind {
  std::int32_t id;
  int least_capability;
  std::array<std::uint32_t, 3> tiles;
  std::array<std::uint32_t, 2> stages;
  bool splits_k;
  std::uint32_t swizzle;
  std::int32_t custom_max;
  bool has_clusters;
};
constexpr std::array kKinds{
    Kind{6,
         0,
         {CUBLASLT_MATMUL_TILE_64x64, CUBLASLT_MATMUL_TILE_128x64, CUBLASLT_MATMUL_TILE_128x128},
         {CUBLASLT_MATMUL_STAGES_32x3, CUBLASLT_MATMUL_STAGES_32x4},
         true,
         1,
         0,
         false},
    Kind{21,
         80,
         {CUBLASLT_MATMUL_TILE_64x64, CUBLASLT_MATMUL_TILE_64x128, CUBLASLT_MATMUL_TILE_256x128},
         {CUBLASLT_MATMUL_STAGES_64x3, CUBLASLT_MATMUL_STAGES_64x4},
         true,
         1,
         2,
         false},
    Kind{66,
         90,
         {CUBLASLT_MATMUL_TILE_64x128, CUBLASLT_MATMUL_TILE_128x128, CUBLASLT_MATMUL_TILE_128x256},
         {CUBLASLT_MATMUL_STAGES_64xAUTO, CUBLASLT_MATMUL_STAGES_128xAUTO},
         false,
         0,
         1,
         true}};
constexpr std::uint32_t kAddsInComputeType = CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE;
constexpr std::uint32_t kReductions =
    CUBLASLT_REDUCTION_SCHEME_INPLACE | kAddsInComputeType | CUBLASLT_REDUCTION_SCHEME_OUTPUT_TYPE;

const Kind* kind_of(std::int32_t id) {
  const auto found = std::ranges::find(kKinds, id, &Kind::id);
  const bool here =
      found != kKinds.end() && card().limits.compute_capability >= found->least_capability;
  return here ? &*found : nullptr;
}

std::uint32_t types_of(const Problem& p) {
  return types_key(p.what.compute, p.what.scale, p.a.type, p.b.type, p.c.type, p.d.type);
}

cublasLtMatmulAlgo_t opaque_of(const Algorithm& algorithm) {
  cublasLtMatmulAlgo_t opaque{};
  std::memcpy(&opaque, &algorithm, sizeof algorithm);
  return opaque;
}

struct Split {
  std::int32_t parts;
  std::uint32_t reduction;
};

/// What the heuristic takes its answers from: for a long K first what splits it and adds its parts
/// up in the output's type, then every kind with every tile, then those that split K and add up in
/// the compute type.
std::vector<Algorithm> suggestions(const Problem& p) {
  constexpr std::uint64_t kLong = 512;
  std::vector<Split> splits{{1, 0}, {4, kAddsInComputeType}};
  if (p.k() >= kLong && p.d.type != CUDA_R_32I) {
    splits.insert(splits.begin(), {{4, CUBLASLT_REDUCTION_SCHEME_INPLACE},
                                   {4, CUBLASLT_REDUCTION_SCHEME_OUTPUT_TYPE}});
  }
  std::vector<Algorithm> all;
  for (const Split& split : splits) {
    for (auto kind = kKinds.rbegin(); kind != kKinds.rend(); ++kind) {
      for (const std::uint32_t tile : kind->tiles) {
        const Algorithm algorithm{.id = kind->id,
                                  .tile = tile,
                                  .stages = kind->stages[0],
                                  .split_k = split.parts,
                                  .reduction = split.reduction,
                                  .types = types_of(p)};
        if (accepts(algorithm, p) == CUBLAS_STATUS_SUCCESS) all.push_back(algorithm);
      }
    }
  }
  return all;
}

cublasLtMatmulHeuristicResult_t result_of(const Algorithm& algorithm, const Problem& p) {
  cublasLtMatmulHeuristicResult_t result{};
  result.algo = opaque_of(algorithm);
  result.workspaceSize = workspace_bytes(algorithm, p);
  result.state = CUBLAS_STATUS_SUCCESS;
  result.wavesCount = 1;
  return result;
}

}  // namespace

std::uint32_t types_key(cublasComputeType_t compute, cudaDataType_t scale, cudaDataType_t a,
                        cudaDataType_t b, cudaDataType_t c, cudaDataType_t d) {
  std::uint32_t key = static_cast<std::uint32_t>(compute);
  for (const cudaDataType_t type : {scale, a, b, c, d})
    key = key * 31 + static_cast<std::uint32_t>(type);
  return key;
}

Algorithm algorithm_in(const char* call, const cublasLtMatmulAlgo_t* opaque) {
  Algorithm algorithm{.magic = 0};
  if (opaque != nullptr) std::memcpy(static_cast<void*>(&algorithm), opaque, sizeof algorithm);
  if (algorithm.magic != Algorithm{}.magic)
    broken(call, "the algorithm is none that the library made");
  return algorithm;
}

cublasStatus_t accepts(const Algorithm& a, const Problem& p) {
  const Kind* kind = kind_of(a.id);
  const auto in = [](const auto& list, std::uint32_t value) {
    return std::ranges::find(list, value) != list.end();
  };
  const bool splits = a.split_k > 1;
  const bool fits = kind != nullptr && a.types == types_of(p) && in(kind->tiles, a.tile) &&
                    in(kind->stages, a.stages) && a.split_k >= 1 && (!splits || kind->splits_k) &&
                    (splits ? (a.reduction & kReductions) != 0 : a.reduction == 0) &&
                    static_cast<std::uint64_t>(a.split_k) * 32 <= p.k() + 31 &&
                    a.swizzle <= kind->swizzle &&
                    a.custom <= static_cast<std::uint32_t>(kind->custom_max) &&
                    a.inner_shape == 0 && (a.cluster == 0 || kind->has_clusters);
  return fits ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_NOT_SUPPORTED;
}

std::size_t workspace_bytes(const Algorithm& a, const Problem& p) {
  const auto parts = static_cast<std::size_t>(a.split_k) * p.m() * p.n();
  switch (a.reduction) {
    case CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE:
      return parts * sizeof(float);
    case CUBLASLT_REDUCTION_SCHEME_OUTPUT_TYPE:
      return parts * static_cast<std::size_t>(size_bytes(p.d.type));
    default:
      return 0;
  }
}

}  // namespace gpugauge::emulated::cublaslt

using namespace gpugauge::emulated::cublaslt;  // NOLINT: C functions that belong to it

API cublasStatus_t cublasLtMatmulAlgoGetHeuristic(
    cublasLtHandle_t handle, cublasLtMatmulDesc_t description, cublasLtMatrixLayout_t a,
    cublasLtMatrixLayout_t b, cublasLtMatrixLayout_t c, cublasLtMatrixLayout_t d,
    cublasLtMatmulPreference_t preference, int most, cublasLtMatmulHeuristicResult_t* results,
    int* found) {
  (void)taken<Handle>(__func__, handle);
  const auto& wanted = taken<Preference>(__func__, preference);
  if (most < 1 || results == nullptr || found == nullptr)
    return broken(__func__, "no place for the answers");
  *found = 0;
  const Problem problem = problem_of(__func__, description, a, b, c, d);
  if (const auto status = supports(__func__, problem)) return status;
  for (const Algorithm& algorithm : suggestions(problem)) {
    const bool allowed = (algorithm.reduction & ~wanted.reductions) == 0 &&
                         workspace_bytes(algorithm, problem) <= wanted.workspace_bytes;
    if (allowed && *found < most) results[(*found)++] = result_of(algorithm, problem);
  }
  return *found > 0 ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_NOT_SUPPORTED;
}

API cublasStatus_t cublasLtMatmulAlgoGetIds(cublasLtHandle_t handle, cublasComputeType_t,
                                            cudaDataType_t, cudaDataType_t, cudaDataType_t,
                                            cudaDataType_t, cudaDataType_t, int most, int* ids,
                                            int* found) {
  (void)taken<Handle>(__func__, handle);
  if (most < 1 || ids == nullptr || found == nullptr)
    return broken(__func__, "no place for the answers");
  *found = 0;
  for (const Kind& kind : kKinds) {
    if (kind_of(kind.id) != nullptr && *found < most) ids[(*found)++] = kind.id;
  }
  return CUBLAS_STATUS_SUCCESS;
}

API cublasStatus_t cublasLtMatmulAlgoInit(cublasLtHandle_t handle, cublasComputeType_t compute,
                                          cudaDataType_t scale, cudaDataType_t a, cudaDataType_t b,
                                          cudaDataType_t c, cudaDataType_t d, int id,
                                          cublasLtMatmulAlgo_t* algorithm) {
  (void)taken<Handle>(__func__, handle);
  if (algorithm == nullptr) return broken(__func__, "no place for the algorithm");
  if (kind_of(id) == nullptr) return CUBLAS_STATUS_INVALID_VALUE;
  *algorithm = opaque_of(Algorithm{.id = id, .types = types_key(compute, scale, a, b, c, d)});
  return CUBLAS_STATUS_SUCCESS;
}

API cublasStatus_t cublasLtMatmulAlgoCapGetAttribute(const cublasLtMatmulAlgo_t* algorithm,
                                                     cublasLtMatmulAlgoCapAttributes_t attribute,
                                                     void* value, std::size_t size,
                                                     std::size_t* written) {
  const Kind* kind = kind_of(algorithm_in(__func__, algorithm).id);
  if (kind == nullptr) return CUBLAS_STATUS_INVALID_VALUE;
  const std::array splits{static_cast<std::uint32_t>(kind->splits_k)};
  const std::array reductions{kind->splits_k ? kReductions : 0};
  const std::array swizzle{kind->swizzle};
  const std::array custom{static_cast<std::uint32_t>(kind->custom_max)};
  std::span<const std::uint32_t> all;
  switch (attribute) {
    case CUBLASLT_ALGO_CAP_TILE_IDS:
      all = kind->tiles;
      break;
    case CUBLASLT_ALGO_CAP_STAGES_IDS:
      all = kind->stages;
      break;
    case CUBLASLT_ALGO_CAP_SPLITK_SUPPORT:
      all = splits;
      break;
    case CUBLASLT_ALGO_CAP_REDUCTION_SCHEME_MASK:
      all = reductions;
      break;
    case CUBLASLT_ALGO_CAP_CTA_SWIZZLING_SUPPORT:
      all = swizzle;
      break;
    case CUBLASLT_ALGO_CAP_CUSTOM_OPTION_MAX:
      all = custom;
      break;
    default:
      return broken(__func__, "attribute " + std::to_string(attribute) + " is not emulated");
  }
  if (written == nullptr && size == 0) return broken(__func__, "a size of 0 asks for the length");
  if (written != nullptr) *written = all.size_bytes();
  if (size == 0) return CUBLAS_STATUS_SUCCESS;
  if (value == nullptr || size < all.size_bytes())
    return broken(__func__, "the list is longer than its place");
  std::memcpy(value, all.data(), all.size_bytes());
  return CUBLAS_STATUS_SUCCESS;
}

namespace {

/// Calls `use` with the member that an attribute stands for.
template <typename Use>
cublasStatus_t with_setting(const char* call, Algorithm& algorithm,
                            cublasLtMatmulAlgoConfigAttributes_t attribute, std::size_t size,
                            const Use& use) {
  const auto checked = [&](auto& member) {
    if (size != sizeof member)
      return broken(call, "the attribute is of " + std::to_string(sizeof member) + " bytes, not " +
                              std::to_string(size));
    use(&member, sizeof member);
    return CUBLAS_STATUS_SUCCESS;
  };
  switch (attribute) {
    case CUBLASLT_ALGO_CONFIG_ID:
      return checked(algorithm.id);
    case CUBLASLT_ALGO_CONFIG_TILE_ID:
      return checked(algorithm.tile);
    case CUBLASLT_ALGO_CONFIG_STAGES_ID:
      return checked(algorithm.stages);
    case CUBLASLT_ALGO_CONFIG_SPLITK_NUM:
      return checked(algorithm.split_k);
    case CUBLASLT_ALGO_CONFIG_REDUCTION_SCHEME:
      return checked(algorithm.reduction);
    case CUBLASLT_ALGO_CONFIG_CTA_SWIZZLING:
      return checked(algorithm.swizzle);
    case CUBLASLT_ALGO_CONFIG_CUSTOM_OPTION:
      return checked(algorithm.custom);
    case CUBLASLT_ALGO_CONFIG_INNER_SHAPE_ID:
      return checked(algorithm.inner_shape);
    case CUBLASLT_ALGO_CONFIG_CLUSTER_SHAPE_ID:
      return checked(algorithm.cluster);
  }
  return broken(call, "there is no such attribute");
}

}  // namespace

API cublasStatus_t cublasLtMatmulAlgoConfigGetAttribute(
    const cublasLtMatmulAlgo_t* algorithm, cublasLtMatmulAlgoConfigAttributes_t attribute,
    void* value, std::size_t size, std::size_t* written) {
  Algorithm settings = algorithm_in(__func__, algorithm);
  if (written != nullptr) *written = size;
  return with_setting(__func__, settings, attribute, size,
                      [&](const void* member, std::size_t n) { std::memcpy(value, member, n); });
}

API cublasStatus_t cublasLtMatmulAlgoConfigSetAttribute(
    cublasLtMatmulAlgo_t* algorithm, cublasLtMatmulAlgoConfigAttributes_t attribute,
    const void* value, std::size_t size) {
  if (attribute == CUBLASLT_ALGO_CONFIG_ID) return broken(__func__, "the id cannot be set");
  Algorithm settings = algorithm_in(__func__, algorithm);
  const auto status =
      with_setting(__func__, settings, attribute, size,
                   [&](void* member, std::size_t n) { std::memcpy(member, value, n); });
  *algorithm = opaque_of(settings);
  return status;
}

API cublasStatus_t cublasLtMatmulAlgoCheck(cublasLtHandle_t handle,
                                           cublasLtMatmulDesc_t description,
                                           cublasLtMatrixLayout_t a, cublasLtMatrixLayout_t b,
                                           cublasLtMatrixLayout_t c, cublasLtMatrixLayout_t d,
                                           const cublasLtMatmulAlgo_t* algorithm,
                                           cublasLtMatmulHeuristicResult_t* result) {
  (void)taken<Handle>(__func__, handle);
  const Problem problem = problem_of(__func__, description, a, b, c, d);
  if (result == nullptr) return broken(__func__, "no place for the answer");
  if (const auto status = supports(__func__, problem)) return status;
  const Algorithm settings = algorithm_in(__func__, algorithm);
  if (const auto status = accepts(settings, problem)) return status;
  *result = result_of(settings, problem);
  return CUBLAS_STATUS_SUCCESS;
}
