#include "kernels/cuda/linear/linear_stream.hpp"

#include <fmt/format.h>

#include <array>

#include "kernels/cuda/gemm/gemm_buffers.hpp"
#include "kernels/cuda/linear/linear_plan.hpp"
#include "kernels/implementation.hpp"

namespace gpugauge {
namespace {

bool is_hopper(const LinearDevice& device) { return device.compute_capability == 90; }

LinearPlan plan_on(const LinearShape& shape, const LinearDevice& device) {
  return (is_hopper(device) ? plan_linear_hopper : plan_linear)(shape, device.multiprocessors);
}

LinearShape shape_of(const Gemm& op) { return {op.m, op.n, op.k, op.activations, op.weights}; }

class LinearStreamWorkload final : public Workload {
 public:
  LinearStreamWorkload(const Gemm& op, Device& device, const CaseOptions& options, bool overlap)
      : op_(op),
        overlap_(overlap),
        runs_on_(linear_device(device.info())),
        buffers_(op, device, options),
        workspace_(device.allocate(linear_workspace_bytes(shape_of(op), runs_on_))) {
    const std::array<char, LinearPlan::kCounterBytes> zeros{};
    device.copy_to_device(workspace_.data(), zeros.data(), zeros.size());
  }

  int slots() const override { return buffers_.slots(); }

  void enqueue(Stream stream, int slot) override {
    const GemmPointers pointers = buffers_.pointers(slot);
    stream.overlap |= overlap_;
    launch_linear_stream(stream, shape_of(op_),
                         {.x = pointers.x,
                          .w = pointers.w,
                          .y = pointers.y,
                          .workspace = workspace_.data(),
                          .scale = static_cast<float>(buffers_.scale()),
                          .x_inverse_scale = buffers_.x_inverse_scale()},
                         runs_on_);
  }

  void poison() override { buffers_.poison_outputs(); }

  Verification verify(const Launches& launches) override {
    return buffers_.compare(launches, customary_accuracy(op_));
  }

  std::string details() const override {
    const LinearPlan plan = plan_on(shape_of(op_), runs_on_);
    return fmt::format("{}, {} {}tiles of {} rows by {} tokens over {} blocks",
                       is_hopper(runs_on_) ? "bulk copies" : "cp.async", plan.split.tiles,
                       plan.split.whole_tiles ? "whole " : "", plan.rows, plan.tokens,
                       plan.split.blocks);
  }

 private:
  Gemm op_;
  bool overlap_;
  LinearDevice runs_on_;
  GemmBuffers buffers_;
  Buffer workspace_;
};

template <bool overlap>
Unsupported supports(const Op& op, const DeviceInfo& info) {
  const auto& gemm = std::get<Gemm>(op);
  if (gemm.output != DType::kBf16) return "the output must be bf16";
  if (overlap && info.compute_capability.value_or(0) < 90) {
    return "programmatic dependent launch needs compute capability 9.0 or later";
  }
  return linear_unsupported(shape_of(gemm), linear_device(info));
}

template <bool overlap>
std::unique_ptr<Workload> make(const Op& op, Device& device, const CaseOptions& options) {
  return std::make_unique<LinearStreamWorkload>(std::get<Gemm>(op), device, options, overlap);
}

template <bool overlap>
constexpr Implementation implementation(std::string_view name) {
  return {.name = name,
          .family = "gemm",
          .backend = Backend::kCuda,
          .semantics_version = 2,  // 2: cold is a model's footprint
          .is_library = false,
          .supports = supports<overlap>,
          .make = make<overlap>,
          .overlaps_itself = overlap};
}

/// Alone, and as in a step whose launches overlap: there each fetches its first weights while the
/// one before it ends.
constexpr std::array kImplementations{implementation<false>("linear_stream"),
                                      implementation<true>("linear_stream_pdl")};

}  // namespace

LinearDevice linear_device(const DeviceInfo& info) {
  return {info.compute_units, info.compute_capability.value_or(0), info.cache_bytes};
}

std::optional<std::string> linear_unsupported(const LinearShape& shape,
                                              const LinearDevice& device) {
  const bool is_bf16 = shape.activations == DType::kBf16 && shape.weights == DType::kBf16;
  const bool is_fp8 = shape.weights == DType::kFp8E4m3 &&
                      (shape.activations == DType::kFp8E4m3 || shape.activations == DType::kBf16);
  if (!is_bf16 && !is_fp8) {
    return fmt::format(
        "{} activations with {} weights: only bf16 with bf16, and fp8_e4m3 or bf16 "
        "with fp8_e4m3",
        name_of(shape.activations), name_of(shape.weights));
  }
  if (device.compute_capability < 80) return "needs compute capability 8.0 or later";
  if (is_fp8 && device.compute_capability < 89) {
    return "FP8 needs compute capability 8.9 or later";
  }
  if (shape.m < 1 || shape.n < 1 || shape.k < 1) return "M, N and K must be at least 1";
  if (shape.m > kLinearMaxTokens) {
    return fmt::format("M = {} is above the kernel's limit of {}", shape.m, kLinearMaxTokens);
  }
  const std::int64_t vector = 16 / size_bytes(shape.weights);
  if (shape.k % vector != 0) {
    return fmt::format("{} needs K in multiples of {}", name_of(shape.weights), vector);
  }
  constexpr std::int64_t kMost = std::int64_t{1} << 30;  // its square is no overflow
  if (shape.n > kMost || shape.k > kMost || linear_steps(shape) > WorkSplit::kMostSteps) {
    return "the weights are larger than 32 GiB";
  }
  return std::nullopt;
}

std::int64_t linear_workspace_bytes(const LinearShape& shape, const LinearDevice& device) {
  return plan_linear(shape, device.multiprocessors).workspace_bytes();
}

void launch_linear_stream(Stream stream, const LinearShape& shape, const LinearOperands& operands,
                          const LinearDevice& device) {
  (is_hopper(device) ? launch_linear_stream_hopper : launch_linear_stream_generic)(
      stream, shape, operands, device, plan_on(shape, device));
}

std::span<const Implementation> cuda_linear_stream() { return kImplementations; }

}  // namespace gpugauge
