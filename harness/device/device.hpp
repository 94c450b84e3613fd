#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/case_options.hpp"
#include "harness/base/dtype.hpp"
#include "harness/device/card_health.hpp"
#include "harness/device/device_info.hpp"
#include "harness/device/sample.hpp"
#include "harness/device/stream.hpp"

namespace gpugauge {

class Workload;

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
  /// The slot on which the next run begins.
  virtual int next_slot() const { return 0; }
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
  /// `quantization_scale`, harness/base/random.hpp). It is made once and shared by the cases that
  /// ask for the same type, which keeps the time between cases short; valid until `release_pools`
  /// or a request for more, or for another type or distribution. 4 KiB aligned.
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

/// Fills memory of a CUDA device with random values. That takes a kernel, which stands above the
/// devices and is handed to them (kernels/fill.hpp).
struct FillKernel {
  /// Throws EnvironmentError if the program holds no code for the calling thread's device.
  void (*check_image)() = nullptr;
  /// Fills `count` elements of `dtype` with the values that `store_random` gives for `seed`.
  void (*fill)(Stream, void* data, DType dtype, std::int64_t count, Distribution values,
               std::uint64_t seed) = nullptr;
};

}  // namespace gpugauge
