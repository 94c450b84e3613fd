#include "kernels/cuda/gemm/cublaslt_matmul.hpp"

#include <fmt/format.h>

#include "harness/base/byte_size.hpp"
#include "harness/base/error.hpp"
#include "kernels/cuda/gemm/gemm_rules.hpp"

namespace gpugauge {
namespace {

/// A setting of an algorithm, or 0 where the library does not tell it. The attributes are 16 or 32
/// bits wide.
template <typename Value>
Value config(const CublasLtApi& api, const CublasLtAlgorithm& algorithm,
             cublasLtMatmulAlgoConfigAttributes_t attribute) {
  Value value{};
  std::size_t written = 0;
  const auto status =
      api.get_config(&algorithm.algorithm, attribute, &value, sizeof(value), &written);
  return status == CUBLAS_STATUS_SUCCESS ? value : Value{};
}

}  // namespace

CublasLtMatmul::Types CublasLtMatmul::types_of(DType dtype) {
  switch (dtype) {
    case DType::kFp32:
      return {CUDA_R_32F, CUDA_R_32F, CUDA_R_32F, CUBLAS_COMPUTE_32F};
    case DType::kTf32:
      return {CUDA_R_32F, CUDA_R_32F, CUDA_R_32F, CUBLAS_COMPUTE_32F_FAST_TF32};
    case DType::kBf16:
      return {CUDA_R_16BF, CUDA_R_16BF, CUDA_R_32F, CUBLAS_COMPUTE_32F};
    case DType::kFp16:
      return {CUDA_R_16F, CUDA_R_16F, CUDA_R_32F, CUBLAS_COMPUTE_32F};
    case DType::kFp8E4m3:
      return {CUDA_R_8F_E4M3, CUDA_R_16BF, CUDA_R_32F, CUBLAS_COMPUTE_32F};
    case DType::kInt8:
      return {CUDA_R_8I, CUDA_R_32I, CUDA_R_32I, CUBLAS_COMPUTE_32I};
    case DType::kFp8E5m2:
    case DType::kInt32:
      break;
  }
  throw EnvironmentError(fmt::format("cuBLASLt has no GEMM of {}", name_of(dtype)));
}

CublasLtMatmul::CublasLtMatmul(const Gemm& op, const GemmScales& scales, bool fast_accumulation)
    : api_(cublaslt_api()), types_(types_of(op.weights)), is_integer_(op.weights == DType::kInt8) {
  const CublasLtApi& api = api_;

  cublasLtHandle_t handle = nullptr;
  api.check(api.create(&handle), "cublasLtCreate");
  handle_ = {handle, [&api](cublasLtHandle_t owned) { (void)api.destroy(owned); }};

  cublasLtMatmulDesc_t description = nullptr;
  api.check(api.create_description(&description, types_.compute, types_.scale),
            "cublasLtMatmulDescCreate");
  description_ = {description, [&api](auto* owned) { (void)api.destroy_description(owned); }};
  const auto set = [&](cublasLtMatmulDescAttributes_t attribute, const auto& value) {
    api.check(api.set_description(description, attribute, &value, sizeof(value)),
              fmt::format("cublasLtMatmulDescSetAttribute({})", static_cast<int>(attribute)));
  };
  set(CUBLASLT_MATMUL_DESC_TRANSA, CUBLAS_OP_T);
  set(CUBLASLT_MATMUL_DESC_TRANSB, CUBLAS_OP_N);
  if (scales.w != nullptr) {
    set(CUBLASLT_MATMUL_DESC_A_SCALE_POINTER, scales.w);
    set(CUBLASLT_MATMUL_DESC_B_SCALE_POINTER, scales.x);
    set(CUBLASLT_MATMUL_DESC_FAST_ACCUM, static_cast<std::int8_t>(fast_accumulation));
  }

  const auto layout = [&](cudaDataType_t type, const cublaslt::ColumnMajor& matrix) {
    cublasLtMatrixLayout_t created = nullptr;
    api.check(api.create_layout(&created, type, static_cast<std::uint64_t>(matrix.rows),
                                static_cast<std::uint64_t>(matrix.columns), matrix.leading),
              "cublasLtMatrixLayoutCreate");
    return Layout(created, [&api](auto* owned) { (void)api.destroy_layout(owned); });
  };
  const cublaslt::ColumnMajorGemm matrices = cublaslt::column_major(op);
  a_ = layout(types_.operands, matrices.a);
  b_ = layout(types_.operands, matrices.b);
  d_ = layout(types_.output, matrices.d);
}

std::vector<CublasLtAlgorithm> CublasLtMatmul::suggest(int count, std::int64_t workspace_bytes,
                                                       Reductions allowed) const {
  cublasLtMatmulPreference_t created = nullptr;
  api_.check(api_.create_preference(&created), "cublasLtMatmulPreferenceCreate");
  const Owned<cublasLtMatmulPreferenceOpaque_t> preference(
      created, [this](auto* owned) { (void)api_.destroy_preference(owned); });
  const auto set = [&](cublasLtMatmulPreferenceAttributes_t attribute, const auto& value) {
    api_.check(
        api_.set_preference(created, attribute, &value, sizeof(value)),
        fmt::format("cublasLtMatmulPreferenceSetAttribute({})", static_cast<int>(attribute)));
  };
  set(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, static_cast<std::uint64_t>(workspace_bytes));
  if (allowed == Reductions::kComputeType)
    set(CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK,
        static_cast<std::uint32_t>(CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE));

  std::vector<cublasLtMatmulHeuristicResult_t> results(static_cast<std::size_t>(count));
  int found = 0;
  const cublasStatus_t status =
      api_.heuristic(handle_.get(), description_.get(), a_.get(), b_.get(), d_.get(), d_.get(),
                     created, count, results.data(), &found);
  if (status == CUBLAS_STATUS_NOT_SUPPORTED) return {};
  api_.check(status, "cublasLtMatmulAlgoGetHeuristic");

  std::vector<CublasLtAlgorithm> algorithms;
  for (int i = 0; i < found; ++i) {
    const auto& result = results[static_cast<std::size_t>(i)];
    if (result.state == CUBLAS_STATUS_SUCCESS) {
      algorithms.push_back({result.algo, result.workspaceSize});
    }
  }
  return algorithms;
}

void CublasLtMatmul::run(Stream stream, const CublasLtAlgorithm& algorithm,
                         const GemmPointers& operands, void* workspace) const {
  static constexpr float kOne = 1.0F, kZero = 0.0F;
  static constexpr std::int32_t kIntegerOne = 1, kIntegerZero = 0;
  const void* alpha = is_integer_ ? static_cast<const void*>(&kIntegerOne) : &kOne;
  const void* beta = is_integer_ ? static_cast<const void*>(&kIntegerZero) : &kZero;
  api_.check(
      api_.matmul(handle_.get(), description_.get(), alpha, operands.w, a_.get(), operands.x,
                  b_.get(), beta, operands.y, d_.get(), operands.y, d_.get(), &algorithm.algorithm,
                  workspace, algorithm.workspace_bytes, static_cast<cudaStream_t>(stream.native)),
      "cublasLtMatmul");
}

AlgorithmSettings CublasLtMatmul::settings_of(const CublasLtAlgorithm& algorithm) const {
  const auto word = [&](cublasLtMatmulAlgoConfigAttributes_t attribute) {
    return config<std::uint32_t>(api_, algorithm, attribute);
  };
  return {
      .id = config<std::int32_t>(api_, algorithm, CUBLASLT_ALGO_CONFIG_ID),
      .tile = word(CUBLASLT_ALGO_CONFIG_TILE_ID),
      .stages = word(CUBLASLT_ALGO_CONFIG_STAGES_ID),
      .split_k = config<std::int32_t>(api_, algorithm, CUBLASLT_ALGO_CONFIG_SPLITK_NUM),
      .reduction = word(CUBLASLT_ALGO_CONFIG_REDUCTION_SCHEME),
      .swizzle = word(CUBLASLT_ALGO_CONFIG_CTA_SWIZZLING),
      .custom = word(CUBLASLT_ALGO_CONFIG_CUSTOM_OPTION),
      .inner_shape = config<std::uint16_t>(api_, algorithm, CUBLASLT_ALGO_CONFIG_INNER_SHAPE_ID),
      .cluster = config<std::uint16_t>(api_, algorithm, CUBLASLT_ALGO_CONFIG_CLUSTER_SHAPE_ID)};
}

int CublasLtMatmul::rounded_parts(const CublasLtAlgorithm& algorithm) const {
  constexpr std::uint32_t kInOutputType =
      CUBLASLT_REDUCTION_SCHEME_INPLACE | CUBLASLT_REDUCTION_SCHEME_OUTPUT_TYPE;
  constexpr int kMostParts = 32;  // where the library chooses their number as it launches
  const AlgorithmSettings settings = settings_of(algorithm);
  if ((settings.reduction & kInOutputType) == 0 || is_integer_) return 1;
  return settings.split_k > 0 ? settings.split_k : kMostParts;
}

std::string CublasLtMatmul::describe(const CublasLtAlgorithm& algorithm) const {
  const AlgorithmSettings settings = settings_of(algorithm);
  std::string text =
      fmt::format("algo {}, tile {}, stages {}, split-K {}, workspace {}", settings.id,
                  settings.tile, settings.stages, settings.split_k,
                  format_bytes_exact(static_cast<std::int64_t>(algorithm.workspace_bytes)));
  const auto add = [&](std::string_view what, std::uint32_t value) {
    if (value != 0) text += fmt::format(", {} {}", what, value);
  };
  if (rounded_parts(algorithm) > 1) text += ", parts added in the output's type";
  add("swizzle", settings.swizzle);
  add("custom option", settings.custom);
  add("inner shape", settings.inner_shape);
  add("cluster", settings.cluster);
  return text;
}

}  // namespace gpugauge
