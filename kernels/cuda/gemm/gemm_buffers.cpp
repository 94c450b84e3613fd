#include "kernels/cuda/gemm/gemm_buffers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "harness/base/random.hpp"
#include "kernels/cuda/machine/fill.hpp"
#include "kernels/implementation.hpp"

namespace gpugauge {
namespace {

/// What cuBLASLt's heuristic takes for granted.
constexpr std::int64_t kAlignment = 256;

std::int64_t aligned_bytes(std::int64_t elements, DType dtype) {
  return (elements * size_bytes(dtype) + kAlignment - 1) / kAlignment * kAlignment;
}

/// The type in which x is multiplied: BF16 activations of FP8 weights are quantised first.
DType multiplied_x(const Gemm& op) {
  return op.weights == DType::kFp8E4m3 ? op.weights : op.activations;
}

}  // namespace

GemmBuffers::GemmBuffers(const Gemm& op, Device& device, const CaseOptions& options,
                         std::int64_t rows)
    : op_(op),
      device_(device),
      options_(options),
      x_bytes_(aligned_bytes(std::max(op.m, rows) * op.k, op.activations)),
      w_bytes_(aligned_bytes(op.n * op.k, op.weights)),
      y_bytes_(aligned_bytes(std::max(op.m, rows) * op.n, op.output)),
      slots_(model_rotation_slots(x_bytes_ + w_bytes_ + y_bytes_, device.info(), options)),
      outputs_(device.allocate(slots_ * y_bytes_)),
      w_(static_cast<const char*>(
          device.random_pool(op.weights, options.data, slots_ * (w_bytes_ + x_bytes_)))),
      x_(w_ + slots_ * w_bytes_) {
  if (op.activations == op.weights) return;
  constexpr std::uint64_t kSeed = 0x78;  // not that of the pools, or x would be w again
  activations_ = device.allocate(slots_ * x_bytes_);
  fill_random(device.stream(), activations_.data(), op.activations,
              activations_.bytes() / size_bytes(op.activations), options.data, kSeed);
  x_ = static_cast<const char*>(activations_.data());
}

GemmPointers GemmBuffers::pointers(int slot) const {
  return {.x = x_ + slot * x_bytes_,
          .w = w_ + slot * w_bytes_,
          .y = static_cast<char*>(outputs_.data()) + slot * y_bytes_};
}

double GemmBuffers::scale() const {
  if (op_.output == DType::kInt32) return 1.0;  // sums of the stored integers themselves
  return static_cast<double>(quantization_scale(multiplied_x(op_), options_.data)) *
         static_cast<double>(quantization_scale(op_.weights, options_.data));
}

float GemmBuffers::x_inverse_scale() const {
  return 1.0F / quantization_scale(multiplied_x(op_), options_.data);
}

void GemmBuffers::poison_outputs() { device_.poison(outputs_.data(), outputs_.bytes()); }

Verification GemmBuffers::compare(const Launches& launches, const GemmAccuracy& accuracy) const {
  Comparison all;
  for (int slot : launches.compared_slots(slots_, x_bytes_ + w_bytes_ + y_bytes_))
    all.merge(compare(slot, accuracy));
  return all.result();
}

Comparison GemmBuffers::compare(int slot, const GemmAccuracy& accuracy) const {
  const GemmPointers operands = pointers(slot);
  std::vector<char> y(static_cast<std::size_t>(y_bytes_));
  device_.copy_to_host(y.data(), operands.y, y_bytes_);

  const auto reader = [this](const void* matrix, DType dtype) -> GemmHostView::ReadRow {
    const std::int64_t row_bytes = op_.k * size_bytes(dtype);
    return [this, matrix, row_bytes](std::int64_t row, void* out) {
      device_.copy_to_host(out, static_cast<const char*>(matrix) + row * row_bytes, row_bytes);
    };
  };
  const GemmHostView view{.x = reader(operands.x, op_.activations),
                          .w = reader(operands.w, op_.weights),
                          .y = y.data(),
                          .scale = scale(),
                          .x_inverse_scale = x_inverse_scale()};
  return compare_gemm(op_, view, accuracy, fmt::format("slot {}", slot),
                      static_cast<std::uint64_t>(slot) + 1);
}

}  // namespace gpugauge
