#include "tests/emulated/runtime/memory.hpp"

#include <cstdlib>
#include <cstring>
#include <numeric>

#include "tests/unit/emulated/runtime/emulated_device.hpp"

namespace gpugauge::emulated {
namespace {

using testing::Each;
using testing::HasSubstr;

class EmulatedMemory : public EmulatedDevice {};

__global__ void add_one_kernel(int* values, int count) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < count) ++values[i];
}

void add_one(Stream stream, int* values, int count) {
  launch(stream, "add_one", add_one_kernel,
         {.blocks = static_cast<unsigned>(count + 63) / 64, .threads = 64}, values, count);
}

TEST_F(EmulatedMemory, IsAlignedTo256BytesAndToNothingMore) {
  for (const std::size_t bytes : {1, 256, 4096, 1 << 20}) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(allocate<char>(bytes)) % 512, 256);
  }
}

TEST_F(EmulatedMemory, HoldsGarbageUntilItIsWritten) {
  EXPECT_THAT(read(allocate<unsigned char>(1000), 1000), Each(0xFB));
}

TEST_F(EmulatedMemory, IsCopiedAndChangedInTheOrderOfTheStream) {
  std::vector<int> host(100);
  std::iota(host.begin(), host.end(), 0);
  int* device = allocate<int>(host.size());
  const std::size_t bytes = host.size() * sizeof(int);
  ASSERT_EQ(cudaMemcpyAsync(device, host.data(), bytes, cudaMemcpyHostToDevice, stream_),
            cudaSuccess);
  host[7] = 1000;  // was taken before
  add_one(stream(), device, 100);
  const auto result = read(device, host.size());
  EXPECT_EQ(result[7], 8);
  EXPECT_EQ(result[99], 100);
}

TEST_F(EmulatedMemory, IsNotWrittenBeforeSomebodySynchronises) {
  int* device = allocate<int>(1);
  ASSERT_EQ(cudaMemsetAsync(device, 0, sizeof(int), stream_), cudaSuccess);
  int host = 77;
  ASSERT_EQ(cudaMemcpyAsync(&host, device, sizeof(int), cudaMemcpyDeviceToHost, stream_),
            cudaSuccess);
  EXPECT_EQ(host, 77);
  ASSERT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
  EXPECT_EQ(host, 0);
}

TEST_F(EmulatedMemory, CopiesStayInOneAllocation) {
  char* device = allocate<char>(64);
  std::vector<char> host(65);
  EXPECT_THAT(broken_by([&] {
                (void)cudaMemcpyAsync(host.data(), device, 65, cudaMemcpyDeviceToHost, stream_);
              }),
              HasSubstr("cudaMemcpyAsync: 65 bytes from"));
  EXPECT_THAT(broken_by([&] { (void)cudaMemsetAsync(device + 1, 0, 64, stream_); }),
              HasSubstr("cudaMemsetAsync: 64 bytes"));
}

TEST_F(EmulatedMemory, CopiesAreOfTheKindThatTheirPointersAre) {
  char* device = allocate<char>(64);
  char host[64];
  EXPECT_THAT(
      broken_by([&] { (void)cudaMemcpyAsync(host, device, 64, cudaMemcpyHostToDevice, stream_); }),
      HasSubstr("kind 1 for pointers that are of kind 2"));
}

TEST_F(EmulatedMemory, IsFreedOnceAndByItsBeginning) {
  char* device = allocate<char>(64);
  EXPECT_THAT(broken_by([&] { (void)cudaFree(device + 1); }), HasSubstr("cudaFree"));
  void* other = nullptr;
  ASSERT_EQ(cudaMalloc(&other, 64), cudaSuccess);
  ASSERT_EQ(cudaFree(other), cudaSuccess);
  EXPECT_THAT(broken_by([&] { (void)cudaFree(other); }), HasSubstr("cudaFree"));
}

TEST_F(EmulatedMemory, EndsWhereTheCardsDoes) {
  void* memory = nullptr;
  EXPECT_EQ(cudaMalloc(&memory, std::size_t{200} << 30), cudaErrorMemoryAllocation);
  EXPECT_EQ(cudaGetLastError(), cudaErrorMemoryAllocation);
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
}

TEST_F(EmulatedMemory, KernelsStayInAllocations) {
  int* device = allocate<int>(100);
  add_one(stream(), device, 101);
  EXPECT_THAT(broken_by([&] { (void)cudaStreamSynchronize(stream_); }),
              HasSubstr("add_one_kernel: reads 4 bytes at"));
}

TEST_F(EmulatedMemory, KernelsDoNotTouchWhatWasFreed) {
  void* memory = nullptr;
  ASSERT_EQ(cudaMalloc(&memory, 256), cudaSuccess);
  ASSERT_EQ(cudaFree(memory), cudaSuccess);
  add_one(stream(), static_cast<int*>(memory), 1);
  EXPECT_THAT(broken_by([&] { (void)cudaStreamSynchronize(stream_); }),
              HasSubstr("which is in no allocation"));
}

/// Where a broken rule ends the process.
class EmulatedMemoryOfAProcess : public testing::Test {
 protected:
  EmulatedMemoryOfAProcess() { testing::GTEST_FLAG(death_test_style) = "threadsafe"; }
  static char* allocate(std::size_t bytes) {
    void* memory = nullptr;
    if (cudaSetDevice(0) != cudaSuccess || cudaMalloc(&memory, bytes) != cudaSuccess) std::_Exit(1);
    return static_cast<char*>(memory);
  }
};

TEST_F(EmulatedMemoryOfAProcess, IsNotForTheHost) {
  EXPECT_EXIT(*const_cast<volatile char*>(allocate(64)) = 1,
              testing::ExitedWithCode(kBrokenRuleStatus), "writes 1 bytes at .* of device memory");
  EXPECT_EXIT(std::memset(allocate(64), 0, 64), testing::ExitedWithCode(kBrokenRuleStatus),
              "the host: touched device memory");
}

TEST_F(EmulatedMemoryOfAProcess, IsFreedBeforeTheEnd) {
  EXPECT_EXIT((allocate(1000), std::exit(0)), testing::ExitedWithCode(kBrokenRuleStatus),
              "not freed: 1000 bytes of device memory");
}

}  // namespace
}  // namespace gpugauge::emulated
