#include <fmt/format.h>

#include <array>
#include <vector>

#include "kernels/cuda/latency/latency.hpp"
#include "kernels/cuda/latency/one_sided_chase.hpp"
#include "kernels/implementation.hpp"
#include "kernels/latency_rules.hpp"
#include "kernels/reference/comparison.hpp"
#include "kernels/reference/pointer_chase_reference.hpp"

namespace gpugauge {
namespace {

constexpr std::uint64_t kCycleSeed = 0x6368617365;

class PointerChase final : public Workload {
 public:
  PointerChase(const Latency& op, Device& device)
      : steps_(op.count),
        cycle_(random_cycle(op.bytes / kChaseLineBytes, kCycleSeed)),
        device_(device),
        lines_(device.allocate(line_count() * kChaseLineBytes)),
        position_(device.allocate(sizeof(std::uint64_t))) {
    const std::int64_t bytes = line_count() * static_cast<std::int64_t>(sizeof cycle_.front());
    const Buffer next = device.allocate(bytes);
    device.copy_to_device(next.data(), cycle_.data(), bytes);
    launch_link(device.stream(), lines_.data(), static_cast<const std::uint32_t*>(next.data()),
                line_count());
    go_to_first_line();
    device.synchronize();  // before `next` goes
  }

  int slots() const override { return 1; }
  void enqueue(Stream stream, int) override {
    launch_chase(stream, static_cast<std::uint64_t*>(position_.data()), steps_);
  }

  void poison() override { go_to_first_line(); }

  Verification verify(const Launches& launches) override {
    std::uint64_t end = 0;
    device_.copy_to_host(&end, position_.data(), sizeof end);
    Comparison comparison(fmt::format("line after {} x {} steps", launches.count, steps_));
    comparison.add(static_cast<double>(end - first_line()) / kChaseLineBytes,
                   walk(cycle_, 0, launches.count * steps_), 0.0, 0);
    return comparison.result();
  }

  std::string details() const override {
    return fmt::format("{} loads in a cycle of {} lines of {} bytes", steps_, line_count(),
                       kChaseLineBytes);
  }

 private:
  std::int64_t line_count() const { return static_cast<std::int64_t>(cycle_.size()); }
  std::uint64_t first_line() const { return reinterpret_cast<std::uint64_t>(lines_.data()); }
  void go_to_first_line() {
    const std::uint64_t line = first_line();
    device_.copy_to_device(position_.data(), &line, sizeof line);
  }

  std::int64_t steps_;
  std::vector<std::uint32_t> cycle_;
  Device& device_;
  Buffer lines_;
  Buffer position_;
};

class EmptyKernels final : public Workload {
 public:
  EmptyKernels(const Latency& op, Device& device)
      : count_(op.count),
        timing_(op.kind == LatencyKind::kKernelLaunch ? Timing::kHostClock : Timing::kDeviceGraph),
        device_(device) {}

  int slots() const override { return 1; }
  Timing timing() const override { return timing_; }
  void enqueue(Stream stream, int) override { launch_all(stream, nullptr); }

  void poison() override {}

  /// An empty kernel leaves nothing of which a replay could be told: what is counted are kernels of
  /// a launch of its own.
  Verification verify(const Launches& /*launches*/) override {
    const Buffer counter = device_.allocate(sizeof(std::uint32_t));
    std::uint32_t count = 0;
    device_.copy_to_device(counter.data(), &count, sizeof count);
    launch_all(device_.stream(), static_cast<std::uint32_t*>(counter.data()));
    device_.copy_to_host(&count, counter.data(), sizeof count);
    Comparison comparison("kernels that ran");
    comparison.add(count, static_cast<double>(count_), 0.0, 0);
    return comparison.result();
  }

  std::string details() const override { return fmt::format("{} empty kernels", count_); }

 private:
  void launch_all(Stream stream, std::uint32_t* counter) const {
    for (std::int64_t i = 0; i < count_; ++i) launch_empty(stream, counter);
  }

  std::int64_t count_;
  Timing timing_;
  Device& device_;
};

Unsupported supports(const Op& op, const DeviceInfo& info) {
  return unsupported_latency(std::get<Latency>(op), info);
}

std::unique_ptr<Workload> make(const Op& any, Device& device, const CaseOptions& options) {
  const auto& op = std::get<Latency>(any);
  if (!is_pointer_chase(op.kind)) return std::make_unique<EmptyKernels>(op, device);
  refuse_cold_chase(op, device.info(), options.cache);
  if (is_one_sided(op.kind)) return make_one_sided_chase(op, device);
  return std::make_unique<PointerChase>(op, device);
}

constexpr std::array kImplementations{Implementation{.name = "native",
                                                     .family = "latency",
                                                     .backend = Backend::kCuda,
                                                     .semantics_version = 1,
                                                     .is_library = true,
                                                     .supports = supports,
                                                     .make = make}};

}  // namespace

std::span<const Implementation> cuda_latency() { return kImplementations; }

}  // namespace gpugauge
