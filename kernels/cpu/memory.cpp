// memory.cpp: read, write, copy, scale, add and triad of the host's memory, after STREAM
// (McCalpin), on the device's OpenMP team. Each thread works on its own pages:
// harness/device/static_partition.hpp. How it walks them is chosen by the first launch, which times
// what memory_streams.hpp has to offer.

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <array>
#include <limits>
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
        walks_(walks_of(op.pattern, options.cache)) {
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
    if (walks_.size() > 1) walks_ = {fastest_walk()};
    checksums_[static_cast<std::size_t>(slot)] = run(slot, walks_.front(), {0, 1});
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
    const Walk& walk = walks_.front();
    if (pattern_ == MemoryPattern::kRead)
      return fmt::format("{}, {} loads", text_of(walk), stream_read_vectors());
    return fmt::format("{}, {} stores", text_of(walk),
                       walk.stores == StoreKind::kStreaming ? "streaming" : "ordinary");
  }

 private:
  /// Which piece of every thread's part, of how many.
  struct Piece {
    std::int64_t index, of;
  };

  static std::vector<Walk> walks_of(MemoryPattern pattern, CacheState cache) {
    std::vector<Walk> walks;
    const auto add = [&](Walk walk) {
      if (pattern == MemoryPattern::kRead) walk.stores = StoreKind::kOrdinary;  // has none
      if (std::find(walks.begin(), walks.end(), walk) == walks.end()) walks.push_back(walk);
    };
    if (cache == CacheState::kHot) {
      add(kHotWalk);
    } else {
      std::for_each(kColdWalks.begin(), kColdWalks.end(), add);
    }
    return walks;
  }

  /// Times the walks by turns, each on the next piece of the arrays; the best round of each counts,
  /// because a neighbour only ever slows one. The first round is not timed. The first walk stays
  /// unless another is faster by more than chance makes it.
  Walk fastest_walk() {
    constexpr std::int64_t kPieceBytes = std::int64_t{256} << 20;
    constexpr std::int64_t kFewestBytes = std::int64_t{16} << 20;  // less is too short to time
    constexpr int kRounds = 6;
    constexpr double kMargin = 0.02;
    if (array_bytes_ < kFewestBytes) return walks_.front();
    const std::int64_t pieces = std::max<std::int64_t>(1, array_bytes_ / kPieceBytes);
    std::vector<double> seconds(walks_.size(), std::numeric_limits<double>::infinity());
    std::int64_t next = 0;
    for (int round = 0; round < kRounds; ++round) {
      for (std::size_t i = 0; i < walks_.size(); ++i, ++next) {
        const double begin = omp_get_wtime();
        run(static_cast<int>(next / pieces % slots_), walks_[i], {next % pieces, pieces});
        if (round > 0) seconds[i] = std::min(seconds[i], omp_get_wtime() - begin);
      }
    }
    const auto fastest = std::min_element(seconds.begin(), seconds.end());
    if (*fastest > (1 - kMargin) * seconds.front()) return walks_.front();
    return walks_[static_cast<std::size_t>(fastest - seconds.begin())];
  }

  std::uint32_t run(int slot, const Walk& walk, Piece piece) const {
    std::uint32_t checksum = 0;
#pragma omp parallel reduction(+ : checksum)
    {
      const Part whole =
          static_part(array_bytes_ / kSmallPageBytes, omp_get_thread_num(), omp_get_num_threads());
      const std::int64_t begin = whole.begin + whole.size() * piece.index / piece.of;
      const std::int64_t end = whole.begin + whole.size() * (piece.index + 1) / piece.of;
      checksum = run_part(slot, walk, begin * kSmallPageBytes, (end - begin) * kSmallPageBytes);
    }
    return checksum;
  }

  float* output(int slot) const { return static_cast<float*>(output_.data()) + slot * elements(); }
  const float* input(int slot, int array) const {
    return input_ + (std::int64_t{slot} * reads_ + array) * elements();
  }
  std::int64_t elements() const { return array_bytes_ / static_cast<std::int64_t>(sizeof(float)); }

  std::uint32_t run_part(int slot, const Walk& walk, std::int64_t begin_bytes,
                         std::int64_t bytes) const {
    const std::int64_t begin = begin_bytes / static_cast<std::int64_t>(sizeof(float));
    switch (pattern_) {
      case MemoryPattern::kRead:
        return stream_read(input(slot, 0) + begin, bytes, walk);
      case MemoryPattern::kWrite:
        stream_write(output(slot) + begin, bytes, walk);
        break;
      case MemoryPattern::kCopy:
        stream_copy(output(slot) + begin, input(slot, 0) + begin, bytes, walk);
        break;
      case MemoryPattern::kScale:
        stream_scale(output(slot) + begin, input(slot, 0) + begin, bytes, walk);
        break;
      case MemoryPattern::kAdd:
        stream_add(output(slot) + begin, input(slot, 0) + begin, input(slot, 1) + begin, bytes,
                   walk);
        break;
      case MemoryPattern::kTriad:
        stream_triad(output(slot) + begin, input(slot, 0) + begin, input(slot, 1) + begin, bytes,
                     walk);
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
  std::vector<Walk> walks_;  ///< to choose from until the first launch, then the chosen one
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
