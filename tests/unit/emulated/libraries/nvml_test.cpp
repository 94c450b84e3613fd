// The stand-in for NVML, opened as the program opens it.

#include <dlfcn.h>
#include <gmock/gmock.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <thread>

#include "harness/device/cuda/nvml.hpp"
#include "tests/emulated/activity.hpp"
#include "tests/emulated/broken_rule.hpp"
#include "tests/emulated/switches.hpp"

namespace gpugauge::emulated {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

template <typename... Arguments>
auto function(const char* name) {
  static void* const library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw std::runtime_error(dlerror());
  const auto found = reinterpret_cast<int (*)(Arguments...)>(dlsym(library, name));
  if (found == nullptr) throw std::runtime_error(name);
  return found;
}

constexpr int kSuccess = 0, kNotSupported = 3;

/// Before the switches are read. The second card is the one that falls off the bus.
const int kTwoCards = setenv("EMULATED_DEVICES", "2", 1);

void* open_card(int device) {
  EXPECT_EQ(function<>("nvmlInit_v2")(), kSuccess);
  void* card = nullptr;
  EXPECT_EQ((function<const char*, void**>("nvmlDeviceGetHandleByPciBusId_v2")(
                identity_of(device).pci_bus_id.c_str(), &card)),
            kSuccess)
      << kTwoCards;
  return card;
}

template <typename Value>
Value ask(const char* name, void* card) {
  Value value{};
  EXPECT_EQ((function<void*, Value*>(name)(card, &value)), kSuccess) << name;
  return value;
}

void work_for(double seconds) {
  const Working working(0);
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

/// NVML is set up once a process, so that what comes before is a test of its own.
TEST(EmulatedNvml, ItsRulesAreKeptOrNamed) {
  const RuleBreaksThrow throws;
  const auto power = function<void*, unsigned*>("nvmlDeviceGetPowerUsage");
  unsigned milliwatts = 0;
  EXPECT_THAT([&] { power(nullptr, &milliwatts); },
              ThrowsMessage<BrokenRule>(HasSubstr("nvmlDeviceGetPowerUsage: NVML is not")));
  void* card = open_card(0);
  EXPECT_EQ(power(card, &milliwatts), kSuccess);
  EXPECT_THAT([&] { power(&milliwatts, &milliwatts); },
              ThrowsMessage<BrokenRule>(HasSubstr("the handle is none that NVML gave")));
  EXPECT_THAT([&] { power(card, nullptr); },
              ThrowsMessage<BrokenRule>(HasSubstr("no place for the answer")));
  const auto free_set = function<void*>("nvmlEventSetFree");
  EXPECT_THAT([&] { free_set(card); }, ThrowsMessage<BrokenRule>(HasSubstr("nvmlEventSetFree")));
}

TEST(EmulatedNvml, PowerIsOfTheLastSecondAndEnergyOfTheWork) {
  void* card = open_card(0);
  std::this_thread::sleep_for(std::chrono::milliseconds(1000));
  const auto energy = [&] {
    return static_cast<double>(
        ask<unsigned long long>("nvmlDeviceGetTotalEnergyConsumption", card));
  };
  const double before = energy();
  work_for(0.3);
  const double watts = ask<unsigned>("nvmlDeviceGetPowerUsage", card) / 1000.0;
  // An H100 in this state draws 560 W, and 70 W idle.
  EXPECT_LT(watts, 0.5 * 560);
  EXPECT_GT(watts, 2 * 70);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));  // the counter's step
  EXPECT_NEAR((energy() - before) / 1000, 0.3 * 560 + 0.1 * 70, 40);
}

/// A value that trembled between two steps would be a step where there is none.
TEST(EmulatedNvml, TheEnergyCounterHoldsItsValueBetweenItsSteps) {
  constexpr double kStepSeconds = 0.1;
  void* card = open_card(0);
  const auto energy = [&] {
    return ask<unsigned long long>("nvmlDeviceGetTotalEnergyConsumption", card);
  };
  const double begin = emulated_seconds_alive();
  unsigned long long last = energy();
  int changes = 0;
  while (emulated_seconds_alive() < begin + 0.35) {
    work_for(5e-5);
    const unsigned long long now = energy();
    EXPECT_GE(now, last);
    changes += now != last ? 1 : 0;
    last = now;
  }
  EXPECT_LE(changes, (emulated_seconds_alive() - begin) / kStepSeconds + 1);
  EXPECT_GE(changes, 3);
}

TEST(EmulatedNvml, TellsTheProgramWhatAWorkingH100Does) {
  const NvmlApi* api = nvml();
  ASSERT_NE(api, nullptr);
  const CardIdentity identity = identity_of(0);
  const auto device = NvmlDevice::find(*api, identity.uuid, "unused");
  ASSERT_TRUE(device.has_value());
  work_for(0.15);
  const Telemetry telemetry = device->telemetry();
  EXPECT_EQ(telemetry.clock_mhz, 1980);
  EXPECT_EQ(telemetry.memory_clock_mhz, 2619);
  EXPECT_EQ(telemetry.throttle_reasons, 0U);
  EXPECT_GT(telemetry.instant_power_w, telemetry.power_w);
  EXPECT_GT(telemetry.memory_temperature_c, telemetry.temperature_c);
  EXPECT_TRUE(telemetry.energy_j.has_value());
  DeviceInfo info;
  device->describe(info);
  EXPECT_EQ(info.ecc_enabled, true);
  EXPECT_EQ(info.mig_enabled, false);
  EXPECT_EQ(info.power_limit_w, 700);
  EXPECT_EQ(info.application_clock_mhz, info.default_application_clock_mhz);
  EXPECT_EQ(info.other_processes, 0);
  EXPECT_EQ(device->health().uncorrected_errors, 0U);
  EXPECT_EQ(device->watch_xids().seen(), std::vector<int>());
}

TEST(EmulatedNvml, EventsComeOnceAndACardThatFellOffIsLost) {
  constexpr int kTimeout = 10, kGpuIsLost = 15;
  void* card = open_card(1);
  void* set = nullptr;
  ASSERT_EQ(function<void**>("nvmlEventSetCreate")(&set), kSuccess);
  ASSERT_EQ((function<void*, unsigned long long, void*>("nvmlDeviceRegisterEvents")(card, 8, set)),
            kSuccess);
  struct Event {
    void* device;
    unsigned long long type, data;
    unsigned instances[2];
  } event{};
  const auto wait = [&] {
    return function<void*, Event*, unsigned>("nvmlEventSetWait_v2")(set, &event, 0);
  };
  EXPECT_EQ(wait(), kTimeout);
  report_xid(1, 79);
  EXPECT_EQ(wait(), kSuccess);
  EXPECT_EQ(event.data, 79U);
  EXPECT_EQ(wait(), kTimeout);
  unsigned value = 0;
  EXPECT_EQ((function<void*, unsigned*>("nvmlDeviceGetPowerUsage")(card, &value)), kGpuIsLost);
  EXPECT_EQ(function<void*>("nvmlEventSetFree")(set), kSuccess);
}

}  // namespace
}  // namespace gpugauge::emulated
