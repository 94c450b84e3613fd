#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/verification.hpp"
#include "harness/device/device.hpp"

namespace gpugauge {

/// What times a workload.
enum class Timing : std::uint8_t {
  kDeviceGraph,  ///< device time of a captured graph, or the CPU's own clock
  kHostClock,    ///< the host's clock around enqueueing and waiting: the host's part is what counts
};

/// Launches of one replay, rotating through the slots from `first_slot` on.
struct Launches {
  std::int64_t count = 1;
  int first_slot = 0;

  /// Where the last one went, of so many slots.
  int last_slot(int slots) const { return static_cast<int>((first_slot + count - 1) % slots); }
  /// Every slot that was launched, once, the last launch's at the end.
  std::vector<int> slots_of(int slots) const {
    std::vector<int> launched;
    for (std::int64_t back = std::min<std::int64_t>(count, slots); back-- > 0;)
      launched.push_back(static_cast<int>((first_slot + count - 1 - back) % slots));
    return launched;
  }
  /// Of these, where a slot's comparison reads so many bytes: as many as hold 256 MiB, 1 to 16 at
  /// even distances, the last launch's among them.
  std::vector<int> compared_slots(int slots, std::int64_t bytes) const {
    constexpr std::int64_t kComparedBytes = std::int64_t{256} << 20, kMostCompared = 16;
    const std::vector<int> launched = slots_of(slots);
    const auto all = static_cast<std::int64_t>(launched.size());
    const std::int64_t most =
        std::min(all, std::clamp<std::int64_t>(kComparedBytes / std::max<std::int64_t>(bytes, 1), 1,
                                               kMostCompared));
    std::vector<int> compared;
    for (std::int64_t i = 1; i <= most; ++i)
      compared.push_back(launched[static_cast<std::size_t>((all * i + most - 1) / most - 1)]);
    return compared;
  }
};

/// One op made ready to run on one device. Made once per case: it allocates, packs and searches
/// there, so that `enqueue` only enqueues.
class Workload {
 public:
  Workload() = default;
  Workload(const Workload&) = delete;
  Workload& operator=(const Workload&) = delete;
  virtual ~Workload() = default;

  /// How many distinct sets of buffers `enqueue` may be given; consecutive launches rotate through
  /// them.
  virtual int slots() const = 0;
  /// Launches the op once on the buffers of `slot`, asynchronously where the device is. Capturable
  /// in a CUDA graph.
  virtual void enqueue(Stream stream, int slot) = 0;
  /// Poisons the outputs of every slot and sets back what launches go on from.
  virtual void poison() = 0;
  /// Compares with kernels/reference what these launches left since `poison`, of the slots that
  /// they wrote or, where comparing takes long, of some of them, the last among these.
  virtual Verification verify(const Launches& launches) = 0;
  /// The clock at which so many of the newest launches ran, in MHz, where the kernel itself
  /// measures it.
  virtual std::optional<double> clock_mhz(std::int64_t /*newest_launches*/) const {
    return std::nullopt;
  }
  /// What was chosen, for people: `algo 66, tile 128x64, split-K 4`. Empty if there was no choice.
  virtual std::string details() const { return {}; }
  /// False if two launches on the same inputs may differ in the last bits (atomics, split-K).
  virtual bool deterministic() const { return true; }
  virtual Timing timing() const { return Timing::kDeviceGraph; }
};

/// Verifies what was timed: poisons the outputs, runs the timed replay itself once and compares
/// what it left. A graph of whole rotations writes every slot.
inline Verification verify_replay(Workload& workload, Replay& replay) {
  const Launches launches{.count = replay.launches(), .first_slot = replay.next_slot()};
  workload.poison();
  (void)replay.run();
  return workload.verify(launches);
}

}  // namespace gpugauge
