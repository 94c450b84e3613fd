#include "kernels/cuda/memory/memory_workload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <span>
#include <utility>

#include "harness/base/error.hpp"
#include "harness/device/cuda/cuda_handles.hpp"
#include "kernels/cuda/machine/candidate_search.hpp"
#include "kernels/reference/memory_reference.hpp"

namespace gpugauge {
namespace {

constexpr std::int64_t kWordBytes = 4;

/// A part of a device array on the host, fetched at the link's rate: the largest cases are tens of
/// GiB.
class Window {
 public:
  static constexpr std::int64_t kBytes = 32 << 20;

  explicit Window(Device& device) : device_(device) {}

  std::span<const float> fetch(const void* array, std::int64_t offset_bytes, std::int64_t bytes) {
    if (memory_ == nullptr) memory_ = make_pinned_memory(bytes);  // the first is the largest
    device_.copy_to_host(memory_.get(), static_cast<const char*>(array) + offset_bytes, bytes);
    return {static_cast<const float*>(memory_.get()), static_cast<std::size_t>(bytes / kWordBytes)};
  }

 private:
  Device& device_;
  PinnedMemory memory_;
};

class MemoryWorkload final : public Workload {
 public:
  MemoryWorkload(const MemoryStream& op, Device& device, const CaseOptions& options,
                 std::vector<Streamer> streamers)
      : pattern_(op.pattern),
        arrays_(arrays_of(op.pattern)),
        array_bytes_(array_bytes(op)),
        slots_(model_rotation_slots(array_bytes_ * (arrays_.read + arrays_.written), device.info(),
                                    options)),
        streamers_(std::move(streamers)),
        output_bytes_(arrays_.written > 0 ? array_bytes_ : most_sums() * kWordBytes),
        device_(device),
        outputs_(device.allocate(slots_ * output_bytes_)) {
    if (arrays_.read > 0) {
      inputs_ = static_cast<const char*>(
          device.random_pool(DType::kFp32, options.data, slots_ * arrays_.read * array_bytes_));
    }
    if (streamers_.size() > 1) choose_streamer();
  }

  int slots() const override { return slots_; }

  void enqueue(Stream stream, int slot) override {
    streamer().launch(stream, arrays_of_slot(slot));
  }

  void poison() override { device_.poison(outputs_.data(), outputs_.bytes()); }

  Verification verify(const Launches& launches) override {
    std::array<Window, 3> windows{Window(device_), Window(device_), Window(device_)};
    Comparison all;
    for (int slot :
         launches.compared_slots(slots_, array_bytes_ * (arrays_.read + arrays_.written))) {
      Comparison comparison(fmt::format("slot {}", slot));
      if (pattern_ == MemoryPattern::kRead) {
        compare_sum(comparison, arrays_of_slot(slot), windows[0]);
      } else {
        compare_words(comparison, arrays_of_slot(slot), windows);
      }
      all.merge(comparison);
    }
    return all.result();
  }

  std::string details() const override {
    return streamer().details + (search_limits_.empty() ? "" : ", " + search_limits_);
  }

 private:
  const Streamer& streamer() const { return streamers_[chosen_]; }

  std::int64_t most_sums() const {
    int most = 0;
    for (const Streamer& s : streamers_) most = std::max(most, s.sums);
    return most;
  }

  void choose_streamer() {
    const Searched found = search_candidates(
        streamers_.size(), {.prepare =
                                [this](std::size_t candidate, std::int64_t launches) {
                                  chosen_ = candidate;
                                  return device_.capture(*this, launches);
                                },
                            .name = [this](std::size_t i) { return streamers_[i].details; },
                            .require_alive = [this] { device_.synchronize(); }});
    if (!found.best && !found.limits.empty())
      throw EnvironmentError(fmt::format("nothing is left to run: {}", found.limits));
    chosen_ = found.best.value_or(0);
    search_limits_ = found.limits;
  }

  StreamArrays arrays_of_slot(int slot) const {
    const char* b = inputs_ + slot * arrays_.read * array_bytes_;
    return {.out = static_cast<char*>(outputs_.data()) + slot * output_bytes_,
            .b = b,
            .c = arrays_.read == 2 ? b + array_bytes_ : nullptr};
  }

  /// Calls `compare(offset_bytes, bytes)` for windows that together cover an array.
  template <typename Compare>
  void for_each_window(Compare compare) const {
    for (std::int64_t offset = 0; offset < array_bytes_; offset += Window::kBytes) {
      compare(offset, std::min(Window::kBytes, array_bytes_ - offset));
    }
  }

  void compare_sum(Comparison& comparison, const StreamArrays& arrays, Window& window) {
    std::vector<std::uint32_t> sums(static_cast<std::size_t>(streamer().sums));
    device_.copy_to_host(sums.data(), arrays.out, streamer().sums * kWordBytes);
    std::uint32_t expected = 0;
    for_each_window([&](std::int64_t offset, std::int64_t bytes) {
      expected += word_checksum(window.fetch(arrays.b, offset, bytes));
    });
    compare_checksum(comparison, std::accumulate(sums.begin(), sums.end(), 0U), expected);
  }

  void compare_words(Comparison& comparison, const StreamArrays& arrays,
                     std::array<Window, 3>& windows) {
    for_each_window([&](std::int64_t offset, std::int64_t bytes) {
      const auto found = windows[0].fetch(arrays.out, offset, bytes);
      const auto b = [&] { return windows[1].fetch(arrays.b, offset, bytes); };
      const auto c = [&] { return windows[2].fetch(arrays.c, offset, bytes); };
      const std::int64_t first = offset / kWordBytes;
      switch (pattern_) {
        case MemoryPattern::kRead:
          break;
        case MemoryPattern::kWrite:
          return compare_write(comparison, found, first);
        case MemoryPattern::kCopy:
          return compare_copy(comparison, found, b(), first);
        case MemoryPattern::kScale:
          return compare_scale(comparison, found, b(), first);
        case MemoryPattern::kAdd:
          return compare_add(comparison, found, b(), c(), first);
        case MemoryPattern::kTriad:
          return compare_triad(comparison, found, b(), c(), first);
      }
    });
  }

  MemoryPattern pattern_;
  ArrayCount arrays_;
  std::int64_t array_bytes_;
  int slots_;
  std::vector<Streamer> streamers_;
  std::size_t chosen_ = 0;
  std::string search_limits_;
  std::int64_t output_bytes_;
  Device& device_;
  Buffer outputs_;
  const char* inputs_ = nullptr;
};

}  // namespace

std::unique_ptr<Workload> make_memory_workload(const MemoryStream& op, Device& device,
                                               const CaseOptions& options,
                                               std::vector<Streamer> streamers) {
  return std::make_unique<MemoryWorkload>(op, device, options, std::move(streamers));
}

}  // namespace gpugauge
