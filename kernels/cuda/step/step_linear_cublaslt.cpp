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
  bool fast_accumulation;
  std::int64_t rows;  ///< M, or what it is padded to
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
  GemmAccuracy accuracy() const override {
    return cublaslt::accuracy(op(), described_->fast_accumulation,
                              described_->matmul.rounded_parts(algorithm_));
  }
  std::string details() const override {
    return fmt::format("cublaslt{}{} {}", described_->fast_accumulation ? "_fast_accum" : "",
                       described_->rows > op().m ? "_padded" : "",
                       described_->matmul.describe(algorithm_));
  }

 private:
  std::shared_ptr<const Described> described_;
  CublasLtAlgorithm algorithm_;
  void* workspace_;
};

Buffer upload(const LinearScales& scales, Device& device) {
  const std::array<float, 2> values{scales.x, scales.w};
  Buffer buffer = device.allocate(sizeof(values));
  device.copy_to_device(buffer.data(), values.data(), sizeof(values));
  return buffer;
}

std::shared_ptr<const Described> describe(Gemm op, const LinearScales& scales, Device& device,
                                          bool fast_accumulation, std::int64_t rows) {
  op.m = rows;
  if (op.weights != DType::kFp8E4m3) {
    return std::make_shared<const Described>(Buffer(), CublasLtMatmul(op, {}, false), false, rows);
  }
  Buffer buffer = upload(scales, device);
  const auto* stored = static_cast<const float*>(buffer.data());
  CublasLtMatmul matmul(op, {.x = stored, .w = stored + 1}, fast_accumulation);
  return std::make_shared<const Described>(std::move(buffer), std::move(matmul), fast_accumulation,
                                           rows);
}

/// The GEMM in each of the ways in which frameworks call it: gemm_cublaslt.cpp.
std::vector<std::shared_ptr<const Described>> as_called(const Gemm& op, const LinearScales& scales,
                                                        Device& device) {
  std::vector<std::shared_ptr<const Described>> all{describe(op, scales, device, false, op.m)};
  if (op.weights != DType::kFp8E4m3) return all;
  all.push_back(describe(op, scales, device, true, op.m));
  if (cublaslt::may_be_padded(op)) {
    for (const bool fast : {false, true})
      all.push_back(describe(op, scales, device, fast, cublaslt::kPaddedRows));
  }
  return all;
}

}  // namespace

std::vector<std::unique_ptr<StepLinear>> cublaslt_linears(const Gemm& op,
                                                          const LinearScales& scales, bool search,
                                                          Device& device, void* workspace) {
  std::vector<std::unique_ptr<StepLinear>> all;
  if (!cublaslt_library().api ||
      cublaslt::unsupported(op, device.info().compute_capability.value_or(0))) {
    return all;
  }
  const std::int64_t bytes = cublaslt_workspace_bytes(device.info());
  const auto add = [&](const auto& described, int count, Reductions allowed) {
    for (const auto& algorithm : described->matmul.suggest(count, bytes, allowed))
      all.push_back(std::make_unique<CublasLtLinear>(op, described, algorithm, workspace));
  };
  const auto called = as_called(op, scales, device);
  for (const auto& described : called) add(described, 1, Reductions::kAny);
  constexpr int kSuggestions = 32;
  if (search) add(called.front(), kSuggestions, Reductions::kComputeType);
  return all;
}

std::int64_t cublaslt_workspace_bytes(const DeviceInfo& info) {
  return cublaslt::workspace_bytes(info.compute_capability.value_or(0));
}

}  // namespace gpugauge
