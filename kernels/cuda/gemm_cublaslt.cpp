// gemm_cublaslt.cpp: y[m,n] = x[m,k] · w[n,k]ᵀ as cuBLASLt runs it: what frameworks run today, and
// the bar for our own kernels.
//
// Build and try alone:
//   cmake --build build --target gpugauge && build/gpugauge run --device cuda:0 --filter cublaslt
//
// Floor: at small M the bytes of w over the measured read bandwidth, at large M the operations over
// the tensor cores' rate.
//
// - cublaslt: the heuristic's first answer.
// - cublaslt_search: the fastest of the algorithms that it suggests for several workspaces.
// - cublaslt_fast_accum: FP8 with sums left in the tensor core's short accumulator, first answer.
// - cublaslt_fast_accum_search: and the fastest.
//
// None of them has been measured on a card yet. All are held to reductions in the compute type, so
// that split-K does not round partial sums to 16 bits; frameworks may let the library do that.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "harness/error.hpp"
#include "kernels/cuda/candidate_search.hpp"
#include "kernels/cuda/cublaslt_matmul.hpp"
#include "kernels/cuda/gemm_buffers.hpp"
#include "kernels/cuda/gemm_rules.hpp"
#include "kernels/implementation.hpp"
#include "kernels/random.hpp"

namespace gpugauge {
namespace {

struct Variant {
  bool fast_accumulation;
  bool search;
};

/// The operands' quantisation scales in device memory, where FP8 kernels read them; else empty.
Buffer upload_scales(const Gemm& op, Device& device, const CaseOptions& options) {
  if (op.weights != DType::kFp8E4m3) return {};
  const std::array<float, 2> values{quantization_scale(op.activations, options.data),
                                    quantization_scale(op.weights, options.data)};
  Buffer scales = device.allocate(sizeof(values));
  device.copy_to_device(scales.data(), values.data(), sizeof(values));
  return scales;
}

GemmScales scales_in(const Buffer& buffer) {
  if (buffer.data() == nullptr) return {};
  const auto* values = static_cast<const float*>(buffer.data());
  return {.x = values, .w = values + 1};
}

/// The heuristic's answers for the customary workspace and, in a search, for others too; each
/// algorithm once, the first answer first.
std::vector<CublasLtAlgorithm> candidates(const CublasLtMatmul& matmul, int compute_capability,
                                          bool search) {
  const std::int64_t customary = cublaslt::workspace_bytes(compute_capability);
  if (!search) return matmul.suggest(1, customary);
  constexpr int kSuggestions = 64;
  constexpr std::int64_t kMiB = 1 << 20;
  std::vector<CublasLtAlgorithm> all;
  for (std::int64_t workspace : {customary, std::int64_t{0}, 4 * kMiB, 32 * kMiB, 64 * kMiB}) {
    for (const CublasLtAlgorithm& candidate : matmul.suggest(kSuggestions, workspace)) {
      const bool known = std::any_of(all.begin(), all.end(), [&](const CublasLtAlgorithm& other) {
        return std::memcmp(&other.algorithm, &candidate.algorithm, sizeof(other.algorithm)) == 0;
      });
      if (!known) all.push_back(candidate);
    }
  }
  return all;
}

class CublasLtGemm final : public Workload {
 public:
  CublasLtGemm(const Gemm& op, Device& device, const CaseOptions& options, Variant variant)
      : op_(op),
        device_(device),
        fast_accumulation_(variant.fast_accumulation),
        buffers_(op, device, options),
        scales_(upload_scales(op, device, options)),
        matmul_(op, scales_in(scales_), variant.fast_accumulation) {
    const auto all =
        candidates(matmul_, device.info().compute_capability.value_or(0), variant.search);
    if (all.empty()) {
      throw EnvironmentError(fmt::format("cuBLASLt has no algorithm for {} {} on {}", kind_path(op),
                                         shape_path(op), device.info().name));
    }
    std::size_t workspace_bytes = 0;
    for (const CublasLtAlgorithm& candidate : all) {
      workspace_bytes = std::max(workspace_bytes, candidate.workspace_bytes);
    }
    workspace_ = device.allocate(static_cast<std::int64_t>(workspace_bytes));
    chosen_ = all.front();
    if (variant.search) search(all);
  }

  int slots() const override { return buffers_.slots(); }

  void enqueue(Stream stream, int slot) override {
    matmul_.run(stream, chosen_, buffers_.pointers(slot), workspace_.data());
  }

  Verification verify() override {
    buffers_.poison_outputs();
    for (int slot = 0; slot < slots(); ++slot) enqueue(device_.stream(), slot);
    return buffers_.compare(cublaslt::accuracy(op_, fast_accumulation_));
  }

  std::string details() const override { return matmul_.describe(chosen_); }

 private:
  void search(const std::vector<CublasLtAlgorithm>& all) {
    const auto best = search_candidates(all.size(), [&](std::size_t i, std::int64_t launches) {
      chosen_ = all[i];
      return device_.capture(*this, launches);
    });
    if (!best) {
      throw EnvironmentError(fmt::format("none of cuBLASLt's {} algorithms for {} {} runs on {}",
                                         all.size(), kind_path(op_), shape_path(op_),
                                         device_.info().name));
    }
    chosen_ = all[*best];
  }

  Gemm op_;
  Device& device_;
  bool fast_accumulation_;
  GemmBuffers buffers_;
  Buffer scales_;
  CublasLtMatmul matmul_;
  Buffer workspace_;
  CublasLtAlgorithm chosen_{};
};

template <Variant variant>
Unsupported supports(const Op& op, const DeviceInfo& info) {
  const auto& gemm = std::get<Gemm>(op);
  if (auto reason = cublaslt::unsupported(gemm, info.compute_capability.value_or(0))) return reason;
  if (variant.fast_accumulation && gemm.weights != DType::kFp8E4m3) {
    return fmt::format("fast accumulation is a choice of FP8 only, not of {}",
                       name_of(gemm.weights));
  }
  const CublasLtLibrary& library = cublaslt_library();
  return library.api ? Unsupported() : Unsupported(library.absence);
}

template <Variant variant>
std::unique_ptr<Workload> make(const Op& op, Device& device, const CaseOptions& options) {
  return std::make_unique<CublasLtGemm>(std::get<Gemm>(op), device, options, variant);
}

template <Variant variant>
constexpr Implementation implementation(std::string_view name) {
  return {.name = name,
          .family = "gemm",
          .backend = Backend::kCuda,
          .semantics_version = 1,
          .is_library = !variant.search && !variant.fast_accumulation,
          .supports = supports<variant>,
          .make = make<variant>};
}

constexpr std::array kImplementations{
    implementation<Variant{.fast_accumulation = false, .search = false}>("cublaslt"),
    implementation<Variant{.fast_accumulation = false, .search = true}>("cublaslt_search"),
    implementation<Variant{.fast_accumulation = true, .search = false}>("cublaslt_fast_accum"),
    implementation<Variant{.fast_accumulation = true, .search = true}>(
        "cublaslt_fast_accum_search"),
};

}  // namespace

std::span<const Implementation> cublaslt_gemm() { return kImplementations; }

}  // namespace gpugauge
