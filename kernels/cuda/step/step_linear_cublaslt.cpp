#include <fmt/format.h>

#include <array>
#include <utility>

#include "kernels/cuda/gemm/gemm_rules.hpp"
#include "kernels/cuda/step/step_linears.hpp"

namespace gpugauge {
namespace {

/// A GEMM as cuBLASLt knows it; all algorithms that are tried for one share it.
struct Described {
  Buffer scales;
  CublasLtMatmul matmul;
};

class CublasLtLinear final : public StepLinear {
 public:
  CublasLtLinear(const Gemm& op, std::shared_ptr<const Described> described,
                 const CublasLtAlgorithm& algorithm, void* workspace)
      : StepLinear(op),
        described_(std::move(described)),
        algorithm_(algorithm),
        workspace_(workspace) {}

  void run(Stream stream, const GemmPointers& operands) override {
    described_->matmul.run(stream, algorithm_, operands, workspace_);
  }
  GemmAccuracy accuracy() const override { return cublaslt::accuracy(op(), false); }
  std::string details() const override {
    return fmt::format("cublaslt {}", described_->matmul.describe(algorithm_));
  }

 private:
  std::shared_ptr<const Described> described_;
  CublasLtAlgorithm algorithm_;
  void* workspace_;
};

std::shared_ptr<const Described> describe(const Gemm& op, const LinearScales& scales,
                                          Device& device) {
  if (op.weights != DType::kFp8E4m3) {
    return std::make_shared<const Described>(Buffer(), CublasLtMatmul(op, {}, false));
  }
  const std::array<float, 2> values{scales.x, scales.w};
  Buffer buffer = device.allocate(sizeof(values));
  device.copy_to_device(buffer.data(), values.data(), sizeof(values));
  const auto* stored = static_cast<const float*>(buffer.data());
  CublasLtMatmul matmul(op, {.x = stored, .w = stored + 1}, false);
  return std::make_shared<const Described>(std::move(buffer), std::move(matmul));
}

}  // namespace

std::vector<std::unique_ptr<StepLinear>> cublaslt_linears(const Gemm& op,
                                                          const LinearScales& scales, int count,
                                                          Device& device, void* workspace) {
  std::vector<std::unique_ptr<StepLinear>> all;
  if (!cublaslt_library().api ||
      cublaslt::unsupported(op, device.info().compute_capability.value_or(0))) {
    return all;
  }
  const auto described = describe(op, scales, device);
  for (const CublasLtAlgorithm& algorithm :
       described->matmul.suggest(count, cublaslt_workspace_bytes(device.info()))) {
    all.push_back(std::make_unique<CublasLtLinear>(op, described, algorithm, workspace));
  }
  return all;
}

std::int64_t cublaslt_workspace_bytes(const DeviceInfo& info) {
  return cublaslt::workspace_bytes(info.compute_capability.value_or(0));
}

}  // namespace gpugauge
