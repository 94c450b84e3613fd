#include <fmt/format.h>

#include <array>
#include <limits>
#include <vector>

#include "kernels/cuda/peak/tensor_peak.hpp"
#include "kernels/implementation.hpp"

namespace gpugauge {
namespace {

using tensor_peak::Shape;

/// Hopper reaches its peak by wgmma alone.
bool has_wgmma(const DeviceInfo& info) { return info.compute_capability == 90; }

Shape shape_of(const TensorPeak& op, const DeviceInfo& info) {
  return has_wgmma(info) ? tensor_peak::wgmma_shape(op.dtype, op.sparse)
                         : tensor_peak::mma_shape(op.dtype, op.sparse);
}

std::int64_t passes_of(const TensorPeak& op, const DeviceInfo& info) {
  return tensor_peak::passes_for(op.flops, shape_of(op, info), size_bytes(op.dtype),
                                 info.compute_units);
}

class TensorPeakWorkload final : public Workload {
 public:
  TensorPeakWorkload(const TensorPeak& op, Device& device, const CaseOptions& options)
      : op_(op),
        shape_(shape_of(op, device.info())),
        device_(device),
        accumulators_(device.allocate(units() * tile_bytes())),
        clocks_(device.allocate(clock_bytes(device.info().compute_units))) {
    const std::vector<KernelClock> none(static_cast<std::size_t>(device.info().compute_units));
    device.copy_to_device(clocks_.data(), none.data(), clocks_.bytes());
    launch_ = {.operands = device.random_pool(op.dtype, options.data, pool_bytes()),
               .accumulators = accumulators_.data(),
               .clocks = static_cast<KernelClock*>(clocks_.data()),
               .blocks = device.info().compute_units,
               .passes = static_cast<int>(passes_of(op, device.info()))};
  }

  int slots() const override { return 1; }

  void enqueue(Stream stream, int /*slot*/) override {
    (has_wgmma(device_.info()) ? tensor_peak::launch_wgmma_peak : tensor_peak::launch_mma_peak)(
        stream, op_.dtype, op_.sparse, launch_);
  }

  void poison() override { device_.poison(accumulators_.data(), accumulators_.bytes()); }

  Verification verify(const Launches& /*launches*/) override {
    std::vector<char> operands(static_cast<std::size_t>(pool_bytes()));
    device_.copy_to_host(operands.data(), launch_.operands, pool_bytes());

    const int distinct = tensor_peak::kOperandSets * shape_.units;
    std::vector<std::vector<tensor_peak::Sum>> sums(static_cast<std::size_t>(distinct));
#pragma omp parallel for schedule(dynamic)
    for (int i = 0; i < distinct; ++i) {
      sums[static_cast<std::size_t>(i)] = tensor_peak::reference_sums(
          shape_.product, operands.data() + i * shape_.product.operand_bytes());
    }

    std::vector<char> found(static_cast<std::size_t>(accumulators_.bytes()));
    device_.copy_to_host(found.data(), accumulators_.data(), accumulators_.bytes());
    Comparison all;
    for (std::int64_t unit = 0; unit < units(); ++unit) {
      Comparison comparison(
          fmt::format("block {}, unit {}", unit / shape_.units, unit % shape_.units),
          shape_.product.n);
      tensor_peak::compare_accumulators(comparison, shape_.product,
                                        sums[static_cast<std::size_t>(unit % distinct)],
                                        found.data() + unit * tile_bytes(), launch_.passes);
      all.merge(comparison);
    }
    return all.result();
  }

  std::optional<double> clock_mhz(std::int64_t newest_launches) const override {
    std::vector<KernelClock> blocks(static_cast<std::size_t>(device_.info().compute_units));
    device_.copy_to_host(blocks.data(), clocks_.data(), clocks_.bytes());
    return kernel_clock_mhz(blocks, newest_launches);
  }

  std::string details() const override {
    const std::int64_t instructions =
        std::int64_t{1} * launch_.passes * shape_.instructions_per_pass * shape_.units;
    return fmt::format("{} x {}{} an SM", instructions,
                       has_wgmma(device_.info()) ? "wgmma m64n256" : "mma m16n8",
                       op_.sparse ? " sparse" : "");
  }

 private:
  static std::int64_t clock_bytes(int blocks) {
    return std::int64_t{blocks} * static_cast<std::int64_t>(sizeof(KernelClock));
  }
  std::int64_t units() const {
    return std::int64_t{1} * device_.info().compute_units * shape_.units;
  }
  std::int64_t tile_bytes() const { return shape_.product.accumulators() * 4; }
  std::int64_t pool_bytes() const {
    return tensor_peak::kOperandSets * shape_.units * shape_.product.operand_bytes();
  }

  TensorPeak op_;
  Shape shape_;
  Device& device_;
  Buffer accumulators_, clocks_;
  tensor_peak::Launch launch_{};
};

/// Why the matrix units of that architecture do not do it, or are not reached by what is here.
Unsupported unsupported(DType dtype, int capability) {
  switch (dtype) {
    case DType::kBf16:
    case DType::kFp16:
    case DType::kTf32:
    case DType::kInt8:
    case DType::kFp8E4m3:
      break;
    case DType::kFp32:
    case DType::kFp8E5m2:
    case DType::kInt32:
      return fmt::format("there is no tensor peak kernel for {}", name_of(dtype));
  }
  if (capability < 80) return "needs compute capability 8.0 or later";
  if (capability >= 100 && capability < 120) {
    return fmt::format("compute capability {}.{} needs tcgen05, which this build does not have",
                       capability / 10, capability % 10);
  }
  if (dtype == DType::kFp8E4m3 && capability < 89) {
    return "FP8 needs compute capability 8.9 or later";
  }
  return std::nullopt;
}

Unsupported supports(const Op& op, const DeviceInfo& info) {
  const auto& peak = std::get<TensorPeak>(op);
  if (auto reason = unsupported(peak.dtype, info.compute_capability.value_or(0))) return reason;
  // Every unit does the same number of passes; at a thousand of them rounding up costs 0.1%.
  constexpr std::int64_t kFewestPasses = 1000, kMostPasses = std::numeric_limits<int>::max();
  if (info.compute_units == 0) return std::nullopt;  // a datasheet, which does not say
  const std::int64_t of_a_pass =
      info.compute_units * shape_of(peak, info).flops_per_pass(size_bytes(peak.dtype));
  const std::int64_t passes = passes_of(peak, info);
  if (passes < kFewestPasses || passes > kMostPasses) {
    return fmt::format(
        "{} FLOP per launch: expected {} or more (rounding within 0.1%) and at most {:.0e}",
        peak.flops, kFewestPasses * of_a_pass,
        static_cast<double>(kMostPasses) * static_cast<double>(of_a_pass));
  }
  return std::nullopt;
}

std::unique_ptr<Workload> make(const Op& op, Device& device, const CaseOptions& options) {
  return std::make_unique<TensorPeakWorkload>(std::get<TensorPeak>(op), device, options);
}

constexpr std::array kImplementations{Implementation{.name = "tensor_core",
                                                     .family = "tensor_peak",
                                                     .backend = Backend::kCuda,
                                                     .semantics_version = 1,
                                                     .is_library = false,
                                                     .supports = supports,
                                                     .make = make}};

}  // namespace

std::span<const Implementation> cuda_tensor_peak() { return kImplementations; }

}  // namespace gpugauge
