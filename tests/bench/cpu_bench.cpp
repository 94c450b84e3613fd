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
#include <limits>
#include <memory>
#include <unordered_map>
#include <vector>

#include "harness/base/random.hpp"
#include "harness/base/statistics.hpp"
#include "harness/device/open/open_device.hpp"
#include "kernels/cpu/onednn_matmul.hpp"
#include "kernels/implementation.hpp"
#include "kernels/reference/memory_reference.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

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

struct Arrays {
  float* a;
  const float *b, *c;
  std::int64_t count;
};

#define GPUGAUGE_LOOP(clauses, statement)                                           \
  {                                                                                 \
    _Pragma(clauses) for (std::int64_t i = 0; i < arrays.count; ++i) { statement; } \
    break;                                                                          \
  }

/// STREAM's way to write them: one loop each, what the compiler makes of it for that target. A
/// macro, because the body of a parallel loop is compiled for the target of its own function.
#define GPUGAUGE_PLAIN_LOOPS(name)                                                         \
  void name(MemoryPattern pattern, const Arrays& arrays) {                                 \
    float* const a = arrays.a;                                                             \
    const float *const b = arrays.b, *const c = arrays.c;                                  \
    const auto* const words = reinterpret_cast<const std::uint32_t*>(b);                   \
    std::uint32_t sum = 0;                                                                 \
    switch (pattern) {                                                                     \
      case MemoryPattern::kRead:                                                           \
        GPUGAUGE_LOOP("omp parallel for simd schedule(static) reduction(+ : sum)",         \
                      sum += words[i])                                                     \
      case MemoryPattern::kWrite:                                                          \
        GPUGAUGE_LOOP("omp parallel for simd schedule(static)", a[i] = 1.5F)               \
      case MemoryPattern::kCopy:                                                           \
        GPUGAUGE_LOOP("omp parallel for simd schedule(static)", a[i] = b[i])               \
      default:                                                                             \
        GPUGAUGE_LOOP("omp parallel for simd schedule(static)", a[i] = b[i] + 3.0F * c[i]) \
    }                                                                                      \
    benchmark::DoNotOptimize(sum);                                                         \
  }

using PlainLoops = void (*)(MemoryPattern, const Arrays&);

GPUGAUGE_PLAIN_LOOPS(plain_loops)
#if defined(__x86_64__)
[[gnu::target("avx512f,prefer-vector-width=512")]] GPUGAUGE_PLAIN_LOOPS(plain_loops_avx512)
    [[gnu::target("avx2,fma")]] GPUGAUGE_PLAIN_LOOPS(plain_loops_avx2)

    /// One loop with non-temporal stores, which no compiler makes by itself; of a read the same as
    /// the others.
    [[gnu::target("avx2,fma")]] void non_temporal_loops(MemoryPattern pattern,
                                                        const Arrays& arrays) {
  if (pattern == MemoryPattern::kRead) return plain_loops_avx2(pattern, arrays);
  const __m256 three = _mm256_set1_ps(3.0F);
#pragma omp parallel
  {
#pragma omp for schedule(static)
    for (std::int64_t i = 0; i < arrays.count; i += 8) {
      __m256 value = _mm256_set1_ps(1.5F);
      if (pattern != MemoryPattern::kWrite) value = _mm256_load_ps(arrays.b + i);
      if (pattern == MemoryPattern::kTriad)
        value = _mm256_fmadd_ps(three, _mm256_load_ps(arrays.c + i), value);
      _mm256_stream_ps(arrays.a + i, value);
    }
    _mm_sfence();
  }
}
#endif

std::vector<PlainLoops> plain_programs() {
  std::vector<PlainLoops> all{plain_loops};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) all.push_back(plain_loops_avx512);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    all.insert(all.end(), {plain_loops_avx2, non_temporal_loops});
#endif
  return all;
}

/// Beside the fastest of the plain programs, turn by turn, on arrays of the same size and pages.
void memory_against_plain(benchmark::State& state, MemoryPattern pattern) {
  const auto device = open_device("cpu");
  const MemoryStream op{pattern, std::int64_t{1} << 30};
  const auto workload = make_case("openmp", op, *device);
  const auto [reads, written] = arrays_of(pattern);
  const std::int64_t bytes = array_bytes(op), elements = bytes / 4;
  const std::int64_t slots = workload->slots();
  const auto* input = reads == 0 ? nullptr
                                 : static_cast<const float*>(device->random_pool(
                                       DType::kFp32, Distribution::kNormal, bytes * slots * reads));
  const Buffer output = device->allocate(std::max<std::int64_t>(1, bytes * slots * written));
  std::int64_t slot = 0;
  const auto seconds_of_program = [&](PlainLoops loops) {
    slot = (slot + 1) % slots;
    const float* b = input == nullptr ? nullptr : input + slot * reads * elements;
    const Arrays arrays{.a = static_cast<float*>(output.data()) + slot * elements * written,
                        .b = b,
                        .c = reads < 2 ? b : b + elements,
                        .count = elements};
    return seconds_of([&] { loops(pattern, arrays); });
  };
  compare(state, static_cast<double>(op.bytes), replay_of(*device, *workload), [&] {
    double fastest = std::numeric_limits<double>::infinity();
    for (const PlainLoops loops : plain_programs())
      fastest = std::min(fastest, seconds_of_program(loops));
    return fastest;
  });
  state.SetLabel(workload->details());
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

#define GPUGAUGE_MEMORY(name, pattern)                                  \
  BENCHMARK_CAPTURE(memory_against_plain, name, MemoryPattern::pattern) \
      ->Iterations(25)                                                  \
      ->UseManualTime()                                                 \
      ->Unit(benchmark::kMillisecond)
GPUGAUGE_MEMORY(read, kRead);
GPUGAUGE_MEMORY(write, kWrite);
GPUGAUGE_MEMORY(copy, kCopy);
GPUGAUGE_MEMORY(triad, kTriad);
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
