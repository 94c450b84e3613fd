#pragma once

#include <cuda_runtime.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "kernels/cuda/machine/launch.hpp"
#include "tests/emulated/broken_rule.hpp"

namespace gpugauge::emulated {

/// A device whose broken rules are exceptions, with a stream.
class EmulatedDevice : public testing::Test {
 protected:
  EmulatedDevice() {
    EXPECT_EQ(cudaSetDevice(0), cudaSuccess);
    EXPECT_EQ(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), cudaSuccess);
  }
  ~EmulatedDevice() override {
    for (void* memory : memory_) EXPECT_EQ(cudaFree(memory), cudaSuccess);
    EXPECT_EQ(cudaStreamDestroy(stream_), cudaSuccess);
  }

  template <typename T>
  T* allocate(std::size_t count) {
    void* memory = nullptr;
    EXPECT_EQ(cudaMalloc(&memory, count * sizeof(T)), cudaSuccess);
    memory_.push_back(memory);
    return static_cast<T*>(memory);
  }

  template <typename T>
  std::vector<T> read(const T* device, std::size_t count) {
    std::vector<T> host(count);
    EXPECT_EQ(
        cudaMemcpyAsync(host.data(), device, count * sizeof(T), cudaMemcpyDeviceToHost, stream_),
        cudaSuccess);
    EXPECT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
    return host;
  }

  gpugauge::Stream stream() const { return {.native = stream_}; }
  gpugauge::Stream overlapping() const { return {.native = stream_, .overlap = true}; }

  /// What `body` broke; fails the test where it broke nothing.
  template <typename Body>
  static std::string broken_by(Body body) {
    try {
      body();
    } catch (const BrokenRule& rule) {
      return rule.what();
    }
    ADD_FAILURE() << "no rule was broken";
    return "";
  }

  cudaStream_t stream_ = nullptr;

 private:
  RuleBreaksThrow throws_;
  std::vector<void*> memory_;
};

}  // namespace gpugauge::emulated
