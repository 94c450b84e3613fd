// How close the harness comes to the machine, in one run: what a case of ours reaches beside the
// plain program that anybody would write. Each iteration times both, one after the other, so that
// both meet the same clock and the same neighbours; `ratio` is plain over ours, above 1 where ours
// is faster.
//
// Build and run alone: cmake -B build -DGPUGAUGE_BENCH=ON, build the target bench_cpu and run it.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <dnnl.hpp>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "harness/base/random.hpp"
#include "harness/base/statistics.hpp"
#include "harness/device/open/open_device.hpp"
#include "kernels/cpu/onednn_matmul.hpp"
#include "kernels/implementation.hpp"

namespace gpugauge {
namespace {

double seconds_of(const std::function<void()>& run) {
  const auto begin = std::chrono::steady_clock::now();
  run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double median_of(std::vector<double> seconds) {
  std::sort(seconds.begin(), seconds.end());
  return median_of_sorted(seconds);
}

/// Times one launch of each by turns; `work` is what a launch does, for the rates. The ratio is the
/// median of the turns' own, because a neighbour slows both of a turn.
void compare(benchmark::State& state, double work, const std::function<double()>& ours,
             const std::function<double()>& plain) {
  ours();
  plain();
  std::vector<double> our_seconds, plain_seconds, ratios;
  for (auto _ : state) {
    our_seconds.push_back(ours());
    plain_seconds.push_back(plain());
    ratios.push_back(plain_seconds.back() / our_seconds.back());
    state.SetIterationTime(our_seconds.back());
  }
  state.counters["ours_G/s"] = work / median_of(our_seconds) / 1e9;
  state.counters["plain_G/s"] = work / median_of(plain_seconds) / 1e9;
  state.counters["ratio"] = median_of(ratios);
}

std::function<double()> replay_of(Device& device, Workload& workload) {
  const std::shared_ptr<Replay> replay = device.capture(workload, 1);
  return [replay] { return replay->run().seconds; };
}

std::unique_ptr<Workload> make_case(std::string_view implementation, const Op& op, Device& device) {
  return find_implementation(implementation, op, Backend::kCpu)->make(op, device, CaseOptions{});
}

/// STREAM's way to write it: one loop, what the compiler makes of it, vectors as wide as there are.
#define GPUGAUGE_STREAM_SUM                                                                        \
  std::uint32_t sum = 0;                                                                           \
  _Pragma("omp parallel for simd schedule(static) reduction(+ : sum)") for (std::int64_t i = 0;    \
                                                                            i < count; ++i) sum += \
      data[i];                                                                                     \
  return sum

std::uint32_t stream_sum(const std::uint32_t* data, std::int64_t count) { GPUGAUGE_STREAM_SUM; }

#if defined(__x86_64__)
[[gnu::target("avx512f,prefer-vector-width=512")]] std::uint32_t stream_sum_avx512(
    const std::uint32_t* data, std::int64_t count) {
  GPUGAUGE_STREAM_SUM;
}
#endif

auto widest_stream_sum() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return stream_sum_avx512;
#endif
  return stream_sum;
}

void read_against_stream(benchmark::State& state) {
  const auto device = open_device("cpu");
  const std::int64_t bytes = std::int64_t{1} << 30;
  const auto workload = make_case("openmp", MemoryStream{MemoryPattern::kRead, bytes}, *device);
  const std::int64_t all = workload->slots() * bytes;
  const auto* data = static_cast<const std::uint32_t*>(
      device->random_pool(DType::kFp32, Distribution::kNormal, all));
  const auto sum = widest_stream_sum();
  std::int64_t slot = 0;
  compare(state, static_cast<double>(bytes), replay_of(*device, *workload), [&] {
    slot = (slot + 1) % workload->slots();
    const std::int64_t words = bytes / 4;
    return seconds_of([&] { benchmark::DoNotOptimize(sum(data + slot * words, words)); });
  });
}

/// oneDNN as its own examples call it: weights packed by its reorder, and a loop. Only the memory
/// of the weights comes from the device, so that both lie on pages of one size.
class DirectMatmul {
 public:
  DirectMatmul(const Gemm& op, int slots, Device& device) : matmul_(plan_matmul(op, engine_)) {
    const dnnl::matmul::primitive_desc plan = plan_matmul(op, engine_);
    dnnl::memory x(plan.src_desc(), engine_), y(plan.dst_desc(), engine_);
    dnnl::memory plain(plain_weights(op), engine_), scratch(plan.scratchpad_desc(), engine_);
    fill(x, op.activations, op.m * op.k);
    fill(plain, op.weights, op.n * op.k);
    const auto packed_bytes = static_cast<std::int64_t>(plan.weights_desc().get_size());
    for (int slot = 0; slot < slots; ++slot) {
      buffers_.push_back(device.allocate(packed_bytes));
      dnnl::memory weights(plan.weights_desc(), engine_, buffers_.back().data());
      dnnl::reorder(plain, weights).execute(stream_, plain, weights);
      arguments_.push_back({{DNNL_ARG_SRC, x},
                            {DNNL_ARG_WEIGHTS, weights},
                            {DNNL_ARG_DST, y},
                            {DNNL_ARG_SCRATCHPAD, scratch}});
    }
  }

  double run() {
    next_ = (next_ + 1) % arguments_.size();
    return seconds_of([&] {
      matmul_.execute(stream_, arguments_[next_]);
      stream_.wait();
    });
  }

 private:
  static void fill(dnnl::memory& memory, DType dtype, std::int64_t elements) {
    void* const data = memory.get_data_handle();
#pragma omp parallel for schedule(static)
    for (std::int64_t i = 0; i < elements; ++i) {
      store_random(dtype, Distribution::kNormal, 1, data, i);
    }
  }

  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{engine_};
  dnnl::matmul matmul_;
  std::vector<Buffer> buffers_;
  std::vector<std::unordered_map<int, dnnl::memory>> arguments_;
  std::size_t next_ = 0;
};

void gemm_against_direct(benchmark::State& state, DType dtype) {
  const auto device = open_device("cpu");
  const Gemm op = gemm_of(dtype, state.range(0), state.range(1), state.range(2));
  const Implementation* onednn = find_implementation("onednn", op, Backend::kCpu);
  if (const Unsupported reason = onednn->supports(op, device->info())) {
    state.SkipWithError(reason->c_str());
    return;
  }
  const auto workload = make_case("onednn", op, *device);
  DirectMatmul direct(op, workload->slots(), *device);
  compare(state, work_of(op).flops, replay_of(*device, *workload), [&] { return direct.run(); });
}

BENCHMARK(read_against_stream)->Iterations(25)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(gemm_against_direct, bf16, DType::kBf16)
    ->ArgNames({"m", "n", "k"})
    ->Args({1, 28672, 4096})
    ->Args({64, 4096, 4096})
    ->Iterations(25)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(gemm_against_direct, fp32, DType::kFp32)
    ->ArgNames({"m", "n", "k"})
    ->Args({1, 4096, 14336})
    ->Args({512, 4096, 4096})
    ->Iterations(25)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(gemm_against_direct, int8, DType::kInt8)
    ->ArgNames({"m", "n", "k"})
    ->Args({16, 4096, 4096})
    ->Iterations(25)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace gpugauge

BENCHMARK_MAIN();
