// The product's replay of captured launches, on the emulated runtime.

#include "harness/device/cuda/cuda_replay.hpp"

#include <algorithm>

#include "harness/device/workload.hpp"
#include "tests/unit/emulated/runtime/emulated_device.hpp"

namespace gpugauge::emulated {
namespace {

constexpr int kWordBytes = 4;

/// Writes a word of its own for each slot, with `nodes` nodes.
class Words final : public Workload {
 public:
  Words(char* memory, int slots, int nodes) : memory_(memory), slots_(slots), nodes_(nodes) {}
  int slots() const override { return slots_; }
  void enqueue(gpugauge::Stream stream, int slot) override {
    for (int i = 0; i < nodes_; ++i) {
      ASSERT_EQ(cudaMemsetAsync(memory_ + slot * kWordBytes, 1, kWordBytes,
                                static_cast<cudaStream_t>(stream.native)),
                cudaSuccess);
    }
  }
  void poison() override {}
  Verification verify(const Launches&) override { return {}; }

 private:
  char* memory_;
  int slots_, nodes_;
};

class EmulatedReplay : public EmulatedDevice {
 protected:
  std::unique_ptr<Replay> capture(int slots, int nodes, std::int64_t launches) {
    bytes_ = static_cast<std::size_t>(slots) * kWordBytes;
    memory_ = allocate<char>(bytes_);
    words_ = std::make_unique<Words>(memory_, slots, nodes);
    auto replay = capture_cuda_graph(stream(), *words_, launches, [] { return Telemetry(); });
    EXPECT_EQ(cudaMemsetAsync(memory_, 0, bytes_, stream_), cudaSuccess);
    return replay;
  }
  std::int64_t written() {
    const std::vector<char> words = read(memory_, bytes_);
    return std::count(words.begin(), words.end(), 1) / kWordBytes;
  }

 private:
  std::size_t bytes_ = 0;
  char* memory_ = nullptr;
  std::unique_ptr<Words> words_;
};

TEST_F(EmulatedReplay, AGraphHoldsNoMoreNodesThanItMay) {
  EXPECT_EQ(capture(1, 1, 50'000)->launches(), 19'998);
  EXPECT_EQ(capture(1, 3, 50'000)->launches(), 6'666);
  EXPECT_EQ(capture(7, 3, 50)->launches(), 56);
}

TEST_F(EmulatedReplay, ARotationOfSeveralGraphsTouchesEachSlotInTurn) {
  const auto replay = capture(21'334, 1, 1);
  EXPECT_EQ(replay->launches(), 10'667);
  (void)replay->run();
  EXPECT_EQ(written(), 10'667);
  (void)replay->run();
  EXPECT_EQ(written(), 21'334);
  EXPECT_GT(replay->run().seconds, 0);
}

}  // namespace
}  // namespace gpugauge::emulated
