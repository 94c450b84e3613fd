// memory.cpp: read, write, copy, scale, add and triad of the host's memory, after STREAM
// (McCalpin), on the device's OpenMP team. Each thread works on its own pages:
// harness/device/static_partition.hpp.

#include <fmt/format.h>
#include <omp.h>

#include <array>
#include <string>
#include <variant>
#include <vector>

#include "harness/base/units.hpp"
#include "harness/device/static_partition.hpp"
#include "kernels/cpu/memory_streams.hpp"
#include "kernels/implementation.hpp"
#include "kernels/reference/memory_reference.hpp"

namespace gpugauge {
namespace {

class OpenmpMemory : public Workload {
 public:
  OpenmpMemory(const MemoryStream& op, Device& device, const CaseOptions& options)
      : pattern_(op.pattern),
        device_(device),
        array_bytes_(array_bytes(op)),
        stores_(options.cache == CacheState::kCold ? StoreKind::kStreaming : StoreKind::kOrdinary) {
    const ArrayCount arrays = arrays_of(op.pattern);
    reads_ = arrays.read;
    slots_ = rotation_slots(array_bytes_ * (arrays.read + arrays.written),
                            device.info().cache_bytes, options.cache);
    if (arrays.read > 0) {
      input_ = static_cast<const float*>(
          device.random_pool(DType::kFp32, options.data, array_bytes_ * slots_ * arrays.read));
    } else {
      device.release_pools();  // the output then lies on pages that were touched before
    }
    if (arrays.written > 0) output_ = device.allocate(array_bytes_ * slots_ * arrays.written);
    checksums_.resize(static_cast<std::size_t>(slots_));
  }

  int slots() const override { return slots_; }

  void enqueue(Stream, int slot) override {
    std::uint32_t checksum = 0;
#pragma omp parallel reduction(+ : checksum)
    {
      const Part pages =
          static_part(array_bytes_ / kSmallPageBytes, omp_get_thread_num(), omp_get_num_threads());
      checksum = run_part(slot, pages.begin * kSmallPageBytes, pages.size() * kSmallPageBytes);
    }
    checksums_[static_cast<std::size_t>(slot)] = checksum;
  }

  void poison() override {
    if (output_.bytes() > 0) device_.poison(output_.data(), output_.bytes());
    checksums_.assign(checksums_.size(), ~std::uint32_t{0});
  }

  Verification verify(const Launches& launches) override {
    Comparison all;
    for (int slot : launches.slots_of(slots_)) {
      Comparison comparison(fmt::format("slot {}", slot));
      compare(comparison, slot);
      all.merge(comparison);
    }
    return all.result();
  }

  std::string details() const override {
    if (pattern_ == MemoryPattern::kRead) return fmt::format("{} loads", stream_read_vectors());
    return stores_ == StoreKind::kStreaming ? "streaming stores" : "ordinary stores";
  }

 private:
  float* output(int slot) const { return static_cast<float*>(output_.data()) + slot * elements(); }
  const float* input(int slot, int array) const {
    return input_ + (std::int64_t{slot} * reads_ + array) * elements();
  }
  std::int64_t elements() const { return array_bytes_ / static_cast<std::int64_t>(sizeof(float)); }

  std::uint32_t run_part(int slot, std::int64_t begin_bytes, std::int64_t bytes) const {
    const std::int64_t begin = begin_bytes / static_cast<std::int64_t>(sizeof(float));
    switch (pattern_) {
      case MemoryPattern::kRead:
        return stream_read(input(slot, 0) + begin, bytes);
      case MemoryPattern::kWrite:
        stream_write(output(slot) + begin, bytes, stores_);
        break;
      case MemoryPattern::kCopy:
        stream_copy(output(slot) + begin, input(slot, 0) + begin, bytes, stores_);
        break;
      case MemoryPattern::kScale:
        stream_scale(output(slot) + begin, input(slot, 0) + begin, bytes, stores_);
        break;
      case MemoryPattern::kAdd:
        stream_add(output(slot) + begin, input(slot, 0) + begin, input(slot, 1) + begin, bytes,
                   stores_);
        break;
      case MemoryPattern::kTriad:
        stream_triad(output(slot) + begin, input(slot, 0) + begin, input(slot, 1) + begin, bytes,
                     stores_);
        break;
    }
    return 0;
  }

  void compare(Comparison& comparison, int slot) const {
    const auto array = [this](const float* data) {
      return std::span(data, static_cast<std::size_t>(elements()));
    };
    switch (pattern_) {
      case MemoryPattern::kRead:
        compare_checksum(comparison, checksums_[static_cast<std::size_t>(slot)],
                         word_checksum(array(input(slot, 0))));
        break;
      case MemoryPattern::kWrite:
        compare_write(comparison, array(output(slot)));
        break;
      case MemoryPattern::kCopy:
        compare_copy(comparison, array(output(slot)), array(input(slot, 0)));
        break;
      case MemoryPattern::kScale:
        compare_scale(comparison, array(output(slot)), array(input(slot, 0)));
        break;
      case MemoryPattern::kAdd:
        compare_add(comparison, array(output(slot)), array(input(slot, 0)), array(input(slot, 1)));
        break;
      case MemoryPattern::kTriad:
        compare_triad(comparison, array(output(slot)), array(input(slot, 0)),
                      array(input(slot, 1)));
        break;
    }
  }

  MemoryPattern pattern_;
  Device& device_;
  std::int64_t array_bytes_;
  StoreKind stores_;
  int reads_ = 0;
  int slots_ = 1;
  const float* input_ = nullptr;
  Buffer output_;
  std::vector<std::uint32_t> checksums_;  ///< what each slot's last read summed up to
};

Unsupported supports(const Op& op, const DeviceInfo&) {
  const auto& stream = std::get<MemoryStream>(op);
  if (array_bytes(stream) < kSmallPageBytes) {
    return fmt::format("{} bytes are less than one page of {} bytes per array", stream.bytes,
                       kSmallPageBytes);
  }
  return std::nullopt;
}

std::unique_ptr<Workload> make(const Op& op, Device& device, const CaseOptions& options) {
  return std::make_unique<OpenmpMemory>(std::get<MemoryStream>(op), device, options);
}

}  // namespace

std::span<const Implementation> openmp_memory() {
  static constexpr std::array kRows{
      Implementation{.name = "openmp",
                     .family = "memory",
                     .backend = Backend::kCpu,
                     .semantics_version = 1,
                     .is_library = true,
                     .supports = supports,
                     .make = make},
  };
  return kRows;
}

}  // namespace gpugauge
