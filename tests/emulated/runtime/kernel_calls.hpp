#pragma once

// Included before the kernels' source: what nvcc's stubs know of a kernel, how to call it with the
// arguments that the runtime is given, comes from its type here.

#include <cuda_runtime.h>

#include <cstddef>
#include <cstring>
#include <functional>
#include <string>
#include <tuple>
#include <utility>

#include "tests/simt/cuda_names.hpp"

namespace gpugauge::emulated {

/// How kernels of one type are called.
struct KernelType {
  /// Copies the arguments; what it gives runs one thread.
  std::function<void()> (*bind)(const void* kernel, void** arguments);
  /// Their bytes; those of no member are zero.
  std::string (*bytes)(void** arguments);
};

template <typename... Parameters>
struct KernelTypeOf {
  static std::function<void()> bind(const void* kernel, void** arguments) {
    return bind(kernel, arguments, std::index_sequence_for<Parameters...>{});
  }
  static std::string bytes(void** arguments) {
    std::string all;
    std::size_t i = 0;
    (append(all, *static_cast<Parameters*>(arguments[i++])), ...);
    return all;
  }
  static constexpr KernelType kType{&bind, &bytes};

 private:
  template <typename Parameter>
  static void append(std::string& all, Parameter value) {
    __builtin_clear_padding(&value);
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    all.append(bytes, sizeof bytes);
  }
  template <std::size_t... kIndices>
  static std::function<void()> bind(const void* kernel, void** arguments,
                                    std::index_sequence<kIndices...>) {
    const auto function = reinterpret_cast<void (*)(Parameters...)>(const_cast<void*>(kernel));
    return [function,
            values = std::tuple<Parameters...>(*static_cast<Parameters*>(arguments[kIndices])...)] {
      std::apply(function, values);
    };
  }
};

/// Tells the runtime of a kernel, before it is launched.
void register_kernel(const void* kernel, const KernelType& type);

template <typename... Parameters, typename... Arguments>
cudaError_t launch_kernel(const cudaLaunchConfig_t* config, void (*kernel)(Parameters...),
                          Arguments&&... arguments) {
  const auto* function = reinterpret_cast<const void*>(kernel);
  register_kernel(function, KernelTypeOf<Parameters...>::kType);
  std::tuple<Parameters...> values(Parameters(std::forward<Arguments>(arguments))...);
  return std::apply(
      [&](Parameters&... each) {
        void* pointers[] = {&each...};
        return cudaLaunchKernelExC(config, function, pointers);
      },
      values);
}

}  // namespace gpugauge::emulated

// The one of CUDA's header does not tell the kernel's type.
#define cudaLaunchKernelEx ::gpugauge::emulated::launch_kernel
