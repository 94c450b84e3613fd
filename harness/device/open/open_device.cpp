#include "harness/device/open/open_device.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>

#include "harness/base/error.hpp"
#include "harness/base/parse_number.hpp"
#include "harness/device/cpu_device.hpp"
#include "harness/device/nvidia_host.hpp"

#if GPUGAUGE_HAS_CUDA
#include "harness/device/cuda/cuda_device.hpp"
#include "harness/device/cuda/cuda_info.hpp"
#endif

namespace gpugauge {
namespace {

/// N of `cuda:N`.
std::optional<int> cuda_index(std::string_view name) {
  constexpr std::string_view kPrefix = "cuda:";
  if (!name.starts_with(kPrefix)) return std::nullopt;
  const auto index = parse_number<int>(name.substr(kPrefix.size()));
  return index && *index >= 0 ? index : std::nullopt;
}

std::unique_ptr<Device> open_cuda([[maybe_unused]] int index,
                                  [[maybe_unused]] const FillKernel& fill) {
#if GPUGAUGE_HAS_CUDA
  return open_cuda_device(index, fill);
#else
  throw EnvironmentError(fmt::format(
      "cuda:{}: this build has no CUDA; build again with nvcc on PATH, or use --device cpu",
      index));
#endif
}

std::vector<DeviceInfo> discover_cuda() {
#if GPUGAUGE_HAS_CUDA
  return discover_cuda_devices();
#else
  throw CudaDoesNotStart(no_cuda_in_this_build());
#endif
}

/// A CUDA device that does not work is worth a warning where another does. The CPU is another
/// measurement, and taken only where nothing of NVIDIA's is here.
std::unique_ptr<Device> open_best(const FillKernel& fill) {
  const Discovery found = discover_devices();
  if (found.trouble) throw CudaDoesNotStart(*found.trouble);
  std::vector<std::string> failures;
  for (const DeviceInfo& info : found.devices) {
    const auto index = cuda_index(info.id);
    if (!index) continue;
    try {
      auto device = open_cuda(*index, fill);
      for (const std::string& failure : failures) spdlog::warn("{}", failure);
      return device;
    } catch (const EnvironmentError& error) {
      failures.emplace_back(error.what());
    }
  }
  if (!failures.empty()) throw EnvironmentError(failures.front());
  return open_cpu_device();
}

/// The form that was probably meant: a CUDA device by the first number in the name, unless the name
/// begins as one of the others does.
std::string nearest_form(std::string_view name) {
  if (name.starts_with("cp") || name.starts_with("CP")) return "cpu";
  if (name.starts_with("b") || name.starts_with("B")) return "best";
  const auto begin = std::min(name.find_first_of("0123456789"), name.size());
  const auto end = std::min(name.find_first_not_of("0123456789", begin), name.size());
  const bool is_index = end > begin && end - begin <= 3;
  return fmt::format("cuda:{}", is_index ? name.substr(begin, end - begin) : "0");
}

}  // namespace

std::unique_ptr<Device> open_device(std::string_view name, const FillKernel& cuda_fill) {
  if (name == "cpu") return open_cpu_device();
  if (name == "best") return open_best(cuda_fill);
  if (const auto index = cuda_index(name)) return open_cuda(*index, cuda_fill);
  throw UsageError(
      fmt::format("no device is called '{}': expected cpu, cuda:N or best; did you mean {}?", name,
                  nearest_form(name)));
}

std::optional<CardHealth> health_of([[maybe_unused]] const DeviceInfo& device) {
#if GPUGAUGE_HAS_CUDA
  if (const auto index = cuda_index(device.id)) return health_of_cuda_device(*index);
#endif
  return std::nullopt;
}

std::optional<int> driver_cuda_version() {
#if GPUGAUGE_HAS_CUDA
  const int version = driver_cuda();
  return version > 0 ? std::optional(version) : std::nullopt;
#else
  const std::unique_ptr<void, int (*)(void*)> library(
      dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL), dlclose);
  if (!library) return std::nullopt;
  // Signature: CUDA driver API.
  const auto ask = reinterpret_cast<int (*)(int*)>(dlsym(library.get(), "cuDriverGetVersion"));
  int version = 0;
  return ask != nullptr && ask(&version) == 0 ? std::optional(version) : std::nullopt;
#endif
}

Discovery discover_devices() {
  Discovery found;
  const auto keep = [&](StartTrouble trouble) {
    if (look_at_nvidia_host(system_root()).shows_any() || driver_cuda_version()) {
      found.trouble = std::move(trouble);
    }
  };
  try {
    found.devices = discover_cuda();
  } catch (const CudaDoesNotStart& error) {
    keep(error.trouble());
  } catch (const EnvironmentError& error) {
    keep(unexplained(error.what()));
  }
  found.devices.push_back(describe_cpu_device());
  return found;
}

}  // namespace gpugauge
