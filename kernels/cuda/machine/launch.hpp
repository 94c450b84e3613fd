#pragma once

#include "harness/device/stream.hpp"

#if defined(GPUGAUGE_SIMT) && !defined(GPUGAUGE_EMULATED)  // no runtime: run here and now
#include "tests/simt/launch.hpp"
#else

#include <cuda_runtime_api.h>

#include <utility>

#include "harness/device/cuda/cuda_error.hpp"
#include "kernels/cuda/machine/launch_shape.hpp"

namespace gpugauge {

/// How many blocks of a kernel a multiprocessor runs at once.
template <typename... Parameters>
int resident_blocks(void (*kernel)(Parameters...), int threads, int shared_bytes = 0) {
  const auto* function = reinterpret_cast<const void*>(kernel);
  check(cudaFuncSetAttribute(function, cudaFuncAttributeMaxDynamicSharedMemorySize, shared_bytes),
        "shared memory of a kernel");
  int blocks = 0;
  check(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, function, threads,
                                                      static_cast<std::size_t>(shared_bytes)),
        "occupancy of a kernel");
  return blocks;
}

/// Launches a kernel asynchronously; `name` is for the message of a launch that fails. On a stream
/// that overlaps, the kernel may begin while the one before it ends (programmatic dependent
/// launch), and must call `wait_for_previous` before it reads what that one wrote.
template <typename... Parameters, typename... Arguments>
void launch(Stream stream, const char* name, void (*kernel)(Parameters...),
            const LaunchShape& shape, Arguments&&... arguments) {
  const auto* function = reinterpret_cast<const void*>(kernel);
  // Any kernel may have 48 KiB unasked. Whether the one that the system takes counts is not told.
  if (shape.shared_bytes > 47 * 1024) {
    check(cudaFuncSetAttribute(function, cudaFuncAttributeMaxDynamicSharedMemorySize,
                               shape.shared_bytes),
          name);
  }
  if (shape.shared_bytes > 0 || stream.overlap) {
    // A multiprocessor must be idle to share its memory out anew between L1 and blocks: those of
    // the next kernel come beside this one's only where both ask for the same.
    check(cudaFuncSetAttribute(
              function, cudaFuncAttributePreferredSharedMemoryCarveout,
              stream.overlap ? cudaSharedmemCarveoutMaxShared : cudaSharedmemCarveoutDefault),
          name);
  }
  cudaLaunchConfig_t config{};
  config.gridDim = dim3(shape.blocks, shape.blocks_y, shape.blocks_z);
  config.blockDim = dim3(shape.threads);
  config.dynamicSmemBytes = static_cast<std::size_t>(shape.shared_bytes);
  config.stream = static_cast<cudaStream_t>(stream.native);
  cudaLaunchAttribute attributes[2] = {};
  config.attrs = attributes;
  if (stream.overlap) {
    attributes[config.numAttrs].id = cudaLaunchAttributeProgrammaticStreamSerialization;
    attributes[config.numAttrs++].val.programmaticStreamSerializationAllowed = 1;
  }
  if (shape.cluster > 1) {
    attributes[config.numAttrs].id = cudaLaunchAttributeClusterDimension;
    attributes[config.numAttrs].val.clusterDim.x = shape.cluster;
    attributes[config.numAttrs].val.clusterDim.y = 1;
    attributes[config.numAttrs++].val.clusterDim.z = 1;
  }
  check(cudaLaunchKernelEx(&config, kernel, Parameters(std::forward<Arguments>(arguments))...),
        name);
}

}  // namespace gpugauge

#endif
