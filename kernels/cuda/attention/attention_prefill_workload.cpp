#include <fmt/format.h>

#include <array>
#include <vector>

#include "kernels/cuda/attention/attention_prefill.hpp"
#include "kernels/cuda/attention/attention_wgmma.hpp"
#include "kernels/implementation.hpp"
#include "kernels/reference/attention_reference.hpp"

namespace gpugauge {
namespace {

enum class Kernel { kMma, kWgmma };

class AttentionPrefillWorkload final : public Workload {
 public:
  AttentionPrefillWorkload(const AttentionPrefill& op, Device& device, const CaseOptions& options,
                           Kernel kernel)
      : op_(op),
        device_(device),
        q_bytes_(op.tokens * op.heads * op.head_dim * size_bytes(op.dtype)),
        k_bytes_(op.tokens * op.kv_heads * op.head_dim * size_bytes(op.dtype)),
        slots_(rotation_slots(2 * op.batch * (q_bytes_ + k_bytes_), device.info().cache_bytes,
                              options.cache)),
        out_(device.allocate(slots_ * op.batch * q_bytes_)),
        inputs_(static_cast<const char*>(device.random_pool(
            op.dtype, options.data, slots_ * op.batch * (q_bytes_ + 2 * k_bytes_)))) {
    if (kernel == Kernel::kMma) {
      block_queries_ =
          attention_prefill_block_queries(op, device.info().compute_capability.value_or(0));
    } else {
      for (int slot = 0; slot < slots_; ++slot) {
        maps_.push_back(attention_prefill_maps(op, arrays(slot * op.batch)));
      }
    }
  }

  int slots() const override { return slots_; }

  void enqueue(Stream stream, int slot) override {
    const AttentionPrefillArrays on_device = arrays(slot * op_.batch);
    if (maps_.empty()) {
      launch_attention_prefill(stream, op_, on_device, block_queries_);
    } else {
      launch_attention_wgmma(stream, op_, maps_[static_cast<std::size_t>(slot)], on_device.out,
                             device_.info().compute_units);
    }
  }

  void poison() override { device_.poison(out_.data(), out_.bytes()); }

  Verification verify(const Launches& launches) override {
    Comparison all;
    for (std::int64_t slot : launches.slots_of(slots_)) {
      for (std::int64_t i = 0; i < op_.batch; ++i) all.merge(compare(slot * op_.batch + i));
    }
    return all.result();
  }

  std::string details() const override {
    return maps_.empty() ? fmt::format("blocks of {} queries", block_queries_) : std::string();
  }

 private:
  /// A prompt's, where those of all slots are counted; the slot's next prompts follow it.
  AttentionPrefillArrays arrays(std::int64_t prompt) const {
    const char* const k = inputs_ + slots_ * op_.batch * q_bytes_;
    const char* const v = k + slots_ * op_.batch * k_bytes_;
    return {.q = inputs_ + prompt * q_bytes_,
            .k = k + prompt * k_bytes_,
            .v = v + prompt * k_bytes_,
            .out = static_cast<char*>(out_.data()) + prompt * q_bytes_};
  }

  Comparison compare(std::int64_t prompt) {
    const auto fetch = [&](const void* array, std::int64_t bytes) {
      std::vector<char> host(static_cast<std::size_t>(bytes));
      device_.copy_to_host(host.data(), array, bytes);
      return host;
    };
    const AttentionPrefillArrays on_device = arrays(prompt);
    const auto q = fetch(on_device.q, q_bytes_), out = fetch(on_device.out, q_bytes_);
    const auto k = fetch(on_device.k, k_bytes_), v = fetch(on_device.v, k_bytes_);
    return compare_attention_prefill(
        op_, {.q = q.data(), .k = k.data(), .v = v.data(), .out = out.data()},
        fmt::format("slot {} prompt {}", prompt / op_.batch, prompt % op_.batch),
        static_cast<std::uint64_t>(prompt) + 1);
  }

  AttentionPrefill op_;
  Device& device_;
  std::int64_t q_bytes_, k_bytes_;  ///< of one prompt
  int slots_;
  Buffer out_;          ///< of every slot
  const char* inputs_;  ///< q of every slot, then k, then v
  int block_queries_ = 0;
  std::vector<AttentionPrefillMaps> maps_;  ///< of every slot, for wgmma
};

template <Kernel kernel>
Unsupported supports(const Op& op, const DeviceInfo& info) {
  constexpr int kAmpere = 80, kHopper = 90;
  const int capability = info.compute_capability.value_or(0);
  if (kernel == Kernel::kWgmma && capability != kHopper) {
    return "wgmma needs compute capability 9.0, exactly";
  }
  if (capability < kAmpere) return "cp.async and mma need compute capability 8.0 or later";
  const char* const reason = attention_prefill_unsupported(std::get<AttentionPrefill>(op));
  return reason != nullptr ? Unsupported(reason) : std::nullopt;
}

template <Kernel kernel>
std::unique_ptr<Workload> make(const Op& op, Device& device, const CaseOptions& options) {
  return std::make_unique<AttentionPrefillWorkload>(std::get<AttentionPrefill>(op), device, options,
                                                    kernel);
}

template <Kernel kernel>
constexpr Implementation implementation(std::string_view name) {
  return {.name = name,
          .family = "attention_prefill",
          .backend = Backend::kCuda,
          .semantics_version = 1,
          .is_library = true,
          .supports = supports<kernel>,
          .make = make<kernel>};
}

// Both stand for the library, of which none that is linked has prefill attention: `flash` for
// FlashAttention-2, which engines run elsewhere, and `flash_wgmma` for FlashAttention-3, which they
// run on Hopper.
constexpr std::array kImplementations{implementation<Kernel::kMma>("flash"),
                                      implementation<Kernel::kWgmma>("flash_wgmma")};

}  // namespace

std::span<const Implementation> cuda_attention_prefill() { return kImplementations; }

}  // namespace gpugauge
