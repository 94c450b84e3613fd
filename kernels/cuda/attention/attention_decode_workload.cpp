#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "harness/base/random.hpp"
#include "kernels/cuda/attention/attention_decode.hpp"
#include "kernels/cuda/attention/paged_cache.hpp"
#include "kernels/implementation.hpp"
#include "kernels/reference/attention_reference.hpp"

namespace gpugauge {
namespace {

/// One cache holds the sequences of every slot, its pages scattered over all of it.
class AttentionDecodeWorkload final : public Workload {
 public:
  AttentionDecodeWorkload(const AttentionDecode& op, Device& device, const CaseOptions& options)
      : op_(op),
        device_(device),
        scale_(quantization_scale(op.kv, options.data)),
        layout_{static_cast<int>(op.kv_heads), log2_exact(op.page_tokens)},
        pages_(op.batch * layout_.pages_of(static_cast<int>(op.context))),
        slots_(model_rotation_slots(2 * op.batch * op.context * op.kv_heads * row_bytes(),
                                    device.info(), options)),
        blocks_(attention_decode_blocks(op, device.info().compute_units)),
        table_(scattered_pages(slots_ * pages_)),
        device_table_(device.allocate(slots_ * pages_ * kEntryBytes)),
        q_(device.allocate(slots_ * q_bytes())),
        out_(device.allocate(slots_ * q_bytes())),
        workspace_(device.allocate(attention_decode_workspace_bytes(op, blocks_))),
        cache_(static_cast<const char*>(
            device.random_pool(op.kv, options.data, 2 * slots_ * pages_ * page_bytes()))) {
    device.copy_to_device(device_table_.data(), table_.data(), device_table_.bytes());
    const std::vector<char> zeros(static_cast<std::size_t>(workspace_.bytes()));
    device.copy_to_device(workspace_.data(), zeros.data(), workspace_.bytes());
    // Not from a pool: in BF16 that would be the keys themselves.
    constexpr std::uint64_t kSeed = 5;
    std::vector<std::uint16_t> q(static_cast<std::size_t>(q_.bytes() / 2));
#pragma omp parallel for schedule(static)
    for (std::size_t i = 0; i < q.size(); ++i) {
      store_random(DType::kBf16, options.data, kSeed, q.data(), static_cast<std::int64_t>(i));
    }
    device.copy_to_device(q_.data(), q.data(), q_.bytes());
  }

  int slots() const override { return slots_; }

  void enqueue(Stream stream, int slot) override {
    launch_attention_decode(
        stream, op_,
        {.q = static_cast<const char*>(q_.data()) + slot * q_bytes(),
         .q_stride = op_.heads * op_.head_dim,
         .k_cache = keys(),
         .v_cache = values(),
         .page_table = static_cast<const std::int32_t*>(device_table_.data()) + slot * pages_,
         .out = static_cast<char*>(out_.data()) + slot * q_bytes(),
         .workspace = workspace_.data(),
         .k_scale = scale_,
         .v_scale = scale_},
        blocks_);
  }

  void poison() override { device_.poison(out_.data(), out_.bytes()); }

  Verification verify(const Launches& launches) override {
    Comparison all;
    for (int slot : launches.compared_slots(slots_, 2 * pages_ * page_bytes()))
      all.merge(compare(slot));
    return all.result();
  }

  std::string details() const override {
    return fmt::format("{} blocks, pages of {} tokens", blocks_, op_.page_tokens);
  }

 private:
  static constexpr std::int64_t kEntryBytes = 4;

  std::int64_t row_bytes() const { return op_.head_dim * size_bytes(op_.kv); }
  std::int64_t page_bytes() const { return op_.kv_heads * op_.page_tokens * row_bytes(); }
  std::int64_t q_bytes() const {
    return op_.batch * op_.heads * op_.head_dim * size_bytes(DType::kBf16);
  }
  const char* keys() const { return cache_; }
  const char* values() const { return cache_ + slots_ * pages_ * page_bytes(); }

  Comparison compare(int slot) {
    std::vector<char> q(static_cast<std::size_t>(q_bytes())), out(q.size());
    device_.copy_to_host(q.data(), static_cast<char*>(q_.data()) + slot * q_bytes(), q_bytes());
    device_.copy_to_host(out.data(), static_cast<char*>(out_.data()) + slot * q_bytes(), q_bytes());
    const AttentionDecodeHostView view{
        .tokens = [&](std::int64_t sequence, std::int64_t kv_head, void* k,
                      void* v) { fetch_tokens(slot, sequence, kv_head, k, v); },
        .q = q.data(),
        .out = out.data(),
        .key_scale = static_cast<double>(scale_),
        .value_scale = static_cast<double>(scale_)};
    return compare_attention_decode(op_, view, fmt::format("slot {}", slot),
                                    static_cast<std::uint64_t>(slot) + 1);
  }

  void fetch_tokens(int slot, std::int64_t sequence, std::int64_t kv_head, void* k, void* v) {
    const std::int64_t entries = pages_ / op_.batch;
    for (std::int64_t first = 0; first < op_.context; first += op_.page_tokens) {
      const auto entry = static_cast<std::size_t>(slot * pages_ + sequence * entries +
                                                  layout_.entry_of(static_cast<int>(first)));
      const std::int64_t at =
          layout_.row_of(table_[entry], static_cast<int>(kv_head), 0) * row_bytes();
      const std::int64_t bytes = std::min(op_.page_tokens, op_.context - first) * row_bytes();
      device_.copy_to_host(static_cast<char*>(k) + first * row_bytes(), keys() + at, bytes);
      device_.copy_to_host(static_cast<char*>(v) + first * row_bytes(), values() + at, bytes);
    }
  }

  AttentionDecode op_;
  Device& device_;
  float scale_;
  PagedCache layout_;
  std::int64_t pages_;  ///< of one slot
  int slots_;
  int blocks_;
  std::vector<std::int32_t> table_;  ///< [slot][sequence][page]
  Buffer device_table_;
  Buffer q_, out_;  ///< of every slot
  Buffer workspace_;
  const char* cache_;  ///< keys of every slot, then values
};

Unsupported supports(const Op& op, const DeviceInfo& info) {
  constexpr int kAmpere = 80;
  if (info.compute_capability.value_or(0) < kAmpere) {
    return "cp.async and mma need compute capability 8.0 or later";
  }
  const char* const reason = attention_decode_unsupported(std::get<AttentionDecode>(op));
  return reason != nullptr ? Unsupported(reason) : std::nullopt;
}

std::unique_ptr<Workload> make(const Op& op, Device& device, const CaseOptions& options) {
  return std::make_unique<AttentionDecodeWorkload>(std::get<AttentionDecode>(op), device, options);
}

// Stands for the library too: no library of those that are linked has decode attention.
constexpr std::array kImplementations{
    Implementation{.name = "paged",
                   .family = "attention_decode",
                   .backend = Backend::kCuda,
                   .semantics_version = 2,  // 2: cold is a model's footprint
                   .is_library = true,
                   .supports = supports,
                   .make = make}};

}  // namespace

std::span<const Implementation> cuda_attention_decode() { return kImplementations; }

}  // namespace gpugauge
