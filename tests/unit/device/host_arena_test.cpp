#include "harness/device/host_arena.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <optional>

#include "harness/base/error.hpp"
#include "harness/base/text_file.hpp"

namespace gpugauge {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr std::int64_t kMiB = 1 << 20;

HostArena arena_of(std::int64_t address_bytes, std::int64_t available_bytes = 1024 * kMiB) {
  return HostArena(address_bytes, [=] { return available_bytes; });
}

TEST(HostArena, GivesAlignedMemoryThatCanBeWritten) {
  HostArena arena = arena_of(64 * kMiB);
  for (std::int64_t bytes : {std::int64_t{1}, std::int64_t{4096}, std::int64_t{5000}, 5 * kMiB}) {
    const Buffer buffer = arena.allocate(bytes);
    EXPECT_EQ(buffer.bytes(), bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.data()) % (2 * kMiB), 0U);
    auto* data = static_cast<unsigned char*>(buffer.data());
    std::fill(data, data + bytes, static_cast<unsigned char>(7));
    EXPECT_EQ(std::count(data, data + bytes, 7), bytes);
  }
}

TEST(HostArena, BuffersThatLiveTogetherDoNotOverlap) {
  HostArena arena = arena_of(64 * kMiB);
  const Buffer a = arena.allocate(3 * kMiB), b = arena.allocate(1), c = arena.allocate(3 * kMiB);
  poison_host_memory(a.data(), a.bytes());
  poison_host_memory(c.data(), c.bytes());
  EXPECT_EQ(*static_cast<unsigned char*>(b.data()), 0);
}

TEST(HostArena, ReusesWhatWasGivenBackAndJoinsNeighbours) {
  HostArena arena = arena_of(64 * kMiB);
  std::optional<Buffer> a = arena.allocate(4 * kMiB), b = arena.allocate(4 * kMiB);
  std::optional<Buffer> c = arena.allocate(4 * kMiB);
  const Buffer last = arena.allocate(4 * kMiB);
  void* const first = a->data();
  for (auto* buffer : {&a, &c, &b}) buffer->reset();  // b joins both sides
  EXPECT_EQ(arena.allocate(12 * kMiB).data(), first);
  const Buffer small = arena.allocate(2 * kMiB), rest = arena.allocate(10 * kMiB);
  EXPECT_EQ(small.data(), first);
  EXPECT_EQ(rest.data(), static_cast<char*>(first) + 2 * kMiB);
}

TEST(HostArena, CountsOnlyUntouchedMemoryAgainstWhatIsAvailable) {
  std::int64_t available = 10 * kMiB;
  HostArena arena(64 * kMiB, [&] { return available; });
  { const Buffer touched = arena.allocate(10 * kMiB); }
  available = 0;
  EXPECT_NO_THROW(arena.allocate(10 * kMiB));
  EXPECT_THROW(arena.allocate(12 * kMiB), OutOfMemory);
  available = 2 * kMiB;
  EXPECT_NO_THROW(arena.allocate(12 * kMiB));
}

TEST(HostArena, RefusesMoreThanIsAvailableAndStaysUsable) {
  HostArena arena = arena_of(std::int64_t{8} << 30, std::int64_t{1} << 30);
  EXPECT_THAT(
      [&] { arena.allocate(std::int64_t{3} << 30); },
      ThrowsMessage<OutOfMemory>(AllOf(HasSubstr("3 GiB"), HasSubstr("1 GiB are available"))));
  EXPECT_NE(arena.allocate(4096).data(), nullptr);
}

TEST(HostArena, RefusesMoreThanItsAddresses) {
  HostArena arena = arena_of(4 * kMiB);
  EXPECT_THROW(arena.allocate(6 * kMiB), OutOfMemory);
  EXPECT_THROW(arena_of(std::int64_t{1} << 60), OutOfMemory);
}

TEST(HostArena, ABufferMayOutliveIt) {
  std::optional<HostArena> arena = arena_of(4 * kMiB);
  const Buffer buffer = arena->allocate(100);
  arena.reset();
  poison_host_memory(buffer.data(), buffer.bytes());
  EXPECT_EQ(static_cast<unsigned char*>(buffer.data())[99], 0xFF);
}

TEST(PoisonHostMemory, StopsAtItsEnds) {
  std::vector<unsigned char> data(10000, 1);
  poison_host_memory(data.data() + 10, 5000);
  EXPECT_EQ(data[9], 1);
  EXPECT_EQ(std::count(data.begin() + 10, data.begin() + 5010, 0xFF), 5000);
  EXPECT_EQ(data[5010], 1);
}

TEST(HostArena, ReservesNoMoreAddressesThanTheLimitLeaves) {
  rlimit before{};
  getrlimit(RLIMIT_AS, &before);
  const auto pages = static_cast<std::int64_t>(read_number("/proc/self/statm").value());
  const rlimit limit{static_cast<rlim_t>(pages * sysconf(_SC_PAGESIZE) + 512 * kMiB),
                     before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_AS, &limit), 0);
  std::string problem;
  std::int64_t given = 0;
  try {
    HostArena arena = arena_of(std::int64_t{1} << 45);
    given = arena.allocate(64 * kMiB).bytes();
    arena.allocate(1024 * kMiB);
  } catch (const OutOfMemory& error) {
    problem = error.what();
  }
  setrlimit(RLIMIT_AS, &before);
  EXPECT_EQ(given, 64 * kMiB);
  EXPECT_THAT(problem, HasSubstr("the limit of the address space (ulimit -v) leaves 2"));
}

}  // namespace
}  // namespace gpugauge
