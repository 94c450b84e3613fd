// gemm_onednn.cpp: y[m,n] = x[m,k] · w[n,k]ᵀ through oneDNN's matmul, what frameworks run on CPUs.
//
// The weights are in the layout that the library asks for, as a framework packs them once when it
// loads a model: at m = 1 oneDNN reads them 1.4 times faster than row-major ones.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <optional>
#include <unordered_map>
#include <variant>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/base/units.hpp"
#include "kernels/cpu/onednn_matmul.hpp"
#include "kernels/implementation.hpp"
#include "kernels/reference/gemm_reference.hpp"

namespace gpugauge {
namespace {

std::int64_t whole_pages(std::int64_t bytes) {
  return (bytes + kSmallPageBytes - 1) / kSmallPageBytes * kSmallPageBytes;
}

std::int64_t bytes_of(const dnnl::memory::desc& desc) {
  return static_cast<std::int64_t>(desc.get_size());
}

class OnednnGemm : public Workload {
 public:
  OnednnGemm(const Gemm& op, Device& device, const CaseOptions& options)
      : op_(op),
        device_(device),
        plan_(plan_matmul(op, engine_)),
        matmul_(plan_),
        stride_(whole_pages(bytes_of(plan_.weights_desc()))),
        x_stride_(whole_pages(op.m * op.k * size_bytes(op.activations))),
        y_stride_(whole_pages(op.m * op.n * size_bytes(op.output))),
        slots_(rotation_slots(stride_ + x_stride_ + y_stride_, device.info().cache_bytes,
                              options.cache)),
        y_(device.allocate(slots_ * y_stride_)),
        scratch_(device.allocate(bytes_of(plan_.scratchpad_desc()))) {
    draw_or_pack(options.data);
    for (int slot = 0; slot < slots_; ++slot) {
      arguments_.push_back({{DNNL_ARG_SRC, wrap(plan_.src_desc(), x(slot))},
                            {DNNL_ARG_WEIGHTS, wrap(plan_.weights_desc(), weights(slot))},
                            {DNNL_ARG_DST, wrap(plan_.dst_desc(), y(slot))},
                            {DNNL_ARG_SCRATCHPAD, wrap(plan_.scratchpad_desc(), scratch_.data())}});
    }
  }

  int slots() const override { return slots_; }

  void enqueue(Stream, int slot) override {
    matmul_.execute(stream_, arguments_[static_cast<std::size_t>(slot)]);
    stream_.wait();
  }

  void poison() override { device_.poison(y_.data(), y_.bytes()); }

  /// Reading weights back from the packed layout takes far longer than a launch.
  Verification verify(const Launches& launches) override {
    Comparison all;
    for (int slot : launches.compared_slots(slots_, stride_)) all.merge(compare(slot));
    return all.result();
  }

  std::string details() const override { return implementation_name(plan_); }

 private:
  std::int64_t plain_bytes() const { return op_.n * op_.k * size_bytes(op_.weights); }
  std::byte* weights(int slot) const { return weights_ + slot * stride_; }
  const std::byte* x(int slot) const { return x_ + slot * x_stride_; }
  std::byte* y(int slot) const { return static_cast<std::byte*>(y_.data()) + slot * y_stride_; }

  /// The library takes no pointers to const, though it only reads these.
  dnnl::memory wrap(const dnnl::memory::desc& desc, const void* data) const {
    return {desc, engine_, const_cast<void*>(data)};
  }

  /// Random values are random in any layout. Where the packed one holds the elements and nothing
  /// else, neither padding nor sums of columns, it need not be made by packing.
  void draw_or_pack(Distribution data) {
    if (bytes_of(plan_.weights_desc()) == plain_bytes()) {
      try {
        packed_rows_.emplace(op_, plan_.weights_desc(), engine_);
      } catch (const dnnl::error&) {
        // No way back for the reference: it keeps the matrix that is packed.
      }
    }
    if (packed_rows_) {
      draw_packed(data);
    } else {
      pack(data);
    }
  }

  void draw_packed(Distribution data) {
    weights_ = draw(data, slots_ * stride_);
    x_ = weights_ + slots_ * stride_;
  }

  /// One matrix is packed, and every slot holds a copy of it: packing is slow, 0.1 GB/s for int8.
  void pack(Distribution data) {
    plain_ = draw(data, whole_pages(plain_bytes()));
    x_ = plain_ + whole_pages(plain_bytes());
    own_weights_ = device_.allocate(slots_ * stride_);
    weights_ = static_cast<std::byte*>(own_weights_.data());
    dnnl::memory from = wrap(plain_weights(op_), plain_);
    dnnl::memory to = wrap(plan_.weights_desc(), weights_);
    dnnl::reorder(from, to).execute(stream_, from, to);
    stream_.wait();
#pragma omp parallel for schedule(static)
    for (int slot = 1; slot < slots_; ++slot) {
      std::memcpy(weights(slot), weights_, static_cast<std::size_t>(stride_));
    }
  }

  /// Random elements: `bytes` for the weights, and those of every slot's x behind them.
  std::byte* draw(Distribution data, std::int64_t bytes) {
    const void* pool = device_.random_pool(op_.weights, data, bytes + slots_ * x_stride_);
    return static_cast<std::byte*>(const_cast<void*>(pool));
  }

  Comparison compare(int slot) {
    const std::int64_t row_bytes = op_.k * size_bytes(op_.weights);
    const auto read = [row_bytes](const std::byte* row, void* out) {
      std::memcpy(out, row, static_cast<std::size_t>(row_bytes));
    };
    GemmHostView view;
    view.x = [&](std::int64_t row, void* out) { read(x(slot) + row * row_bytes, out); };
    view.w = [&](std::int64_t row, void* out) {
      read(packed_rows_ ? packed_rows_->row(weights(slot), row) : plain_ + row * row_bytes, out);
    };
    view.y = y(slot);
    return compare_gemm(op_, view, customary_accuracy(op_), fmt::format("slot {}", slot),
                        static_cast<std::uint64_t>(slot));
  }

  Gemm op_;
  Device& device_;
  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{engine_};
  dnnl::matmul::primitive_desc plan_;
  dnnl::matmul matmul_;
  std::int64_t stride_;  ///< from the weights of one slot to those of the next
  std::int64_t x_stride_, y_stride_;
  int slots_;
  Buffer y_, scratch_, own_weights_;
  const std::byte* plain_ = nullptr;  ///< w[n,k] row-major, if the weights were packed from it
  const std::byte* x_ = nullptr;
  std::byte* weights_ = nullptr;
  std::optional<PackedRows> packed_rows_;                         ///< if they were drawn packed
  std::vector<std::unordered_map<int, dnnl::memory>> arguments_;  ///< of each slot
};

Unsupported supports(const Op& op, const DeviceInfo& device) {
  return why_not_onednn(std::get<Gemm>(op), device);
}

std::unique_ptr<Workload> make(const Op& op, Device& device, const CaseOptions& options) {
  try {
    return std::make_unique<OnednnGemm>(std::get<Gemm>(op), device, options);
  } catch (const dnnl::error& error) {
    throw EnvironmentError(fmt::format("cpu: oneDNN: {}", error.what()));
  }
}

}  // namespace

std::span<const Implementation> onednn_gemm() {
  static constexpr std::array kRows{
      Implementation{.name = "onednn",
                     .family = "gemm",
                     .backend = Backend::kCpu,
                     .semantics_version = 1,
                     .is_library = true,
                     .supports = supports,
                     .make = make},
  };
  return kRows;
}

}  // namespace gpugauge
