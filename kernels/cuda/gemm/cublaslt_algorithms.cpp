// The walk through cuBLASLt's algorithms beyond what its heuristic suggests.

#include <algorithm>
#include <array>

#include "kernels/cuda/gemm/cublaslt_matmul.hpp"
#include "kernels/cuda/gemm/cublaslt_settings.hpp"

namespace gpugauge {
namespace {

/// A list that an algorithm offers; empty where it does not tell.
std::vector<std::uint32_t> list_of(const CublasLtApi& api, const cublasLtMatmulAlgo_t& algorithm,
                                   cublasLtMatmulAlgoCapAttributes_t attribute) {
  std::size_t bytes = 0;
  if (api.get_capability(&algorithm, attribute, nullptr, 0, &bytes) != CUBLAS_STATUS_SUCCESS)
    return {};
  std::vector<std::uint32_t> values(bytes / sizeof(std::uint32_t));
  const auto status = api.get_capability(&algorithm, attribute, values.data(), bytes, &bytes);
  return status == CUBLAS_STATUS_SUCCESS ? values : std::vector<std::uint32_t>{};
}

template <typename Value>
Value value_of(const CublasLtApi& api, const cublasLtMatmulAlgo_t& algorithm,
               cublasLtMatmulAlgoCapAttributes_t attribute) {
  Value value{};
  std::size_t written = 0;
  const auto status = api.get_capability(&algorithm, attribute, &value, sizeof(value), &written);
  return status == CUBLAS_STATUS_SUCCESS ? value : Value{};
}

AlgorithmCapabilities capabilities_of(const CublasLtApi& api,
                                      const cublasLtMatmulAlgo_t& algorithm) {
  const auto reductions =
      value_of<std::uint32_t>(api, algorithm, CUBLASLT_ALGO_CAP_REDUCTION_SCHEME_MASK);
  return {
      .tiles = list_of(api, algorithm, CUBLASLT_ALGO_CAP_TILE_IDS),
      .stages = list_of(api, algorithm, CUBLASLT_ALGO_CAP_STAGES_IDS),
      .split_k = value_of<std::int32_t>(api, algorithm, CUBLASLT_ALGO_CAP_SPLITK_SUPPORT) != 0,
      .reduces_in_compute_type = (reductions & CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE) != 0,
      .swizzle =
          value_of<std::uint32_t>(api, algorithm, CUBLASLT_ALGO_CAP_CTA_SWIZZLING_SUPPORT) != 0,
      .custom_max = value_of<std::int32_t>(api, algorithm, CUBLASLT_ALGO_CAP_CUSTOM_OPTION_MAX)};
}

/// Clusters of up to four blocks; Hopper's algorithms take them, the others refuse them.
const std::vector<std::uint16_t>& clusters() {
  static const std::vector<std::uint16_t> shapes{
      CUBLASLT_CLUSTER_SHAPE_AUTO,  CUBLASLT_CLUSTER_SHAPE_1x1x1, CUBLASLT_CLUSTER_SHAPE_2x1x1,
      CUBLASLT_CLUSTER_SHAPE_1x2x1, CUBLASLT_CLUSTER_SHAPE_2x2x1, CUBLASLT_CLUSTER_SHAPE_4x1x1,
      CUBLASLT_CLUSTER_SHAPE_1x4x1};
  return shapes;
}

}  // namespace

std::optional<cublasLtMatmulAlgo_t> CublasLtMatmul::initialised(std::int32_t id) const {
  cublasLtMatmulAlgo_t algorithm{};
  const auto status =
      api_.init_algorithm(handle_.get(), types_.compute, types_.scale, types_.operands,
                          types_.operands, types_.output, types_.output, id, &algorithm);
  return status == CUBLAS_STATUS_SUCCESS ? std::optional(algorithm) : std::nullopt;
}

std::optional<CublasLtAlgorithm> CublasLtMatmul::configured(const AlgorithmSettings& settings,
                                                            std::int64_t workspace_bytes) const {
  auto algorithm = initialised(settings.id);
  if (!algorithm) return std::nullopt;
  bool accepted = true;
  const auto set = [&](cublasLtMatmulAlgoConfigAttributes_t attribute, const auto& value) {
    accepted = accepted && api_.set_config(&*algorithm, attribute, &value, sizeof(value)) ==
                               CUBLAS_STATUS_SUCCESS;
  };
  set(CUBLASLT_ALGO_CONFIG_TILE_ID, settings.tile);
  set(CUBLASLT_ALGO_CONFIG_STAGES_ID, settings.stages);
  set(CUBLASLT_ALGO_CONFIG_SPLITK_NUM, settings.split_k);
  set(CUBLASLT_ALGO_CONFIG_REDUCTION_SCHEME, settings.reduction);
  set(CUBLASLT_ALGO_CONFIG_CTA_SWIZZLING, settings.swizzle);
  set(CUBLASLT_ALGO_CONFIG_CUSTOM_OPTION, settings.custom);
  // What comes after is known to some algorithms only, and is what they begin with.
  if (settings.inner_shape != 0) set(CUBLASLT_ALGO_CONFIG_INNER_SHAPE_ID, settings.inner_shape);
  if (settings.cluster != 0) set(CUBLASLT_ALGO_CONFIG_CLUSTER_SHAPE_ID, settings.cluster);
  return accepted ? checked(*algorithm, workspace_bytes) : std::nullopt;
}

std::optional<CublasLtAlgorithm> CublasLtMatmul::checked(const cublasLtMatmulAlgo_t& algorithm,
                                                         std::int64_t workspace_bytes) const {
  cublasLtMatmulHeuristicResult_t result{};
  const auto status = api_.check_algorithm(handle_.get(), description_.get(), a_.get(), b_.get(),
                                           d_.get(), d_.get(), &algorithm, &result);
  const bool fits = result.workspaceSize <= static_cast<std::size_t>(workspace_bytes);
  if (status != CUBLAS_STATUS_SUCCESS || !fits) return std::nullopt;
  return CublasLtAlgorithm{algorithm, result.workspaceSize};
}

std::vector<CublasLtAlgorithm> CublasLtMatmul::enumerate(std::int64_t workspace_bytes) const {
  constexpr int kMoreThanThereAre = 256;
  std::array<int, kMoreThanThereAre> ids{};
  int count = 0;
  const auto status = api_.algorithm_ids(handle_.get(), types_.compute, types_.scale,
                                         types_.operands, types_.operands, types_.output,
                                         types_.output, kMoreThanThereAre, ids.data(), &count);
  if (status == CUBLAS_STATUS_NOT_SUPPORTED) return {};
  api_.check(status, "cublasLtMatmulAlgoGetIds");
  std::vector<CublasLtAlgorithm> all;
  for (int i = 0; i < count; ++i) {
    const int id = ids.at(static_cast<std::size_t>(i));
    const auto plain = initialised(id);
    if (!plain) continue;
    for (const auto& settings : tiles_and_stages(id, capabilities_of(api_, *plain))) {
      if (auto algorithm = configured(settings, workspace_bytes)) all.push_back(*algorithm);
    }
  }
  return all;
}

std::vector<CublasLtAlgorithm> CublasLtMatmul::variations(const CublasLtAlgorithm& base,
                                                          std::int64_t workspace_bytes) const {
  std::vector<CublasLtAlgorithm> all;
  const auto capabilities = capabilities_of(api_, base.algorithm);
  for (const auto& settings : neighbours(settings_of(base), capabilities, clusters(),
                                         CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE)) {
    if (auto algorithm = configured(settings, workspace_bytes)) all.push_back(*algorithm);
  }
  return all;
}

}  // namespace gpugauge
