#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

/// What a library that CUDA programs open at run time (cuBLASLt) asks of the emulated runtime. The
/// program exports the C functions at the end; the library declares nothing of its own.
namespace gpugauge::emulated {

struct MemoryUse {
  const void* begin;
  std::size_t bytes;
};

/// One call that the library puts into a stream.
struct LibraryCall {
  std::string name;           ///< `cublasLtMatmul 64x256x256 bf16`: for messages and EMULATED_CRASH
  std::function<void()> run;  ///< does it; called as often as the node runs, or never
  /// Device memory that it looks at and changes: times follow from their bytes, and whoever touches
  /// them too early is caught.
  std::vector<MemoryUse> reads = {}, writes = {};
  double flops = 0;
  int operand_bytes = 2;  ///< of the narrower operand: the rate of the matrix units follows from it
  /// Equal for two calls that do the same with the same memory: a graph that repeats them runs them
  /// once.
  std::string identity = {};
};

}  // namespace gpugauge::emulated

extern "C" {
/// Runs it in stream order, or captures it. Gives a cudaError_t.
int emulated_enqueue_library_call(void* stream, const gpugauge::emulated::LibraryCall& call);
/// Whether all of it lies in one allocation of the device.
bool emulated_is_device_memory(const void* begin, std::size_t bytes);
/// Whether a stream captures: what allocates must not be called then.
bool emulated_is_capturing();
/// A call broke a rule of the API: prints both, and the process ends with 97. In a unit test that
/// holds a `RuleBreaksThrow` it throws BrokenRule.
void emulated_broken_rule(const char* call, const char* rule);
}
