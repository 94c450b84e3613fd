// The GEMM itself: put into a stream, and computed as the reference computes it.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

#include "harness/base/float_codec.hpp"
#include "tests/emulated/cublaslt/objects.hpp"

namespace gpugauge::emulated::cublaslt {
namespace {

DType dtype_of(cudaDataType_t type) {
  switch (type) {
    case CUDA_R_16BF:
      return DType::kBf16;
    case CUDA_R_16F:
      return DType::kFp16;
    case CUDA_R_8F_E4M3:
      return DType::kFp8E4m3;
    case CUDA_R_8F_E5M2:
      return DType::kFp8E5m2;
    case CUDA_R_8I:
      return DType::kInt8;
    case CUDA_R_32I:
      return DType::kInt32;
    default:
      return DType::kFp32;
  }
}

/// Everything of a call that its node needs when it runs, which may be long after the call.
struct Gemm {
  Description what;
  Layout a, b, d;
  const void* a_data;
  const void* b_data;
  void* d_data;
  void* workspace;
  std::size_t workspace_bytes;
  double alpha;
  std::int64_t m, n, k;
  Algorithm settings;
};

/// Below it threads cost more than they save.
constexpr std::int64_t kFewest = 1 << 18;

/// The vectors of length k that are multiplied with each other, one after another.
std::vector<double> vectors_of(const Layout& layout, const void* data, bool along_columns,
                               std::int64_t count, std::int64_t length, bool cut_to_tf32) {
  std::vector<double> values(static_cast<std::size_t>(count * length));
#pragma omp parallel for if (count * length > kFewest)
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t j = 0; j < length; ++j) {
      const std::int64_t at = along_columns ? j + i * layout.leading : i + j * layout.leading;
      double value = load_element(dtype_of(layout.type), data, at);
      if (cut_to_tf32) {  // to 11 bits: the tensor core ignores the others
        const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
        value = static_cast<double>(std::bit_cast<float>(bits & 0xFFFFE000U));
      }
      values[static_cast<std::size_t>(i * length + j)] = value;
    }
  }
  return values;
}

/// FP8's accumulator: 14 significant bits, cut after each instruction's 32 products; without fast
/// accumulation it is emptied into fp32 every 128 (DeepSeek-V3 technical report, 2024, 3.3.2).
double fp8_sum(const double* x, const double* y, std::int64_t count, bool fast) {
  constexpr std::int64_t kInstruction = 32, kPromoted = 128;
  constexpr int kBits = 14;
  double total = 0, running = 0;
  for (std::int64_t i = 0; i < count;) {
    for (const std::int64_t end = std::min(count, i + kInstruction); i < end; ++i)
      running += x[i] * y[i];
    int exponent = 0;
    const double mantissa = std::frexp(running, &exponent);
    running = std::ldexp(std::trunc(std::ldexp(mantissa, kBits)), exponent - kBits);
    if (!fast && i % kPromoted == 0) total += std::exchange(running, 0.0);
  }
  return total + running;
}

double plain_sum(const double* x, const double* y, std::int64_t count) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < count; ++i) sum += x[i] * y[i];
  return sum;
}

double rounded(DType dtype, double value) {
  std::array<char, 8> stored{};
  store_element(dtype, stored.data(), 0, static_cast<float>(value));
  return load_element(dtype, stored.data(), 0);
}

/// Its parts of K, added up as the algorithm says.
double sum_of(const Gemm& g, const double* x, const double* y, double scale) {
  const std::int64_t parts = g.settings.split_k;
  const std::uint32_t reduction = g.settings.reduction;
  double sum = 0;
  for (std::int64_t part = 0; part < parts; ++part) {
    const std::int64_t first = g.k * part / parts, count = g.k * (part + 1) / parts - first;
    double value = g.b.type == CUDA_R_8F_E4M3
                       ? fp8_sum(x + first, y + first, count, g.what.fast_accumulation != 0)
                       : plain_sum(x + first, y + first, count);
    value *= scale;
    if (reduction == CUBLASLT_REDUCTION_SCHEME_OUTPUT_TYPE)
      value = rounded(dtype_of(g.d.type), value);
    sum += value;
    if (reduction == CUBLASLT_REDUCTION_SCHEME_INPLACE) sum = rounded(dtype_of(g.d.type), sum);
  }
  return sum;
}

void compute(const Gemm& g) {
  // Partial sums would lie there. Nothing else may rely on what it holds.
  if (g.workspace_bytes > 0) std::memset(g.workspace, 0xC3, g.workspace_bytes);
  const bool tf32 = g.what.compute == CUBLAS_COMPUTE_32F_FAST_TF32;
  const auto a = vectors_of(g.a, g.a_data, g.what.transposed_a != CUBLAS_OP_N, g.m, g.k, tf32);
  const auto b = vectors_of(g.b, g.b_data, g.what.transposed_b == CUBLAS_OP_N, g.n, g.k, tf32);
  const double scale = g.alpha * static_cast<double>(g.what.a_scale ? *g.what.a_scale : 1) *
                       static_cast<double>(g.what.b_scale ? *g.what.b_scale : 1);
#pragma omp parallel for if (g.m * g.n * g.k > kFewest)
  for (std::int64_t row = 0; row < g.m; ++row) {
    for (std::int64_t column = 0; column < g.n; ++column) {
      const double* x = &a[static_cast<std::size_t>(row * g.k)];
      const double* y = &b[static_cast<std::size_t>(column * g.k)];
      const std::int64_t at = row + column * g.d.leading;
      if (g.d.type == CUDA_R_32I) {  // more digits than a float has
        static_cast<std::int32_t*>(g.d_data)[at] =
            static_cast<std::int32_t>(scale * plain_sum(x, y, g.k));
      } else {
        store_element(dtype_of(g.d.type), g.d_data, at, static_cast<float>(sum_of(g, x, y, scale)));
      }
    }
  }
}

