// pointer_chase.cpp: one core follows a random cycle of addresses through the host's caches and
// memory; kernels/cuda/latency/latency.cu is the same on a GPU.

#include <fmt/format.h>

#include <array>
#include <variant>
#include <vector>

#include "kernels/implementation.hpp"
#include "kernels/latency_rules.hpp"
#include "kernels/reference/comparison.hpp"
#include "kernels/reference/pointer_chase_reference.hpp"

namespace gpugauge {
namespace {

constexpr std::uint64_t kCycleSeed = 0x6368617365;

struct alignas(kChaseLineBytes) Line {
  const Line* next;
};

class PointerChase final : public Workload {
 public:
  PointerChase(const Latency& op, Device& device)
      : steps_(op.count),
        cycle_(random_cycle(op.bytes / kChaseLineBytes, kCycleSeed)),
        memory_(device.allocate(op.bytes / kChaseLineBytes * kChaseLineBytes)),
        lines_(static_cast<Line*>(memory_.data())),
        position_(lines_) {
    for (std::size_t line = 0; line < cycle_.size(); ++line) {
      lines_[line].next = lines_ + cycle_[line];
    }
  }

  int slots() const override { return 1; }

  void enqueue(Stream, int) override {
    const Line* line = position_;
    for (std::int64_t step = 0; step < steps_; ++step) line = line->next;
    position_ = line;
  }

  void poison() override { position_ = lines_; }

  Verification verify(const Launches& launches) override {
    Comparison comparison(fmt::format("line after {} x {} steps", launches.count, steps_));
    comparison.add(static_cast<double>(position_ - lines_),
                   walk(cycle_, 0, launches.count * steps_), 0.0, 0);
    return comparison.result();
  }

  std::string details() const override {
    return fmt::format("{} loads in a cycle of {} lines of {} bytes", steps_, cycle_.size(),
                       kChaseLineBytes);
  }

 private:
  std::int64_t steps_;
  std::vector<std::uint32_t> cycle_;
  Buffer memory_;
  Line* lines_;
  const Line* position_;
};

Unsupported supports(const Op& any, const DeviceInfo& info) {
  const auto& op = std::get<Latency>(any);
  if (!is_pointer_chase(op.kind)) return "there are no kernels to launch on a CPU";
  return unsupported_latency(op, info);
}

std::unique_ptr<Workload> make(const Op& any, Device& device, const CaseOptions& options) {
  const auto& op = std::get<Latency>(any);
  refuse_cold_chase(op, device.info(), options.cache);
  return std::make_unique<PointerChase>(op, device);
}

}  // namespace

std::span<const Implementation> cpu_pointer_chase() {
  static constexpr std::array kRows{Implementation{.name = "chase",
                                                   .family = "latency",
                                                   .backend = Backend::kCpu,
                                                   .semantics_version = 1,
                                                   .is_library = true,
                                                   .supports = supports,
                                                   .make = make}};
  return kRows;
}

}  // namespace gpugauge
