#include "tests/emulated/runtime/stream.hpp"

#include "tests/emulated/runtime/graph.hpp"
#include "tests/unit/emulated/runtime/emulated_device.hpp"

namespace gpugauge::emulated {
namespace {

using testing::HasSubstr;

__global__ void count_kernel(int* runs) { ++*runs; }

class EmulatedStream : public EmulatedDevice {
 protected:
  void begin_capture() {
    ASSERT_EQ(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeThreadLocal), cudaSuccess);
  }
  void abandon_capture() {
    cudaGraph_t graph = nullptr;
    ASSERT_EQ(cudaStreamEndCapture(stream_, &graph), cudaSuccess);
    ASSERT_EQ(cudaGraphDestroy(graph), cudaSuccess);
  }
  /// What a call does in a capture.
  template <typename Call>
  std::string broken_in_capture(Call call) {
    begin_capture();
    const std::string rule = broken_by(call);
    abandon_capture();
    return rule;
  }
  void count(int* runs) { launch(stream(), "count", count_kernel, {}, runs); }
};

TEST_F(EmulatedStream, ACaptureForbidsWhatWaitsOrAllocates) {
  void* memory = nullptr;
  void* const allocated = allocate<char>(1);
  EXPECT_THAT(broken_in_capture([&] { (void)cudaMalloc(&memory, 1); }),
              HasSubstr("cudaMalloc: while a stream captures"));
  EXPECT_THAT(broken_in_capture([&] { (void)cudaFree(allocated); }), HasSubstr("cudaFree: while"));
  EXPECT_THAT(broken_in_capture([&] { (void)cudaMallocHost(&memory, 1); }),
              HasSubstr("cudaMallocHost: while"));
  EXPECT_THAT(broken_in_capture([&] { (void)cudaStreamSynchronize(stream_); }),
              HasSubstr("cudaStreamSynchronize: while"));
  EXPECT_THAT(broken_in_capture([&] { (void)cudaStreamQuery(stream_); }),
              HasSubstr("cudaStreamQuery: while"));
  cudaStream_t other = nullptr;
  EXPECT_THAT(
      broken_in_capture([&] { (void)cudaStreamCreateWithFlags(&other, cudaStreamNonBlocking); }),
      HasSubstr("cudaStreamCreateWithFlags: while"));
}

TEST_F(EmulatedStream, CapturesBeginAndEndInOrder) {
  cudaGraph_t graph = nullptr;
  EXPECT_THAT(broken_by([&] { (void)cudaStreamEndCapture(stream_, &graph); }),
              HasSubstr("does not capture"));
  EXPECT_THAT(broken_in_capture(
                  [&] { (void)cudaStreamBeginCapture(stream_, cudaStreamCaptureModeThreadLocal); }),
              HasSubstr("captures already"));
}

TEST_F(EmulatedStream, TheDefaultStreamAndWhatIsNoneAreRefused) {
  char* device = allocate<char>(1);
  EXPECT_THAT(broken_by([&] { (void)cudaMemsetAsync(device, 0, 1, nullptr); }),
              HasSubstr("default stream"));
  EXPECT_THAT(
      broken_by([&] { (void)cudaStreamSynchronize(reinterpret_cast<cudaStream_t>(device)); }),
      HasSubstr("this is no stream"));
}

TEST_F(EmulatedStream, ExternalEventsBelongIntoCaptures) {
  cudaEvent_t event = nullptr;
  ASSERT_EQ(cudaEventCreate(&event), cudaSuccess);
  EXPECT_THAT(
      broken_by([&] { (void)cudaEventRecordWithFlags(event, stream_, cudaEventRecordExternal); }),
      HasSubstr("outside of a capture"));
  EXPECT_THAT(broken_in_capture([&] { (void)cudaEventRecord(event, stream_); }),
              HasSubstr("keeps no time"));
  float milliseconds = 0;
  EXPECT_THAT(broken_by([&] { (void)cudaEventElapsedTime(&milliseconds, event, event); }),
              HasSubstr("never recorded"));
  ASSERT_EQ(cudaEventRecord(event, stream_), cudaSuccess);
  EXPECT_EQ(cudaEventElapsedTime(&milliseconds, event, event), cudaErrorNotReady);
  ASSERT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
  EXPECT_EQ(cudaEventElapsedTime(&milliseconds, event, event), cudaSuccess);
  EXPECT_EQ(cudaEventDestroy(event), cudaSuccess);
}

TEST_F(EmulatedStream, AGraphDoesWhatWasCapturedAndItsEventsTellTheTime) {
  int* runs = allocate<int>(1);
  ASSERT_EQ(cudaMemsetAsync(runs, 0, sizeof(int), stream_), cudaSuccess);
  cudaEvent_t start = nullptr, stop = nullptr;
  ASSERT_EQ(cudaEventCreate(&start), cudaSuccess);
  ASSERT_EQ(cudaEventCreate(&stop), cudaSuccess);
  begin_capture();
  ASSERT_EQ(cudaEventRecordWithFlags(start, stream_, cudaEventRecordExternal), cudaSuccess);
  for (int i = 0; i < 10; ++i) count(runs);
  ASSERT_EQ(cudaEventRecordWithFlags(stop, stream_, cudaEventRecordExternal), cudaSuccess);
  cudaGraph_t graph = nullptr;
  ASSERT_EQ(cudaStreamEndCapture(stream_, &graph), cudaSuccess);
  EXPECT_EQ(read(runs, 1)[0], 0);

  cudaGraphExec_t executable = nullptr;
  ASSERT_EQ(cudaGraphInstantiate(&executable, graph, 0), cudaSuccess);
  EXPECT_THAT(broken_in_capture([&] { (void)cudaGraphLaunch(executable, stream_); }),
              HasSubstr("cudaGraphLaunch: while"));
  ASSERT_EQ(cudaGraphLaunch(executable, stream_), cudaSuccess);
  ASSERT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
  float milliseconds = 0;
  ASSERT_EQ(cudaEventElapsedTime(&milliseconds, start, stop), cudaSuccess);
  EXPECT_NEAR(milliseconds, 10 * 0.002, 0.001);  // the gaps; the work is next to nothing
  EXPECT_EQ(read(runs, 1)[0], 10);

  ASSERT_EQ(cudaGraphExecDestroy(executable), cudaSuccess);
  EXPECT_THAT(broken_by([&] { (void)cudaGraphLaunch(executable, stream_); }),
              HasSubstr("no executable graph"));
  ASSERT_EQ(cudaGraphDestroy(graph), cudaSuccess);
  EXPECT_EQ(cudaEventDestroy(start), cudaSuccess);
  EXPECT_EQ(cudaEventDestroy(stop), cudaSuccess);
}

/// What the host writes into its own memory, nobody tells the runtime.
TEST_F(EmulatedStream, AGraphThatCopiesToTheHostDoesSoEachTime) {
  int* on_device = allocate<int>(1);
  ASSERT_EQ(cudaMemsetAsync(on_device, 1, sizeof(int), stream_), cudaSuccess);
  void* memory = nullptr;
  ASSERT_EQ(cudaMallocHost(&memory, sizeof(int)), cudaSuccess);
  auto* const on_host = static_cast<int*>(memory);
  begin_capture();
  ASSERT_EQ(cudaMemcpyAsync(on_host, on_device, sizeof(int), cudaMemcpyDeviceToHost, stream_),
            cudaSuccess);
  cudaGraph_t graph = nullptr;
  ASSERT_EQ(cudaStreamEndCapture(stream_, &graph), cudaSuccess);
  cudaGraphExec_t executable = nullptr;
  ASSERT_EQ(cudaGraphInstantiate(&executable, graph, 0), cudaSuccess);
  for (int round = 0; round < 2; ++round) {
    *on_host = 0;
    ASSERT_EQ(cudaGraphLaunch(executable, stream_), cudaSuccess);
    ASSERT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
    EXPECT_EQ(*on_host, 0x01010101) << round;
  }
  EXPECT_EQ(cudaGraphExecDestroy(executable), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
  EXPECT_EQ(cudaFreeHost(memory), cudaSuccess);
}

TEST(EmulatedGraph, FindsWhatRepeats) {
  EXPECT_EQ(period_of({}), 0);
  EXPECT_EQ(period_of({"a"}), 1);
  EXPECT_EQ(period_of({"a", "a", "a"}), 1);
  EXPECT_EQ(period_of({"a", "b", "a", "b", "a"}), 2);
  EXPECT_EQ(period_of({"a", "b", "a", "c"}), 4);
  EXPECT_EQ(period_of({"a", "a", "b", "a", "a", "b"}), 3);
}

}  // namespace
}  // namespace gpugauge::emulated
