#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/device/device.hpp"
#include "kernels/cuda/gemm/cublaslt.hpp"
#include "kernels/cuda/gemm/cublaslt_settings.hpp"
#include "kernels/ops/op.hpp"

namespace gpugauge {

/// What a GEMM reads and writes, in device memory, row-major, 256-byte aligned.
struct GemmPointers {
  const void* x = nullptr;
  const void* w = nullptr;
  void* y = nullptr;
};

/// Device memory of its own with what each operand's stored values stand for; null but for FP8.
struct GemmScales {
  const float* x = nullptr;
  const float* w = nullptr;
};

/// An algorithm with its settings, and the workspace that it takes.
struct CublasLtAlgorithm {
  cublasLtMatmulAlgo_t algorithm;
  std::size_t workspace_bytes;
};

/// How an algorithm that splits K may add up the parts.
enum class Reductions : std::uint8_t {
  kAny,          ///< also in the output's type, 16 bits: the library's default, and PyTorch's
  kComputeType,  ///< in fp32, or in int32
};

/// One GEMM described to cuBLASLt.
class CublasLtMatmul {
 public:
  CublasLtMatmul(const Gemm& op, const GemmScales& scales, bool fast_accumulation);

  /// Up to `count` algorithms that need no more workspace than that, what the library believes to
  /// be fastest first.
  std::vector<CublasLtAlgorithm> suggest(int count, std::int64_t workspace_bytes,
                                         Reductions allowed) const;

  /// Every algorithm that the library knows for these types with every tile and number of stages
  /// that it offers and accepts: hundreds; none of them splits K.
  std::vector<CublasLtAlgorithm> enumerate(std::int64_t workspace_bytes) const;
  /// `base` with one of its other settings changed (cublaslt_settings.hpp).
  std::vector<CublasLtAlgorithm> variations(const CublasLtAlgorithm& base,
                                            std::int64_t workspace_bytes) const;
  /// The algorithm with its workspace, if the library accepts it for this GEMM on this device.
  std::optional<CublasLtAlgorithm> checked(const cublasLtMatmulAlgo_t& algorithm,
                                           std::int64_t workspace_bytes) const;

  /// Asynchronous, and may be captured.
  void run(Stream stream, const CublasLtAlgorithm& algorithm, const GemmPointers& operands,
           void* workspace) const;

  /// How many parts of K are rounded to the output's type before they are added up; 1: none.
  int rounded_parts(const CublasLtAlgorithm& algorithm) const;

  /// `algo 66, tile 20, stages 36, split-K 4, workspace 4 MiB`: cuBLASLt's own numbers. Settings
  /// that are not 0 follow; two algorithms with one description are set alike.
  std::string describe(const CublasLtAlgorithm& algorithm) const;

 private:
  /// How cuBLASLt names a type of GEMM.
  struct Types {
    cudaDataType_t operands, output, scale;
    cublasComputeType_t compute;
  };
  static Types types_of(DType dtype);

  std::optional<cublasLtMatmulAlgo_t> initialised(std::int32_t id) const;
  std::optional<CublasLtAlgorithm> configured(const AlgorithmSettings& settings,
                                              std::int64_t workspace_bytes) const;
  AlgorithmSettings settings_of(const CublasLtAlgorithm& algorithm) const;

  template <typename Opaque>
  using Owned = std::unique_ptr<Opaque, std::function<void(Opaque*)>>;
  using Layout = Owned<cublasLtMatrixLayoutOpaque_t>;

  const CublasLtApi& api_;
  Types types_;
  bool is_integer_;
  Owned<cublasLtContext> handle_;
  Owned<cublasLtMatmulDescOpaque_t> description_;
  Layout a_, b_, d_;
};

}  // namespace gpugauge
