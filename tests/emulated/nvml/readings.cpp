// What changes while the card works: clocks, power, energy, temperatures, reasons.

#include <algorithm>
#include <cmath>

#include "tests/emulated/nvml/calls.hpp"

using namespace gpugauge::emulated;        // NOLINT: C functions that belong to it
using namespace gpugauge::emulated::nvml;  // NOLINT

namespace {

constexpr unsigned long long kIdleReason = 0x1, kApplicationClocksReason = 0x2,
                             kPowerCapReason = 0x4;

bool is_data_centre_card() { return card().ecc == Ecc::kOn; }

double busy_w() {
  constexpr double kShareOfLimit = 0.8;
  const bool capped = (switches().throttle_reasons & kPowerCapReason) != 0;
  return card().power_limit_w * (capped ? 1 : kShareOfLimit);
}

double milliwatts_over_last(int device, double seconds) {
  const double share = recent_work(device, seconds) / seconds;
  return 1000 * (card().idle_power_w + share * (busy_w() - card().idle_power_w));
}

/// The counter moves ten times a second, and keeps its value between, to the last digit: callers
/// take every change for a step.
double millijoules(int device) {
  constexpr double kStep = 0.1;
  const double step = std::floor(emulated_seconds_alive() / kStep) * kStep;
  return 1000 * (step * card().idle_power_w +
                 emulated_seconds_of_work(device, 0, step) * (busy_w() - card().idle_power_w));
}

double application_clock() {
  return std::min(card().max_clock_mhz,
                  switches().application_clock_mhz.value_or(card().max_clock_mhz));
}

double clock_now(int device) {
  constexpr double kIdleMhz = 210;
  if (!works(device)) return kIdleMhz;
  const double kept = 1 - switches().clock_fall_percent_per_second / 100;
  return application_clock() * std::pow(kept, work(device));
}

double temperature(int device) { return 35 + 30 * recent_work(device, 1.0); }

/// Whether the driver's reading is the mean of a second: on Ampere but GA100, and newer (nvml.h).
bool averages_power() { return card().limits.compute_capability > 80; }

}  // namespace

API int nvmlDeviceGetClockInfo(void* device, unsigned type, unsigned* mhz) {
  constexpr unsigned kSm = 1, kMemory = 2, kVideo = 3;
  if (type > kVideo) return broken(__func__, "there is no such clock");
  return answer(__func__, device, mhz, type == kSm || type == kMemory,
                [&](int i) { return type == kSm ? clock_now(i) : card().memory_clock_mhz; });
}

namespace {
int application_clock_of(const char* call, void* device, unsigned type, unsigned* mhz,
                         double graphics) {
  constexpr unsigned kGraphics = 0, kMemory = 2;
  if (type != kGraphics && type != kMemory)
    return broken(call, "only the graphics and the memory clock can be set");
  return answer(call, device, mhz, is_data_centre_card(),
                [&](int) { return type == kGraphics ? graphics : card().memory_clock_mhz; });
}
}  // namespace

API int nvmlDeviceGetApplicationsClock(void* device, unsigned type, unsigned* mhz) {
  return application_clock_of(__func__, device, type, mhz, application_clock());
}

API int nvmlDeviceGetDefaultApplicationsClock(void* device, unsigned type, unsigned* mhz) {
  return application_clock_of(__func__, device, type, mhz, card().max_clock_mhz);
}

API int nvmlDeviceGetPowerUsage(void* device, unsigned* milliwatts) {
  return answer(__func__, device, milliwatts, true,
                [](int i) { return milliwatts_over_last(i, averages_power() ? 1.0 : 0.1); });
}

API int nvmlDeviceGetTotalEnergyConsumption(void* device, unsigned long long* energy) {
  return answer(__func__, device, energy, true, millijoules);
}

/// nvmlFieldValue_t
struct FieldValue {
  unsigned id, scope;
  long long timestamp, latency_us;
  int type, status;
  union {
    double as_double;
    unsigned as_unsigned;
    unsigned long long as_bits;
  } value;
};
static_assert(sizeof(FieldValue) == 40);

API int nvmlDeviceGetFieldValues(void* device, int count, FieldValue* values) {
  constexpr unsigned kMemoryTemperature = 82, kInstantPower = 186;
  constexpr int kUnsigned = 1;
  if (const int status = enter(__func__, device)) return status;
  if (count < 1 || values == nullptr) return broken(__func__, "no fields were asked for");
  const int index = device_of(device);
  for (FieldValue* each = values; each != values + count; ++each) {
    const bool is_temperature = each->id == kMemoryTemperature;
    const bool known = (is_temperature && card().has_memory_temperature) ||
                       (each->id == kInstantPower && averages_power());
    if (!known || switches().nvml_lacks("field" + std::to_string(each->id))) {
      each->status = kNotSupported;
      continue;
    }
    each->status = kSuccess;
    each->type = kUnsigned;
    each->value.as_bits = 0;
    each->value.as_unsigned = static_cast<unsigned>(
        is_temperature ? temperature(index) + 12 : milliwatts_over_last(index, 0.1));
  }
  return kSuccess;
}

API int nvmlDeviceGetTemperature(void* device, unsigned sensor, unsigned* celsius) {
  if (sensor != 0) return broken(__func__, "there is no such sensor");
  return answer(__func__, device, celsius, true, temperature);
}

API int nvmlDeviceGetCurrentClocksEventReasons(void* device, unsigned long long* reasons) {
  return answer(__func__, device, reasons, true, [](int i) {
    if (!works(i)) return kIdleReason;
    return switches().throttle_reasons |
           (application_clock() < card().max_clock_mhz ? kApplicationClocksReason : 0ULL);
  });
}
