#include "harness/device/cuda/cuda_replay.hpp"

#include <fmt/format.h>

#include <utility>

#include "harness/device/cuda/cuda_handles.hpp"
#include "harness/device/cuda/cuda_wait.hpp"
#include "harness/device/workload.hpp"

namespace gpugauge {
namespace {

/// Ends a capture that an exception cut short, so that the stream can be used again.
class Capture {
 public:
  explicit Capture(cudaStream_t stream) : stream_(stream) {
    check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal),
          "cudaStreamBeginCapture");
  }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  ~Capture() {
    if (stream_ != nullptr) abandon();
  }

  CudaGraph end() {
    cudaGraph_t graph = nullptr;
    check(cudaStreamEndCapture(std::exchange(stream_, nullptr), &graph), "cudaStreamEndCapture");
    return CudaGraph(graph);
  }

 private:
  void abandon() {
    cudaGraph_t graph = nullptr;
    (void)cudaStreamEndCapture(stream_, &graph);
    const CudaGraph released(graph);
    (void)cudaGetLastError();
  }

  cudaStream_t stream_;
};

class CudaReplay final : public Replay {
 public:
  CudaReplay(cudaStream_t stream, Workload& workload, std::int64_t launches,
             std::function<Telemetry()> telemetry)
      : stream_(stream), launches_(launches), telemetry_(std::move(telemetry)) {
    // Kernels are loaded when first launched, which a capture must not meet.
    workload.enqueue({stream_}, 0);
    wait_for(stream_, "first launch of the workload");

    // The events are nodes of the graph: recorded on the stream around the launch, the first would
    // also count the time that the host takes to launch the graph.
    Capture capture(stream_);
    check(cudaEventRecordWithFlags(start_.get(), stream_, cudaEventRecordExternal),
          "cudaEventRecordWithFlags in a capture");
    for (std::int64_t i = 0; i < launches_; ++i) {
      workload.enqueue({stream_}, static_cast<int>(i % workload.slots()));
    }
    check(cudaEventRecordWithFlags(stop_.get(), stream_, cudaEventRecordExternal),
          "cudaEventRecordWithFlags in a capture");
    const CudaGraph graph = capture.end();

    cudaGraphExec_t exec = nullptr;
    check(cudaGraphInstantiate(&exec, graph.get(), 0),
          fmt::format("cudaGraphInstantiate of {} launches", launches_));
    exec_.reset(exec);
    check(cudaGraphUpload(exec, stream_), "cudaGraphUpload");
    wait_for(stream_, "cudaGraphUpload");
  }

  Sample run() override {
    check(cudaGraphLaunch(exec_.get(), stream_), "cudaGraphLaunch");
    Sample sample;
    sample.telemetry = telemetry_();
    wait_for(stream_, "timed replay");
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, start_.get(), stop_.get()), "cudaEventElapsedTime");
    sample.seconds = static_cast<double>(milliseconds) / 1000;
    return sample;
  }

  std::int64_t launches() const override { return launches_; }

 private:
  cudaStream_t stream_;
  std::int64_t launches_;
  std::function<Telemetry()> telemetry_;
  CudaEvent start_ = make_cuda_event();
  CudaEvent stop_ = make_cuda_event();
  CudaGraphExec exec_;
};

}  // namespace

std::unique_ptr<Replay> capture_cuda_graph(Stream stream, Workload& workload, std::int64_t launches,
                                           std::function<Telemetry()> telemetry) {
  return std::make_unique<CudaReplay>(static_cast<cudaStream_t>(stream.native), workload,
                                      whole_rotations(launches, workload.slots()),
                                      std::move(telemetry));
}

}  // namespace gpugauge
