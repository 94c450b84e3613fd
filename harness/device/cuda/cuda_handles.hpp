#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>
#include <memory>

#include "harness/device/cuda/cuda_error.hpp"

namespace gpugauge {

/// Owners of the runtime's objects. A failed release is ignored: it can only mean that the context
/// has already died, which the call that killed it reported.
struct CudaRelease {
  void operator()(cudaStream_t stream) const { (void)cudaStreamDestroy(stream); }
  void operator()(cudaEvent_t event) const { (void)cudaEventDestroy(event); }
  void operator()(cudaGraph_t graph) const { (void)cudaGraphDestroy(graph); }
  void operator()(cudaGraphExec_t exec) const { (void)cudaGraphExecDestroy(exec); }
  void operator()(void* pinned) const { (void)cudaFreeHost(pinned); }
};
using CudaStream = std::unique_ptr<CUstream_st, CudaRelease>;
using CudaEvent = std::unique_ptr<CUevent_st, CudaRelease>;
using CudaGraph = std::unique_ptr<CUgraph_st, CudaRelease>;
using CudaGraphExec = std::unique_ptr<CUgraphExec_st, CudaRelease>;
/// Host memory that the device reaches by itself: copies run at the link's rate.
using PinnedMemory = std::unique_ptr<void, CudaRelease>;

/// A stream that does not wait for the default one.
inline CudaStream make_cuda_stream() {
  cudaStream_t stream = nullptr;
  check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
  return CudaStream(stream);
}

/// An event that keeps the time.
inline CudaEvent make_cuda_event() {
  cudaEvent_t event = nullptr;
  check(cudaEventCreate(&event), "cudaEventCreate");
  return CudaEvent(event);
}

inline PinnedMemory make_pinned_memory(std::int64_t bytes) {
  void* memory = nullptr;
  check(cudaMallocHost(&memory, static_cast<std::size_t>(bytes)), "cudaMallocHost");
  return PinnedMemory(memory);
}

}  // namespace gpugauge
