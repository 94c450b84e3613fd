#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/device/card_health.hpp"
#include "harness/device/device_info.hpp"
#include "harness/device/sample.hpp"
#include "kernels/case_options.hpp"
#include "kernels/dtype.hpp"

namespace gpugauge {

class Workload;

/// A queue of device work: a `cudaStream_t` on CUDA, nothing on the CPU, where a launch is a call.
struct Stream {
  void* native = nullptr;
  /// A kernel may begin while the one before it ends (programmatic dependent launch, Hopper on).
  bool overlap = false;
};

/// Owned device memory.
class Buffer {
 public:
  using Release = std::function<void(void*)>;

  Buffer() = default;
  Buffer(void* data, std::int64_t bytes, Release release)
      : data_(data, std::move(release)), bytes_(bytes) {}

  void* data() const { return data_.get(); }
  std::int64_t bytes() const { return bytes_; }

 private:
  std::unique_ptr<void, Release> data_{nullptr, [](void*) {}};
  std::int64_t bytes_ = 0;
};

/// A fixed number of launches made ready to be timed together: a captured graph on CUDA, a loop on
/// the CPU.
class Replay {
 public:
  Replay() = default;
  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;
  virtual ~Replay() = default;

  /// Runs all launches once. `Sample::seconds` is device time for all of them together; telemetry
  /// is read while they run where the device allows it.
  virtual Sample run() = 0;
  virtual std::int64_t launches() const = 0;
};

/// What runs ops. Methods throw EnvironmentError with the device's own message; allocation failure
/// is OutOfMemory, so that one case can fail and the rest go on.
class Device {
 public:
  Device() = default;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  virtual ~Device() = default;

  virtual const DeviceInfo& info() const = 0;

  virtual Buffer allocate(std::int64_t bytes) = 0;
  virtual void copy_to_host(void* host, const void* device, std::int64_t bytes) = 0;
  virtual void copy_to_device(void* device, const void* host, std::int64_t bytes) = 0;
  /// Sets every byte to 0xFF: NaN in every floating type here, −1 in the integer ones.
  virtual void poison(void* device, std::int64_t bytes) = 0;
  virtual void synchronize() = 0;
  virtual Stream stream() = 0;

  /// Read-only memory of at least `bytes`, filled with `data` in `dtype` (quantised by
  /// `quantization_scale`, kernels/random.hpp). It is made once and shared by the cases that ask
  /// for the same type, which keeps the time between cases short; valid until `release_pools` or a
  /// request for more, or for another type or distribution. 4 KiB aligned.
  virtual const void* random_pool(DType dtype, Distribution data, std::int64_t bytes) = 0;
  virtual void release_pools() = 0;

  /// Makes `launches` launches of the workload ready, rotating through its slots. The count is
  /// rounded up to whole rotations where a replay begins again at the first slot.
  virtual std::unique_ptr<Replay> capture(Workload& workload, std::int64_t launches) = 0;

  /// The state of the device now.
  virtual Telemetry telemetry() = 0;
  /// Its health now; nothing where the kind of device does not tell, as a CPU.
  virtual std::optional<CardHealth> health() { return std::nullopt; }
};

/// Opens `cpu`, `cuda:N` or `best` (the first CUDA device that works, else the CPU).
/// Throws UsageError for a name of another form, EnvironmentError if the device cannot be had.
std::unique_ptr<Device> open_device(std::string_view name);

/// Describes a device without creating a context on it or changing its state, as far as its driver
/// allows.
std::vector<DeviceInfo> discover_devices();

/// The health of a device of `discover_devices`, asked in the same way: errors are counted, but
/// XIDs are not watched for.
std::optional<CardHealth> health_of(const DeviceInfo& device);

}  // namespace gpugauge
