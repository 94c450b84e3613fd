#include "kernels/cuda/latency/one_sided_chase.hpp"

#include <fmt/format.h>

#include <limits>
#include <numeric>
#include <vector>

#include "harness/base/error.hpp"
#include "kernels/cuda/latency/l2_sides.hpp"
#include "kernels/cuda/latency/latency.hpp"
#include "kernels/reference/comparison.hpp"
#include "kernels/reference/pointer_chase_reference.hpp"

namespace gpugauge {
namespace {

constexpr std::uint64_t kCycleSeed = 0x7369646573;
constexpr std::uint32_t kNotProbed = std::numeric_limits<std::uint32_t>::max();  // the poison

class OneSidedChase final : public Workload {
 public:
  OneSidedChase(const Latency& op, Device& device)
      : steps_(op.count),
        next_(static_cast<std::size_t>(op.bytes / kChaseLineBytes)),
        shared_bytes_(bound_chase_shared_bytes()),
        device_(device),
        lines_(device.allocate(line_count() * kChaseLineBytes)),
        chase_(device.allocate(sizeof(BoundChase))) {
    std::iota(next_.begin(), next_.end(), 0U);
    link();
    probe();
    const auto& side = op.kind == LatencyKind::kPointerChaseNear ? sides_.near : sides_.far;
    const auto cycle = random_cycle(static_cast<std::int64_t>(side.size()), kCycleSeed);
    for (std::size_t i = 0; i < side.size(); ++i) next_[side[i]] = side[cycle[i]];
    link();
    first_line_ = side.front();
    begin_ = {.line = address_of(first_line_), .asked = 0, .walked = 0, .processor = processor_};
    device_.copy_to_device(chase_.data(), &begin_, sizeof begin_);
  }

  int slots() const override { return 1; }
  void enqueue(Stream stream, int) override {
    launch_bound_chase(stream, static_cast<BoundChase*>(chase_.data()), steps_,
                       device_.info().compute_units, shared_bytes_);
  }

  void poison() override {
    BoundChase chase = state();
    chase.line = begin_.line;
    device_.copy_to_device(chase_.data(), &chase, sizeof chase);
  }

  /// Also fails if a launch before was not walked on the multiprocessor that was probed.
  Verification verify(const Launches& launches) override {
    const BoundChase chase = state();
    Comparison end(fmt::format("line after {} x {} steps", launches.count, steps_));
    end.add(static_cast<double>(chase.line - address_of(0)) / kChaseLineBytes,
            walk(next_, first_line_, launches.count * steps_), 0.0, 0);
    Comparison walked(fmt::format("loads on SM {}", processor_));
    walked.add(static_cast<double>(chase.walked), static_cast<double>(chase.asked), 0.0, 0);
    end.merge(walked);
    return end.result();
  }

  std::string details() const override {
    const std::string sides =
        fmt::format("near {} clk, far {} clk", sides_.near_cycles, sides_.far_cycles);
    return fmt::format("{} loads in a cycle of {} of {} lines; probed by atomics on SM {}: {}",
                       steps_, sides_.near.size(), line_count(), processor_,
                       sides_.differ
                           ? sides
                           : fmt::format("one partition, near and far do not differ ({})", sides));
  }

 private:
  std::int64_t line_count() const { return static_cast<std::int64_t>(next_.size()); }
  std::uint64_t address_of(std::uint32_t line) const {
    return reinterpret_cast<std::uint64_t>(lines_.data()) +
           line * static_cast<std::uint64_t>(kChaseLineBytes);
  }
  BoundChase state() {
    BoundChase chase{};
    device_.copy_to_host(&chase, chase_.data(), sizeof chase);
    return chase;
  }

  void link() {
    const std::int64_t bytes = line_count() * static_cast<std::int64_t>(sizeof next_.front());
    const Buffer next = device_.allocate(bytes);
    device_.copy_to_device(next.data(), next_.data(), bytes);
    launch_link(device_.stream(), lines_.data(), static_cast<const std::uint32_t*>(next.data()),
                line_count());
    device_.synchronize();  // before `next` goes
  }

  void probe() {
    std::vector<std::uint32_t> cycles(next_.size());
    const std::int64_t bytes = line_count() * static_cast<std::int64_t>(sizeof cycles.front());
    const Buffer measured = device_.allocate(bytes);
    const Buffer processor = device_.allocate(sizeof processor_);
    device_.poison(measured.data(), bytes);
    launch_probe(device_.stream(), lines_.data(), line_count(),
                 static_cast<std::uint32_t*>(measured.data()),
                 static_cast<std::uint32_t*>(processor.data()));
    device_.copy_to_host(cycles.data(), measured.data(), bytes);
    device_.copy_to_host(&processor_, processor.data(), sizeof processor_);
    if (cycles.back() == kNotProbed) throw EnvironmentError("the probe of the L2 did not end");
    sides_ = split_sides(cycles);
  }

  std::int64_t steps_;
  std::vector<std::uint32_t> next_;  ///< of each line; itself, of one on the other side
  int shared_bytes_;
  Device& device_;
  Buffer lines_;
  Buffer chase_;
  L2Sides sides_;
  std::uint32_t processor_ = 0;
  std::uint32_t first_line_ = 0;
  BoundChase begin_{};
};

}  // namespace

std::unique_ptr<Workload> make_one_sided_chase(const Latency& op, Device& device) {
  return std::make_unique<OneSidedChase>(op, device);
}

}  // namespace gpugauge
