// Which GEMMs the library has, and what no GEMM may be.

#include "tests/emulated/cublaslt/objects.hpp"

namespace gpugauge::emulated::cublaslt {
namespace {

bool is_fp8(cudaDataType_t type) { return type == CUDA_R_8F_E4M3 || type == CUDA_R_8F_E5M2; }

bool is_tn(const Problem& p) {
  return p.what.transposed_a == CUBLAS_OP_T && p.what.transposed_b == CUBLAS_OP_N;
}

/// Whether the leading dimensions are of whole `bytes`.
bool leads_by(const Problem& p, int bytes) {
  for (const Layout* each : {&p.a, &p.b, &p.c, &p.d}) {
    if (each->leading * size_bytes(each->type) % bytes != 0) return false;
  }
  return true;
}

bool has_fp8(const Problem& p) {
  const int capability = card().limits.compute_capability;
  const bool takes_other_forms = capability == 100;  // from 10.0 on, but not GeForce
  const bool output = p.d.type == CUDA_R_16BF || p.d.type == CUDA_R_16F || p.d.type == CUDA_R_32F;
  return capability >= 89 && is_fp8(p.b.type) &&
         !(p.a.type == CUDA_R_8F_E5M2 && p.b.type == CUDA_R_8F_E5M2) &&
         (is_tn(p) || takes_other_forms) && p.what.compute == CUBLAS_COMPUTE_32F &&
         p.what.scale == CUDA_R_32F && output && p.m() % 16 == 0 && p.k() % 16 == 0 &&
         leads_by(p, 16);
}

bool has_int8(const Problem& p) {
  return p.b.type == CUDA_R_8I && p.d.type == CUDA_R_32I && is_tn(p) &&
         p.what.compute == CUBLAS_COMPUTE_32I && p.what.scale == CUDA_R_32I && p.m() % 4 == 0 &&
         p.k() % 4 == 0 && leads_by(p, 4);
}

bool has_float(const Problem& p) {
  const bool tf32 = p.what.compute == CUBLAS_COMPUTE_32F_FAST_TF32;
  const bool one_type = p.a.type == p.b.type && p.a.type == p.d.type;
  return one_type && p.what.scale == CUDA_R_32F &&
         (p.what.compute == CUBLAS_COMPUTE_32F || (tf32 && p.a.type == CUDA_R_32F));
}

}  // namespace

int size_bytes(cudaDataType_t type) {
  switch (type) {
    case CUDA_R_8F_E4M3:
    case CUDA_R_8F_E5M2:
    case CUDA_R_8I:
      return 1;
    case CUDA_R_16BF:
    case CUDA_R_16F:
      return 2;
    default:
      return 4;
  }
}

cublasStatus_t supports(const char* call, const Problem& p) {
  const bool plain_b = p.what.transposed_b == CUBLAS_OP_N;
  const std::uint64_t a_rows = p.what.transposed_a == CUBLAS_OP_N ? p.a.rows : p.a.columns;
  const std::uint64_t b_rows = plain_b ? p.b.rows : p.b.columns;
  const std::uint64_t b_columns = plain_b ? p.b.columns : p.b.rows;
  if (a_rows != p.m() || b_rows != p.k() || b_columns != p.n() || p.c.rows != p.m() ||
      p.c.columns != p.n() || p.c.type != p.d.type)
    return broken(call, "the shapes or types of the matrices do not fit together");
  if (!is_fp8(p.a.type) && (p.what.a_scale || p.what.b_scale || p.what.fast_accumulation))
    return broken(call, "scales and fast accumulation are of FP8 alone");
  if (is_fp8(p.a.type)) {
    for (const float* scale : {p.what.a_scale, p.what.b_scale}) {
      if (scale == nullptr || !emulated_is_device_memory(scale, sizeof(float)))
        return broken(call, "a scale of FP8 is no number in device memory");
    }
  }
  const bool has = is_fp8(p.a.type)        ? has_fp8(p)
                   : p.a.type == CUDA_R_8I ? has_int8(p)
                                           : has_float(p);
  return has ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_NOT_SUPPORTED;
}

}  // namespace gpugauge::emulated::cublaslt
