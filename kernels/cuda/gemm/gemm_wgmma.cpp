#include "kernels/cuda/gemm/gemm_wgmma.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "kernels/cuda/gemm/gemm_buffers.hpp"
#include "kernels/cuda/gemm/gemm_rules.hpp"
#include "kernels/implementation.hpp"

namespace gpugauge {
namespace {

using gemm_wgmma::Accumulation;

class WgmmaGemm final : public Workload {
 public:
  WgmmaGemm(const Gemm& op, Device& device, const CaseOptions& options, Accumulation accumulation)
      : op_(op),
        accumulation_(accumulation),
        buffers_(op, device, options),
        plan_(gemm_wgmma::choose(op.m, op.n, op.k * size_bytes(op.weights),
                                 device.info().compute_units)) {
    for (int slot = 0; slot < slots(); ++slot) {
      const GemmPointers operands = buffers_.pointers(slot);
      maps_.push_back(gemm_wgmma::tensor_maps(op, plan_, operands.x, operands.w, operands.y));
    }
  }

  int slots() const override { return buffers_.slots(); }

  void enqueue(Stream stream, int slot) override {
    gemm_wgmma::launch(stream, op_.weights, accumulation_, plan_,
                       maps_[static_cast<std::size_t>(slot)], static_cast<float>(buffers_.scale()));
  }

  void poison() override { buffers_.poison_outputs(); }

  Verification verify(const Launches& launches) override {
    return buffers_.compare(launches,
                            cublaslt::accuracy(op_, accumulation_ == Accumulation::kFast));
  }

  std::string details() const override {
    return fmt::format("tile {}x{}, cluster {}, bands of {}, {} blocks", plan_.tile.m, plan_.tile.n,
                       plan_.cluster, plan_.schedule.band, plan_.blocks);
  }

 private:
  Gemm op_;
  Accumulation accumulation_;
  GemmBuffers buffers_;
  gemm_wgmma::Plan plan_;
  std::vector<gemm_wgmma::TensorMaps> maps_;
};

template <Accumulation accumulation>
Unsupported supports(const Op& op, const DeviceInfo& info) {
  const auto& gemm = std::get<Gemm>(op);
  if (info.compute_capability != 90) return "wgmma needs compute capability 9.0, exactly";
  if (gemm.weights != DType::kBf16 && gemm.weights != DType::kFp16 &&
      gemm.weights != DType::kFp8E4m3) {
    return fmt::format("there is no wgmma kernel for {}", name_of(gemm.weights));
  }
  if (accumulation == Accumulation::kFast && gemm.weights != DType::kFp8E4m3) {
    return fmt::format("fast accumulation is a choice of FP8 only, not of {}",
                       name_of(gemm.weights));
  }
  if (gemm.activations != gemm.weights || gemm.output != gemm_output_of(gemm.weights)) {
    return "activations and weights must have one type, and the output its default type";
  }
  if (gemm.m < 1 || gemm.n < 1 || gemm.k < 1) return "M, N and K must be at least 1";
  if (std::max({gemm.m, gemm.n, gemm.k}) > std::numeric_limits<std::int32_t>::max()) {
    return "M, N and K must be below 2^31";
  }
  constexpr std::int64_t kRowBytes = 16;  // of what the copy engine reads and writes
  if (const std::int64_t multiple = kRowBytes / size_bytes(gemm.weights); gemm.k % multiple != 0) {
    return fmt::format("TMA needs rows of whole 16 bytes: K in multiples of {}", multiple);
  }
  if (const std::int64_t multiple = kRowBytes / size_bytes(gemm.output); gemm.n % multiple != 0) {
    return fmt::format("TMA needs rows of whole 16 bytes: N in multiples of {}", multiple);
  }
  return std::nullopt;
}

template <Accumulation accumulation>
std::unique_ptr<Workload> make(const Op& op, Device& device, const CaseOptions& options) {
  return std::make_unique<WgmmaGemm>(std::get<Gemm>(op), device, options, accumulation);
}

template <Accumulation accumulation>
constexpr Implementation implementation(std::string_view name) {
  return {.name = name,
          .family = "gemm",
          .backend = Backend::kCuda,
          .semantics_version = 2,  // 2: cold is a model's footprint
          .is_library = false,
          .supports = supports<accumulation>,
          .make = make<accumulation>};
}

constexpr std::array kImplementations{
    implementation<Accumulation::kPromoted>("wgmma"),
    implementation<Accumulation::kFast>("wgmma_fast_accum"),
};

}  // namespace

std::span<const Implementation> wgmma_gemm() { return kImplementations; }

}  // namespace gpugauge
