#include <cstdlib>
#include <string>

#include "tests/emulated/runtime/symbols.hpp"
#include "tests/unit/emulated/runtime/emulated_device.hpp"

// What the switches make go wrong, each in a process of its own, which reads them anew.
namespace gpugauge::emulated {
namespace {

__global__ void culprit_kernel() {}
__global__ void innocent_kernel() {}

/// The statuses of calls, on standard error, where the death tests look.
void print(const char* call, cudaError_t status) {
  (void)std::fprintf(stderr, "%s %s\n", call, cudaGetErrorName(status));
}

template <typename Body>
[[noreturn]] void with(const char* variable, const char* value, Body body) {
  (void)setenv(variable, value, 1);
  cudaStream_t stream = nullptr;
  print("set", cudaSetDevice(0));
  print("create", cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  body(stream);
  std::_Exit(0);
}

void launch_both(cudaStream_t stream) {
  launch({.native = stream}, "culprit", culprit_kernel, LaunchShape{});
  launch({.native = stream}, "innocent", innocent_kernel, LaunchShape{});
}

class EmulatedFailure : public testing::Test {
 protected:
  EmulatedFailure() { testing::GTEST_FLAG(death_test_style) = "threadsafe"; }
};

TEST_F(EmulatedFailure, ACrashStaysWithEveryLaterCall) {
  EXPECT_EXIT(with("EMULATED_CRASH", "culprit",
                   [](cudaStream_t stream) {
                     launch_both(stream);
                     print("synchronize", cudaStreamSynchronize(stream));
                     void* memory = nullptr;
                     print("malloc", cudaMalloc(&memory, 1));
                     print("last", cudaGetLastError());
                     print("last again", cudaGetLastError());
                   }),
              testing::ExitedWithCode(0),
              "create cudaSuccess\nsynchronize cudaErrorIllegalAddress\n"
              "malloc cudaErrorIllegalAddress\nlast cudaErrorIllegalAddress\n"
              "last again cudaErrorIllegalAddress");
}

TEST_F(EmulatedFailure, AKernelThatNeverEndsIsNeverReady) {
  EXPECT_EXIT(with("EMULATED_HANG", "culprit",
                   [](cudaStream_t stream) {
                     print("query", cudaStreamQuery(stream));
                     launch_both(stream);
                     print("query", cudaStreamQuery(stream));
                     print("query", cudaStreamQuery(stream));
                   }),
              testing::ExitedWithCode(0),
              "query cudaSuccess\nquery cudaErrorNotReady\nquery cudaErrorNotReady");
}

TEST_F(EmulatedFailure, MemoryEndsWhereTheSwitchSays) {
  EXPECT_EXIT(with("EMULATED_OUT_OF_MEMORY_BYTES", "4194304",
                   [](cudaStream_t) {
                     void *first = nullptr, *second = nullptr;
                     print("malloc", cudaMalloc(&first, 3 << 20));
                     print("malloc", cudaMalloc(&second, 1 << 20));
                     print("free", cudaFree(first));
                     print("malloc", cudaMalloc(&second, 1 << 20));
                   }),
              testing::ExitedWithCode(0),
              "malloc cudaSuccess\nmalloc cudaErrorMemoryAllocation\nfree cudaSuccess\n"
              "malloc cudaSuccess");
}

TEST_F(EmulatedFailure, ACardVanishes) {
  EXPECT_EXIT(with("EMULATED_VANISH_AFTER", "1",
                   [](cudaStream_t stream) {
                     launch_both(stream);
                     print("synchronize", cudaStreamSynchronize(stream));
                   }),
              testing::ExitedWithCode(0), "synchronize cudaErrorUnknown");
}

TEST_F(EmulatedFailure, CudaDoesNotStart) {
  EXPECT_EXIT(with("EMULATED_START_ERROR", "802", [](cudaStream_t) {}), testing::ExitedWithCode(0),
              "set cudaErrorSystemNotReady\ncreate cudaErrorSystemNotReady");
  EXPECT_EXIT(with("EMULATED_DRIVER_VERSION", "12040", [](cudaStream_t) {}),
              testing::ExitedWithCode(0), "set cudaErrorInsufficientDriver");
}

TEST(EmulatedSymbols, NamesAreThoseOfMachineCode) {
  EXPECT_EQ(short_name("void gpugauge::attention_decode::(anonymous namespace)::kernel<gpugauge::"
                       "attention_decode::Bf16Cache, 128, 2>(gpugauge::attention_decode::Problem)"),
            "attention_decode::kernel<attention_decode::Bf16Cache, 128, 2>");
  EXPECT_EQ(short_name("gpugauge::(anonymous namespace)::fill_kernel(void*, long)"), "fill_kernel");
}

}  // namespace
}  // namespace gpugauge::emulated
