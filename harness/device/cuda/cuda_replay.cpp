#include "harness/device/cuda/cuda_replay.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

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

std::int64_t count_nodes(const CudaGraph& graph) {
  std::size_t count = 0;
  check(cudaGraphGetNodes(graph.get(), nullptr, &count), "cudaGraphGetNodes");
  return static_cast<std::int64_t>(count);
}

class CudaReplay final : public Replay {
 public:
  CudaReplay(cudaStream_t stream, Workload& workload, std::int64_t launches,
             std::function<Telemetry()> telemetry)
      : stream_(stream), telemetry_(std::move(telemetry)) {
    // Kernels are loaded when first launched, which a capture must not meet.
    workload.enqueue({stream_}, 0);
    wait_for(stream_, "first launch of the workload");

    GraphSplit split = split_launches(launches, workload.slots(), 1);
    CudaGraph graph = capture(workload, 0, split.launches);
    if (const std::int64_t nodes = count_nodes(graph); nodes > kMostGraphNodes) {
      const std::int64_t per_launch =
          (nodes - kTimingEventNodes + split.launches - 1) / split.launches;
      split = split_launches(launches, workload.slots(), per_launch);
      graph = capture(workload, 0, split.launches);
    }
    launches_ = split.launches;
    instantiate(graph);
    for (std::int64_t i = 1; i < split.graphs; ++i) {
      graph = capture(workload, i * launches_, launches_);
      instantiate(graph);
    }
    wait_for(stream_, "cudaGraphUpload");
  }

  Sample run() override {
    check(cudaGraphLaunch(graphs_[next_].get(), stream_), "cudaGraphLaunch");
    next_ = (next_ + 1) % graphs_.size();
    Sample sample;
    sample.telemetry = telemetry_();
    wait_for(stream_, "timed replay");
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, start_.get(), stop_.get()), "cudaEventElapsedTime");
    sample.seconds = static_cast<double>(milliseconds) / 1000;
    return sample;
  }

  std::int64_t launches() const override { return launches_; }
  int next_slot() const override {
    return static_cast<int>(static_cast<std::int64_t>(next_) * launches_);
  }

 private:
  /// The events are nodes of the graph: recorded on the stream around the launch, the first would
  /// also count the time that the host takes to launch the graph.
  CudaGraph capture(Workload& workload, std::int64_t first_slot, std::int64_t launches) {
    Capture capture(stream_);
    check(cudaEventRecordWithFlags(start_.get(), stream_, cudaEventRecordExternal),
          "cudaEventRecordWithFlags in a capture");
    for (std::int64_t i = first_slot; i < first_slot + launches; ++i) {
      workload.enqueue({stream_}, static_cast<int>(i % workload.slots()));
    }
    check(cudaEventRecordWithFlags(stop_.get(), stream_, cudaEventRecordExternal),
          "cudaEventRecordWithFlags in a capture");
    return capture.end();
  }

  void instantiate(const CudaGraph& graph) {
    cudaGraphExec_t exec = nullptr;
    check(cudaGraphInstantiate(&exec, graph.get(), 0),
          fmt::format("cudaGraphInstantiate of {} launches", launches_));
    graphs_.emplace_back(exec);
    check(cudaGraphUpload(exec, stream_), "cudaGraphUpload");
  }

  cudaStream_t stream_;
  std::int64_t launches_ = 0;
  std::function<Telemetry()> telemetry_;
  CudaEvent start_ = make_cuda_event();
  CudaEvent stop_ = make_cuda_event();
  std::vector<CudaGraphExec> graphs_;  ///< what `run` replays in turn
  std::size_t next_ = 0;
};

}  // namespace

std::unique_ptr<Replay> capture_cuda_graph(Stream stream, Workload& workload, std::int64_t launches,
                                           std::function<Telemetry()> telemetry) {
  return std::make_unique<CudaReplay>(static_cast<cudaStream_t>(stream.native), workload, launches,
                                      std::move(telemetry));
}

}  // namespace gpugauge
