#include "harness/device/cuda/cuda_host_replay.hpp"

#include <chrono>
#include <utility>

#include "harness/device/cuda/cuda_replay.hpp"
#include "harness/device/cuda/cuda_wait.hpp"
#include "harness/device/workload.hpp"

namespace gpugauge {
namespace {

class CudaHostReplay final : public Replay {
 public:
  CudaHostReplay(Stream stream, Workload& workload, std::int64_t launches,
                 std::function<Telemetry()> telemetry)
      : stream_(stream),
        workload_(workload),
        launches_(launches),
        telemetry_(std::move(telemetry)) {
    workload_.enqueue(stream_, 0);  // kernels are loaded when first launched
    synchronize();
  }

  Sample run() override {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    for (std::int64_t i = 0; i < launches_; ++i) {
      workload_.enqueue(stream_, static_cast<int>(i % workload_.slots()));
    }
    synchronize();
    Sample sample;
    sample.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    sample.telemetry = telemetry_();
    return sample;
  }

  std::int64_t launches() const override { return launches_; }

 private:
  void synchronize() const {
    wait_for(static_cast<cudaStream_t>(stream_.native), "timed launches");
  }

  Stream stream_;
  Workload& workload_;
  std::int64_t launches_;
  std::function<Telemetry()> telemetry_;
};

}  // namespace

std::unique_ptr<Replay> make_host_replay(Stream stream, Workload& workload, std::int64_t launches,
                                         std::function<Telemetry()> telemetry) {
  return std::make_unique<CudaHostReplay>(
      stream, workload, whole_rotations(launches, workload.slots()), std::move(telemetry));
}

}  // namespace gpugauge