/// A number on the host, in the description's scale type.
double number_at(const void* value, cudaDataType_t type) {
  return type == CUDA_R_32I ? *static_cast<const std::int32_t*>(value)
                            : static_cast<double>(*static_cast<const float*>(value));
}

}  // namespace
}  // namespace gpugauge::emulated::cublaslt

using namespace gpugauge::emulated;            // NOLINT: a C function that belongs to it
using namespace gpugauge::emulated::cublaslt;  // NOLINT

API cublasStatus_t cublasLtMatmul(cublasLtHandle_t handle, cublasLtMatmulDesc_t description,
                                  const void* alpha, const void* A, cublasLtMatrixLayout_t a,
                                  const void* B, cublasLtMatrixLayout_t b, const void* beta,
                                  const void* C, cublasLtMatrixLayout_t c, void* D,
                                  cublasLtMatrixLayout_t d, const cublasLtMatmulAlgo_t* algorithm,
                                  void* workspace, std::size_t workspace_size,
                                  cudaStream_t stream) {
  (void)taken<Handle>(__func__, handle);
  const Problem p = problem_of(__func__, description, a, b, c, d);
  if (const auto status = supports(__func__, p)) return status;
  const Algorithm settings = algorithm_in(__func__, algorithm);
  if (const auto status = accepts(settings, p)) return status;

  for (const void* number : {alpha, beta}) {
    if (number == nullptr || emulated_is_device_memory(number, 1))
      return broken(__func__, "alpha and beta are numbers on the host");
  }
  if (number_at(beta, p.what.scale) != 0) return broken(__func__, "beta is not emulated but for 0");
  const struct {
    const char* name;
    const void* data;
    std::size_t bytes;
  } arrays[] = {{"A", A, p.a.bytes()},
                {"B", B, p.b.bytes()},
                {"C", C, p.c.bytes()},
                {"D", D, p.d.bytes()},
                {"the workspace", workspace, workspace_size}};
  constexpr std::uintptr_t kAlignment = 256;  // of which the heuristic was told, and for workspaces
  for (const auto& each : arrays) {
    if (each.bytes == 0) continue;
    if (!emulated_is_device_memory(each.data, each.bytes))
      return broken(__func__, fmt::format("{} is not in one allocation of the device", each.name));
    if (reinterpret_cast<std::uintptr_t>(each.data) % kAlignment != 0)
      return broken(__func__, fmt::format("{} is not aligned to 256 bytes", each.name));
  }
  const std::size_t needed = workspace_bytes(settings, p);
  if (needed > workspace_size)
    return broken(__func__, fmt::format("the workspace has {} bytes, the algorithm takes {}",
                                        workspace_size, needed));

  const Gemm gemm{.what = p.what,
                  .a = p.a,
                  .b = p.b,
                  .d = p.d,
                  .a_data = A,
                  .b_data = B,
                  .d_data = D,
                  .workspace = workspace,
                  .workspace_bytes = needed,
                  .alpha = number_at(alpha, p.what.scale),
                  .m = static_cast<std::int64_t>(p.m()),
                  .n = static_cast<std::int64_t>(p.n()),
                  .k = static_cast<std::int64_t>(p.k()),
                  .settings = settings};
  LibraryCall call;
  // With its algorithm, so that EMULATED_CRASH can mean one candidate of a search.
  call.name =
      fmt::format("cublasLtMatmul {}x{}x{} algo {} tile {} stages {} split-K {}", gemm.m, gemm.n,
                  gemm.k, settings.id, settings.tile, settings.stages, settings.split_k);
  call.run = [gemm] { compute(gemm); };
  call.reads = {{A, p.a.bytes()}, {B, p.b.bytes()}};
  for (const float* scale : {p.what.a_scale, p.what.b_scale}) {
    if (scale != nullptr) call.reads.push_back({scale, sizeof(float)});
  }
  call.writes = {{D, p.d.bytes()}};
  if (needed > 0) call.writes.push_back({workspace, needed});
  call.flops =
      2.0 * static_cast<double>(gemm.m) * static_cast<double>(gemm.n) * static_cast<double>(gemm.k);
  call.operand_bytes = size_bytes(p.a.type);
  call.identity = fmt::format("{} {} {} {} {} {}", call.name, static_cast<int>(p.a.type),
                              static_cast<int>(p.what.compute), A, B, D);
  return emulated_enqueue_library_call(stream, call) == 0 ? CUBLAS_STATUS_SUCCESS
                                                          : CUBLAS_STATUS_EXECUTION_FAILED;
}
