#include "harness/device/workload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace gpugauge {
namespace {

using testing::ElementsAre;

/// Counts launches in a word of each slot; 0 is the poison.
class Counters final : public Workload {
 public:
  explicit Counters(int slots) : words_(static_cast<std::size_t>(slots)) {}

  int slots() const override { return static_cast<int>(words_.size()); }
  void enqueue(Stream, int slot) override { ++words_[static_cast<std::size_t>(slot)]; }
  void poison() override { words_.assign(words_.size(), 0); }
  Verification verify(const Launches& launches) override {
    Verification verification;
    verification.passed = true;
    for (int slot : launches.slots_of(slots())) {
      ++verification.checked;
      if (words_[static_cast<std::size_t>(slot)] > 0) continue;
      verification.passed = false;
      verification.reason = "slot " + std::to_string(slot) + " holds the poison";
    }
    return verification;
  }

 private:
  std::vector<std::int64_t> words_;
};

/// What was captured, whatever the workload would enqueue now.
class Captured final : public Replay {
 public:
  Captured(std::int64_t launches, std::function<void()> graph, int next_slot = 0)
      : launches_(launches), next_slot_(next_slot), graph_(std::move(graph)) {}
  Sample run() override {
    ++runs;
    graph_();
    return {};
  }
  std::int64_t launches() const override { return launches_; }
  int next_slot() const override { return next_slot_; }

  int runs = 0;

 private:
  std::int64_t launches_;
  int next_slot_;
  std::function<void()> graph_;
};

TEST(Launches, CompareAFewSlotsAtEvenDistancesAndTheLast) {
  const Launches whole{.count = 40, .first_slot = 0};
  EXPECT_THAT(whole.compared_slots(40, 64 << 20), ElementsAre(9, 19, 29, 39));
  EXPECT_EQ(whole.compared_slots(40, 1).size(), 16u);
  EXPECT_EQ(whole.compared_slots(40, 1).back(), 39);
  EXPECT_THAT(whole.compared_slots(40, std::int64_t{1} << 40), ElementsAre(39));
  EXPECT_THAT((Launches{.count = 3, .first_slot = 1}.compared_slots(40, 1)), ElementsAre(1, 2, 3));
  EXPECT_THAT((Launches{.count = 1, .first_slot = 7}.compared_slots(40, 0)), ElementsAre(7));
}

TEST(Launches, KnowTheSlotsThatTheyWrote) {
  EXPECT_THAT((Launches{.count = 2, .first_slot = 4}.slots_of(5)), ElementsAre(4, 0));
  EXPECT_THAT((Launches{.count = 7, .first_slot = 1}.slots_of(3)), ElementsAre(2, 0, 1));
  EXPECT_THAT((Launches{.count = 7, .first_slot = 0}.slots_of(1)), ElementsAre(0));
  EXPECT_EQ((Launches{.count = 7, .first_slot = 1}.last_slot(3)), 1);
}

TEST(VerifyReplay, RunsTheGraphOnce) {
  Counters counters(3);
  Captured graph(6, [&] {
    for (int i = 0; i < 6; ++i) counters.enqueue({}, i % 3);
  });
  const Verification verification = verify_replay(counters, graph);
  EXPECT_TRUE(verification.passed) << verification.reason;
  EXPECT_EQ(verification.checked, 3);
  EXPECT_EQ(graph.runs, 1);
}

TEST(VerifyReplay, ComparesTheSlotsOfALoopThatGoesOnWhereTheSamplesStopped) {
  Counters counters(5);
  Captured loop(
      2,
      [&] {
        counters.enqueue({}, 4);
        counters.enqueue({}, 0);
      },
      4);
  const Verification verification = verify_replay(counters, loop);
  EXPECT_TRUE(verification.passed) << verification.reason;
  EXPECT_EQ(verification.checked, 2);
}

TEST(VerifyReplay, CatchesAGraphThatRotatesWrongly) {
  Counters counters(3);
  Captured graph(3, [&] {
    for (int i = 0; i < 3; ++i) counters.enqueue({}, i % 2);
  });
  EXPECT_EQ(verify_replay(counters, graph).reason, "slot 2 holds the poison");
}

TEST(VerifyReplay, CatchesAGraphOfOtherMemoryThoughAnotherLaunchWouldBeRight) {
  Counters counters(2), others(2);
  Captured graph(2, [&] {
    for (int i = 0; i < 2; ++i) others.enqueue({}, i);
  });
  counters.enqueue({}, 0);
  counters.enqueue({}, 1);
  EXPECT_FALSE(verify_replay(counters, graph).passed);
}

}  // namespace
}  // namespace gpugauge
