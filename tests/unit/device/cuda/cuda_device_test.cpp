#if GPUGAUGE_HAS_CUDA

#include "harness/device/cuda/cuda_device.hpp"

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/device/cuda/cuda_error.hpp"
#include "harness/device/cuda_start.hpp"

namespace gpugauge {
namespace {

TEST(CudaError, SuccessIsNoError) { EXPECT_NO_THROW(check(cudaSuccess, "cudaMalloc")); }

TEST(CudaError, FailedAllocationIsOutOfMemory) {
  EXPECT_THROW(check(cudaErrorMemoryAllocation, "cudaMalloc of 1 byte"), OutOfMemory);
}

TEST(CudaError, SaysWhatAndWhere) {
  try {
    check(cudaErrorInvalidValue, "cudaMemcpy of 7 bytes");
    FAIL() << "it did not throw";
  } catch (const OutOfMemory&) {
    FAIL() << "an invalid value is not out of memory";
  } catch (const EnvironmentError& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find("cudaMemcpy of 7 bytes"), std::string::npos) << message;
    EXPECT_NE(message.find("cudaErrorInvalidValue"), std::string::npos) << message;
    EXPECT_NE(message.find("cuda_device_test.cpp:"), std::string::npos) << message;
  }
}

TEST(CudaDevice, DiscoveredDevicesAreCountedFromZero) {
  int index = 0;
  try {
    for (const DeviceInfo& info : discover_cuda_devices()) {
      EXPECT_EQ(info.id, "cuda:" + std::to_string(index++));
    }
    EXPECT_GT(index, 0);
  } catch (const CudaDoesNotStart& error) {
    GTEST_SKIP() << error.what();
  }
}

TEST(CudaDevice, OneThatIsNotThereIsAnEnvironmentError) {
  EXPECT_THROW(open_cuda_device(9999), EnvironmentError);
  EXPECT_THROW(open_cuda_device(-1), EnvironmentError);
}

}  // namespace
}  // namespace gpugauge

#endif
