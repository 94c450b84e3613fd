#include "tests/unit/emulated/runtime/emulated_device.hpp"

#include <cstdlib>
#include <cstring>

namespace gpugauge::emulated {
namespace {

using testing::HasSubstr;

__global__ void nothing_kernel() {}
__global__ void copy_vector_kernel(const char* from, char* to) {
  *reinterpret_cast<uint4*>(to) = *reinterpret_cast<const uint4*>(from);
}

class EmulatedLaunch : public EmulatedDevice {
 protected:
  std::string broken_by_launch(const LaunchShape& shape) {
    return broken_by([&] { launch(stream(), "nothing", nothing_kernel, shape); });
  }
  /// As it is given, without what launch() asks for.
  std::string broken_by_config(cudaLaunchConfig_t config) {
    config.stream = stream_;
    return broken_by([&] { (void)launch_kernel(&config, nothing_kernel); });
  }
};

TEST_F(EmulatedLaunch, GridsAndBlocksHaveLimits) {
  EXPECT_THAT(broken_by_launch({.threads = 1025}), HasSubstr("1025 threads a block"));
  EXPECT_THAT(broken_by_launch({.blocks = 0}), HasSubstr("no blocks"));
  EXPECT_THAT(broken_by_launch({.blocks_y = 65536}), HasSubstr("1x65536x1"));
}

TEST_F(EmulatedLaunch, SharedMemoryIsAskedForAndOfTheCard) {
  EXPECT_THAT(broken_by_launch({.shared_bytes = 227 * 1024 + 1}),
              HasSubstr("the card allows 232448"));
  launch(stream(), "nothing", nothing_kernel, {.shared_bytes = 227 * 1024});
  EXPECT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
}

__global__ void other_kernel() {}

TEST_F(EmulatedLaunch, MoreThan47KibAreNotThereUnasked) {
  cudaLaunchConfig_t config{};
  config.gridDim = config.blockDim = dim3(1);
  config.stream = stream_;
  config.dynamicSmemBytes = 47 * 1024;
  EXPECT_EQ(launch_kernel(&config, other_kernel), cudaSuccess);
  config.dynamicSmemBytes = 48 * 1024;
  EXPECT_THAT(broken_by([&] { (void)launch_kernel(&config, other_kernel); }),
              HasSubstr("without asking"));
}

TEST_F(EmulatedLaunch, ClustersDivideTheGridAndHaveAtMostEightBlocks) {
  EXPECT_THAT(broken_by_launch({.blocks = 3, .cluster = 2}), HasSubstr("do not divide 3"));
  EXPECT_THAT(broken_by_launch({.blocks = 16, .cluster = 16}), HasSubstr("a cluster of 16"));
}

TEST_F(EmulatedLaunch, UnknownAttributesAreRefused) {
  cudaLaunchAttribute attribute{};
  attribute.id = cudaLaunchAttributeCooperative;
  cudaLaunchConfig_t config{};
  config.gridDim = config.blockDim = dim3(1);
  config.attrs = &attribute;
  config.numAttrs = 1;
  EXPECT_THAT(broken_by_config(config), HasSubstr("launch attribute 2"));
}

/// A statement in a process of its own, on another card. GoogleTest begins it anew, so that the
/// switches have not been read.
template <typename Body>
[[noreturn]] void on_card(const char* card, Body body) {
  (void)setenv("EMULATED_CARD", card, 1);
  cudaStream_t stream = nullptr;
  if (cudaSetDevice(0) != cudaSuccess ||
      cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking) != cudaSuccess) {
    std::_Exit(1);
  }
  body(stream);
  std::_Exit(0);
}

/// Else a graph would not be seen to repeat itself.
TEST(KernelType, WhatLiesBetweenMembersTellsNoArgumentsApart) {
  struct Gap {
    char first;
    double second;
  };
  const auto bytes = [](int garbage, double second) {
    Gap gap;
    std::memset(static_cast<void*>(&gap), garbage, sizeof gap);
    gap.first = 1;
    gap.second = second;
    void* arguments[] = {&gap};
    return KernelTypeOf<Gap>::kType.bytes(arguments);
  };
  EXPECT_EQ(bytes(1, 5), bytes(2, 5));
  EXPECT_NE(bytes(1, 5), bytes(1, 6));
}

class EmulatedOtherCard : public testing::Test {
 protected:
  EmulatedOtherCard() { testing::GTEST_FLAG(death_test_style) = "threadsafe"; }
};

TEST_F(EmulatedOtherCard, ClustersAndProgrammaticLaunchesNeedHopper) {
  EXPECT_EXIT(on_card("l40s",
                      [](cudaStream_t stream) {
                        launch({.native = stream}, "nothing", nothing_kernel,
                               {.blocks = 2, .cluster = 2});
                      }),
              testing::ExitedWithCode(kBrokenRuleStatus), "clusters need compute capability 9.0");
  EXPECT_EXIT(on_card("l40s",
                      [](cudaStream_t stream) {
                        launch({.native = stream, .overlap = true}, "nothing", nothing_kernel,
                               LaunchShape{});
                      }),
              testing::ExitedWithCode(kBrokenRuleStatus),
              "a programmatic launch needs compute capability 9.0");
}

/// Here and not with memory: such a kernel cannot go on, so that the process ends.
TEST_F(EmulatedOtherCard, VectorsAreAligned) {
  const auto copy = [](int from, int to) {
    return [=](cudaStream_t stream) {
      void* memory = nullptr;
      if (cudaMalloc(&memory, 64) != cudaSuccess) std::_Exit(1);
      auto* device = static_cast<char*>(memory);
      launch({.native = stream}, "copy_vector", copy_vector_kernel, {}, device + from, device + to);
      (void)cudaStreamSynchronize(stream);
    };
  };
  EXPECT_EXIT(on_card("h200", copy(0, 16)), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(on_card("h200", copy(8, 16)), testing::ExitedWithCode(kBrokenRuleStatus),
              "copy_vector.*thread 0.*uses 'const struct uint4' at .* no multiple of 16");
  EXPECT_EXIT(on_card("h200", copy(0, 24)), testing::ExitedWithCode(kBrokenRuleStatus),
              "uses 'struct uint4' at .* no multiple of 16");
}

TEST_F(EmulatedOtherCard, SharedMemoryIsTheCards) {
  EXPECT_EXIT(on_card("l40s",
                      [](cudaStream_t stream) {
                        launch({.native = stream}, "nothing", nothing_kernel,
                               {.shared_bytes = 100 * 1024});
                      }),
              testing::ExitedWithCode(kBrokenRuleStatus), "the card allows 101376");
}

}  // namespace
}  // namespace gpugauge::emulated
