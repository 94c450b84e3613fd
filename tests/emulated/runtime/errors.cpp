#include "tests/emulated/runtime/errors.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "tests/emulated/switches.hpp"

namespace gpugauge::emulated {
namespace {

thread_local cudaError_t last_error = cudaSuccess;
cudaError_t dead_with = cudaSuccess;

struct Description {
  cudaError_t error;
  const char *name, *text;
};

// Names and texts as the CUDA runtime 13.0 gives them.
constexpr std::array kDescriptions{
    Description{cudaSuccess, "cudaSuccess", "no error"},
    Description{cudaErrorInvalidValue, "cudaErrorInvalidValue", "invalid argument"},
    Description{cudaErrorMemoryAllocation, "cudaErrorMemoryAllocation", "out of memory"},
    Description{cudaErrorInitializationError, "cudaErrorInitializationError",
                "initialization error"},
    Description{cudaErrorInvalidConfiguration, "cudaErrorInvalidConfiguration",
                "invalid configuration argument"},
    Description{cudaErrorInsufficientDriver, "cudaErrorInsufficientDriver",
                "CUDA driver version is insufficient for CUDA runtime version"},
    Description{cudaErrorDevicesUnavailable, "cudaErrorDevicesUnavailable",
                "CUDA-capable device(s) is/are busy or unavailable"},
    Description{cudaErrorNoDevice, "cudaErrorNoDevice", "no CUDA-capable device is detected"},
    Description{cudaErrorInvalidDevice, "cudaErrorInvalidDevice", "invalid device ordinal"},
    Description{cudaErrorInvalidDeviceFunction, "cudaErrorInvalidDeviceFunction",
                "invalid device function"},
    Description{cudaErrorNoKernelImageForDevice, "cudaErrorNoKernelImageForDevice",
                "no kernel image is available for execution on the device"},
    Description{cudaErrorInvalidResourceHandle, "cudaErrorInvalidResourceHandle",
                "invalid resource handle"},
    Description{cudaErrorIllegalState, "cudaErrorIllegalState",
                "the operation cannot be performed in the present state"},
    Description{cudaErrorNotReady, "cudaErrorNotReady", "device not ready"},
    Description{cudaErrorIllegalAddress, "cudaErrorIllegalAddress",
                "an illegal memory access was encountered"},
    Description{cudaErrorLaunchOutOfResources, "cudaErrorLaunchOutOfResources",
                "too many resources requested for launch"},
    Description{cudaErrorPeerAccessAlreadyEnabled, "cudaErrorPeerAccessAlreadyEnabled",
                "peer access is already enabled"},
    Description{cudaErrorLaunchFailure, "cudaErrorLaunchFailure", "unspecified launch failure"},
    Description{cudaErrorNotSupported, "cudaErrorNotSupported", "operation not supported"},
    Description{cudaErrorSystemNotReady, "cudaErrorSystemNotReady", "system not yet initialized"},
    Description{cudaErrorStreamCaptureUnsupported, "cudaErrorStreamCaptureUnsupported",
                "operation not permitted when stream is capturing"},
    Description{cudaErrorUnknown, "cudaErrorUnknown", "unknown error"},
};

Description describe(cudaError_t error) {
  const auto* found = std::ranges::find(kDescriptions, error, &Description::error);
  if (found != kDescriptions.end()) return *found;
  return {error, "an error that the emulated card has no name for", "unrecognized error code"};
}

}  // namespace

cudaError_t failed(cudaError_t error) {
  if (error != cudaSuccess) last_error = error;
  return error;
}

void kill_context(cudaError_t error) {
  if (dead_with == cudaSuccess) dead_with = error;
}

cudaError_t context_error() { return failed(dead_with); }

cudaError_t driver_error() {
  const Switches& set = switches();
  if (set.start_error != 0) return failed(static_cast<cudaError_t>(set.start_error));
  if (set.driver_version / 1000 < CUDART_VERSION / 1000) {
    return failed(cudaErrorInsufficientDriver);
  }
  return context_error();
}

void forget_errors() { last_error = dead_with = cudaSuccess; }

}  // namespace gpugauge::emulated

using namespace gpugauge::emulated;  // NOLINT: the API below

cudaError_t cudaGetLastError() {
  const cudaError_t error = std::exchange(last_error, cudaSuccess);
  return dead_with != cudaSuccess ? dead_with : error;
}
cudaError_t cudaPeekAtLastError() { return dead_with != cudaSuccess ? dead_with : last_error; }
const char* cudaGetErrorName(cudaError_t error) { return describe(error).name; }
const char* cudaGetErrorString(cudaError_t error) { return describe(error).text; }
