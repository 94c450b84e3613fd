#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "kernels/cuda/gemm/gemm_buffers.hpp"
#include "kernels/cuda/gemm/gemm_mma.hpp"
#include "kernels/cuda/gemm/gemm_rules.hpp"
#include "kernels/implementation.hpp"

namespace gpugauge {
namespace {

bool is_emulated(DType operands, const DeviceInfo& info) {
  return operands == DType::kFp8E4m3 &&
         gemm_mma::fp8_is_emulated(info.compute_capability.value_or(0));
}

class MmaGemmWorkload final : public Workload {
 public:
  MmaGemmWorkload(const Gemm& op, Device& device, const CaseOptions& options)
      : op_(op),
        is_emulated_(is_emulated(op.weights, device.info())),
        buffers_(op, device, options),
        plan_(gemm_mma::choose(op.m, op.n, device.info().compute_units,
                               is_emulated_ ? gemm_mma::kSmallestTile : 0)) {}

  int slots() const override { return buffers_.slots(); }

  void enqueue(Stream stream, int slot) override {
    const GemmPointers operands = buffers_.pointers(slot);
    launch_gemm_mma(stream,
                    {.dtype = op_.weights,
                     .m = op_.m,
                     .n = op_.n,
                     .k = op_.k,
                     .x = operands.x,
                     .w = operands.w,
                     .y = operands.y,
                     .scale = static_cast<float>(buffers_.scale())},
                    plan_);
  }

  void poison() override { buffers_.poison_outputs(); }

  Verification verify(const Launches& launches) override {
    constexpr bool kInTheTensorCore = true;  // is where FP8 sums stay
    return buffers_.compare(launches, cublaslt::accuracy(op_, kInTheTensorCore));
  }

  std::string details() const override {
    const auto& tile = gemm_mma::kTiles[static_cast<std::size_t>(plan_.tile)];
    return fmt::format("tile {}x{}, {} stages, bands of {}, {} blocks{}", tile.rows(),
                       tile.columns(), tile.stages, plan_.schedule.band, plan_.blocks,
                       is_emulated_ ? ", FP8 emulated in FP16" : "");
  }

 private:
  Gemm op_;
  bool is_emulated_;
  GemmBuffers buffers_;
  gemm_mma::Plan plan_;
};

Unsupported supports(const Op& op, const DeviceInfo& info) {
  const auto& gemm = std::get<Gemm>(op);
  const int capability = info.compute_capability.value_or(0);
  if (capability < 80) return "mma.sync kernels need compute capability 8.0 or later";
  switch (gemm.weights) {
    case DType::kBf16:
    case DType::kFp16:
    case DType::kInt8:
      break;
    case DType::kFp8E4m3:
      if (capability < 89) return "FP8 needs compute capability 8.9 or later";
      break;
    case DType::kFp32:
    case DType::kTf32:
    case DType::kFp8E5m2:
    case DType::kInt32:
      return fmt::format("there is no mma.sync kernel for {}", name_of(gemm.weights));
  }
  if (gemm.activations != gemm.weights || gemm.output != gemm_output_of(gemm.weights)) {
    return "activations and weights must have one type, and the output its default type";
  }
  if (gemm.m < 1 || gemm.n < 1 || gemm.k < 1) return "M, N and K must be at least 1";
  constexpr std::int64_t kCopyBytes = 16;
  if (const std::int64_t multiple = kCopyBytes / size_bytes(gemm.weights); gemm.k % multiple != 0) {
    return fmt::format("copies of 16 bytes need K in multiples of {}", multiple);
  }
  constexpr std::int64_t kStoredTogether = 8;
  if (gemm.n % kStoredTogether != 0) return "stores of 8 neighbours need N in multiples of 8";
  constexpr std::int64_t kLargest = std::numeric_limits<std::int32_t>::max() / 2;
  if (std::max({gemm.m, gemm.n, gemm.k * size_bytes(gemm.weights)}) > kLargest) {
    return "M, N and the bytes of K must be below 2^31";
  }
  return std::nullopt;
}

std::unique_ptr<Workload> make(const Op& op, Device& device, const CaseOptions& options) {
  return std::make_unique<MmaGemmWorkload>(std::get<Gemm>(op), device, options);
}

constexpr std::array kImplementations{
    Implementation{.name = "mma",
                   .family = "gemm",
                   .backend = Backend::kCuda,
                   .semantics_version = 2,  // 2: cold is a model's footprint
                   .is_library = false,
                   .supports = supports,
                   .make = make}};

}  // namespace

std::span<const Implementation> mma_gemm() { return kImplementations; }

}  // namespace gpugauge
