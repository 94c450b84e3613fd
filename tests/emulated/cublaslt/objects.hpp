#pragma once

#include <cublasLt.h>

#include <cstdint>
#include <string>

#include "tests/emulated/card.hpp"
#include "tests/emulated/library_call.hpp"

// libcublasLt.so of the emulated card. What each function asks of its caller and which GEMMs the
// library has: cuBLAS documentation, "Using the cuBLASLt API" (release 13).

#define API extern "C" __attribute__((visibility("default")))

namespace gpugauge::emulated::cublaslt {

struct Handle {};

struct Description {
  cublasComputeType_t compute;
  cudaDataType_t scale;
  cublasOperation_t transposed_a = CUBLAS_OP_N, transposed_b = CUBLAS_OP_N;
  const float* a_scale = nullptr;
  const float* b_scale = nullptr;
  std::int8_t fast_accumulation = 0;
};

/// Column-major: element (row, column) lies at row + column · leading.
struct Layout {
  cudaDataType_t type;
  std::uint64_t rows, columns;
  std::int64_t leading;

  std::size_t bytes() const;  ///< from the first element to the last
};

struct Preference {
  std::uint64_t workspace_bytes = 0;
  std::uint32_t reductions = CUBLASLT_REDUCTION_SCHEME_MASK;
};

/// Notes that an object lives, and gives it as the opaque pointer that the caller sees.
template <typename Object, typename Opaque>
cublasStatus_t give(const char* call, Object object, Opaque** out);
/// The object that the caller was given; a broken rule if it is none, or none any more.
template <typename Object>
Object& taken(const char* call, const void* opaque);
template <typename Object>
cublasStatus_t release(const char* call, const void* opaque);

inline cublasStatus_t broken(const char* call, const std::string& rule) {
  emulated_broken_rule(call, rule.c_str());
  return CUBLAS_STATUS_INVALID_VALUE;
}

int size_bytes(cudaDataType_t type);

/// One GEMM as all calls about it name it.
struct Problem {
  const Description& what;
  const Layout &a, &b, &c, &d;

  std::uint64_t m() const { return d.rows; }
  std::uint64_t n() const { return d.columns; }
  std::uint64_t k() const { return what.transposed_a == CUBLAS_OP_N ? a.columns : a.rows; }
};
Problem problem_of(const char* call, cublasLtMatmulDesc_t what, cublasLtMatrixLayout_t a,
                   cublasLtMatrixLayout_t b, cublasLtMatrixLayout_t c, cublasLtMatrixLayout_t d);

/// Success where the library has this GEMM on this card; what no card has is a broken rule.
cublasStatus_t supports(const char* call, const Problem& problem);

/// What is in a cublasLtMatmulAlgo_t.
struct Algorithm {
  std::int32_t magic = 0x4C74;  ///< tells what the library made from what it did not
  std::int32_t id = 0;
  std::uint32_t tile = 0, stages = 0;
  std::int32_t split_k = 1;
  std::uint32_t reduction = 0, swizzle = 0, custom = 0;
  std::uint16_t inner_shape = 0, cluster = 0;
  std::uint32_t types = 0;  ///< for which it was made
};
static_assert(sizeof(Algorithm) <= sizeof(cublasLtMatmulAlgo_t));

std::uint32_t types_key(cublasComputeType_t compute, cudaDataType_t scale, cudaDataType_t a,
                        cudaDataType_t b, cudaDataType_t c, cudaDataType_t d);
Algorithm algorithm_in(const char* call, const cublasLtMatmulAlgo_t* opaque);
/// Success where this algorithm can run the GEMM as it is set.
cublasStatus_t accepts(const Algorithm& algorithm, const Problem& problem);
std::size_t workspace_bytes(const Algorithm& algorithm, const Problem& problem);

}  // namespace gpugauge::emulated::cublaslt
