#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include "kernels/cuda/memory.hpp"
#include "kernels/cuda/stream_grid.hpp"
#include "kernels/implementation.hpp"
#include "kernels/reference/memory_reference.hpp"

namespace gpugauge {
namespace {

/// What is fetched from the device at once to be compared with the reference.
constexpr std::int64_t kWindowBytes = 32 << 20;
constexpr std::int64_t kWordBytes = 4;

class StreamWorkload final : public Workload {
 public:
  StreamWorkload(const MemoryStream& op, Device& device, const CaseOptions& options)
      : pattern_(op.pattern),
        arrays_(arrays_of(op.pattern)),
        array_bytes_(array_bytes(op)),
        slots_(rotation_slots(array_bytes_ * (arrays_.read + arrays_.written),
                              device.info().cache_bytes, options.cache)),
        blocks_(stream_grid::blocks(pages(), device.info().compute_units,
                                    resident_stream_blocks(pattern_))),
        device_(device),
        outputs_(device.allocate(slots_ * output_bytes())) {
    if (arrays_.read > 0) {
      inputs_ = static_cast<const char*>(
          device.random_pool(DType::kFp32, options.data, slots_ * arrays_.read * array_bytes_));
    }
  }

  int slots() const override { return slots_; }

  void enqueue(Stream stream, int slot) override {
    launch_stream(stream, pattern_, arrays_of_slot(slot), pages(), blocks_);
  }

  Verification verify() override {
    device_.poison(outputs_.data(), outputs_.bytes());
    for (int slot = 0; slot < slots_; ++slot) enqueue(device_.stream(), slot);
    Comparison all;
    for (int slot = 0; slot < slots_; ++slot) {
      Comparison comparison(fmt::format("slot {}", slot));
      if (pattern_ == MemoryPattern::kRead) {
        compare_sum(comparison, arrays_of_slot(slot));
      } else {
        compare_words(comparison, arrays_of_slot(slot));
      }
      all.merge(comparison);
    }
    return all.result();
  }

  std::string details() const override {
    return fmt::format("{} blocks of {} threads", blocks_, stream_grid::kThreads);
  }

 private:
  std::int64_t pages() const { return array_bytes_ / stream_grid::kPageBytes; }
  std::int64_t output_bytes() const {
    return pattern_ == MemoryPattern::kRead ? blocks_ * kWordBytes : array_bytes_;
  }

  StreamArrays arrays_of_slot(int slot) const {
    const char* b = inputs_ + slot * arrays_.read * array_bytes_;
    return {.out = static_cast<char*>(outputs_.data()) + slot * output_bytes(),
            .b = b,
            .c = arrays_.read == 2 ? b + array_bytes_ : nullptr};
  }

  template <typename Element>
  std::vector<Element> fetch(const void* array, std::int64_t offset_bytes, std::int64_t bytes) {
    std::vector<Element> host(static_cast<std::size_t>(bytes) / sizeof(Element));
    device_.copy_to_host(host.data(), static_cast<const char*>(array) + offset_bytes, bytes);
    return host;
  }

  /// Calls `compare(offset_bytes, bytes)` for windows that together cover an array.
  template <typename Compare>
  void for_each_window(Compare compare) const {
    for (std::int64_t offset = 0; offset < array_bytes_; offset += kWindowBytes) {
      compare(offset, std::min(kWindowBytes, array_bytes_ - offset));
    }
  }

  void compare_sum(Comparison& comparison, const StreamArrays& arrays) {
    const auto partials = fetch<std::uint32_t>(arrays.out, 0, output_bytes());
    std::uint32_t expected = 0;
    for_each_window([&](std::int64_t offset, std::int64_t bytes) {
      expected += word_checksum(fetch<float>(arrays.b, offset, bytes));
    });
    compare_checksum(comparison, std::accumulate(partials.begin(), partials.end(), 0U), expected);
  }

  void compare_words(Comparison& comparison, const StreamArrays& arrays) {
    for_each_window([&](std::int64_t offset, std::int64_t bytes) {
      const auto found = fetch<float>(arrays.out, offset, bytes);
      const std::int64_t first = offset / kWordBytes;
      if (pattern_ == MemoryPattern::kWrite) {
        compare_write(comparison, found, first);
      } else if (pattern_ == MemoryPattern::kCopy) {
        compare_copy(comparison, found, fetch<float>(arrays.b, offset, bytes), first);
      } else {
        compare_triad(comparison, found, fetch<float>(arrays.b, offset, bytes),
                      fetch<float>(arrays.c, offset, bytes), first);
      }
    });
  }

  MemoryPattern pattern_;
  ArrayCount arrays_;
  std::int64_t array_bytes_;
  int slots_;
  int blocks_;
  Device& device_;
  Buffer outputs_;
  const char* inputs_ = nullptr;
};

Unsupported supports(const Op& op, const DeviceInfo& info) {
  const auto& stream = std::get<MemoryStream>(op);
  if (array_bytes(stream) == 0) {
    return fmt::format("{} are less than a 4 KiB page an array", format_bytes_exact(stream.bytes));
  }
  if (stream.bytes > info.memory_bytes) {
    return fmt::format("{} do not fit in the device's {:.1f} GiB", format_bytes_exact(stream.bytes),
                       static_cast<double>(info.memory_bytes) / (1 << 30));
  }
  return std::nullopt;
}

std::unique_ptr<Workload> make(const Op& op, Device& device, const CaseOptions& options) {
  return std::make_unique<StreamWorkload>(std::get<MemoryStream>(op), device, options);
}

constexpr std::array kImplementations{Implementation{.name = "stream",
                                                     .family = "memory",
                                                     .backend = Backend::kCuda,
                                                     .semantics_version = 1,
                                                     .is_library = false,
                                                     .supports = supports,
                                                     .make = make}};

}  // namespace

std::span<const Implementation> cuda_memory() { return kImplementations; }

}  // namespace gpugauge
