#if GPUGAUGE_HAS_CUDA

#include "harness/device/cuda/nvml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <vector>

#include "harness/device/throttle.hpp"

namespace gpugauge {
namespace {

// A driver with two cards, the second of which has a MIG slice. Its functions are plain ones, as
// NVML's are, and answer from constants.
int storage[3];
const auto kFirstCard = reinterpret_cast<NvmlHandle>(&storage[0]);
const auto kSecondCard = reinterpret_cast<NvmlHandle>(&storage[1]);
const auto kSlice = reinterpret_cast<NvmlHandle>(&storage[2]);
constexpr const char* kFirstUuid = "GPU-00010203-0405-0607-0809-0a0b0cfdfeff";
constexpr const char* kSliceUuid = "MIG-10010203-0405-0607-0809-0a0b0cfdfeff";
constexpr std::array<char, 16> kFirstBytes{0, 1, 2,  3,  4,  5,      6,      7,
                                           8, 9, 10, 11, 12, '\xFD', '\xFE', '\xFF'};
constexpr int kNotFound = 6;

constexpr int kNotSupported = 3;
constexpr int kTimeout = 10;

// The driver's events: what the fake's one set was asked to watch, what waits in it, how often it
// was given back.
struct Events {
  NvmlHandle card = nullptr;
  unsigned long long types = 0;
  std::vector<unsigned long long> waiting;
  int freed = 0;
} events;
const auto kEventSet = reinterpret_cast<NvmlEventSet>(&events);

int write_text(const char* text, char* out, unsigned size) {
  std::strncpy(out, text, size);
  return 0;
}

NvmlApi fake_api() {
  NvmlApi api;
  api.driver_version = [](char* out, unsigned size) { return write_text("580.65.06", out, size); };
  api.handle_by_uuid = [](const char* uuid, NvmlHandle* handle) {
    if (std::strcmp(uuid, kFirstUuid) == 0) return *handle = kFirstCard, 0;
    if (std::strcmp(uuid, kSliceUuid) == 0) return *handle = kSlice, 0;
    return kNotFound;
  };
  api.handle_by_pci_bus_id = [](const char* id, NvmlHandle* handle) {
    if (std::strcmp(id, "0000:65:00.0") != 0) return kNotFound;
    return *handle = kSecondCard, 0;
  };
  api.parent_of_mig_handle = [](NvmlHandle, NvmlHandle* parent) {
    return *parent = kSecondCard, 0;
  };
  api.clock_mhz = [](NvmlHandle card, unsigned type, unsigned* mhz) {
    return *mhz = type == 1 ? (card == kFirstCard ? 1980U : 1410U) : 2619U, 0;
  };
  api.power_mw = [](NvmlHandle, unsigned* mw) { return *mw = 698'500, 0; };
  api.energy_mj = [](NvmlHandle, unsigned long long* mj) { return *mj = 12'345'678'901'234, 0; };
  api.field_values = [](NvmlHandle, int count, NvmlFieldValue* values) {
    for (NvmlFieldValue* each = values; each != values + count; ++each) {
      each->type = 1;
      each->status = each->field == 82 || each->field == 186 ? 0 : 2;
      each->bits = each->field == 82 ? 91 : 512'250;
    }
    return 0;
  };
  api.application_clock_mhz = [](NvmlHandle, unsigned type, unsigned* mhz) {
    return *mhz = 1410, type == 0 ? 0 : 2;
  };
  api.default_application_clock_mhz = [](NvmlHandle, unsigned type, unsigned* mhz) {
    return *mhz = 1980, type == 0 ? 0 : 2;
  };
  api.temperature_c = [](NvmlHandle, unsigned, unsigned* c) { return *c = 64, 0; };
  api.clock_event_reasons = [](NvmlHandle, unsigned long long* reasons) {
    return *reasons = throttle::kSwPowerCap | throttle::kSwThermal, 0;
  };
  api.ecc_mode = [](NvmlHandle, unsigned* current, unsigned* pending) {
    return *current = 1, *pending = 0, 0;
  };
  api.mig_mode = [](NvmlHandle card, unsigned* current, unsigned* pending) {
    return *current = *pending = card == kSecondCard ? 1 : 0, 0;
  };
  api.power_limit_mw = [](NvmlHandle, unsigned* mw) { return *mw = 500'000, 0; };
  api.default_power_limit_mw = [](NvmlHandle, unsigned* mw) { return *mw = 700'000, 0; };
  api.max_pcie_generation = [](NvmlHandle, unsigned* value) { return *value = 5, 0; };
  api.pcie_generation = [](NvmlHandle, unsigned* value) { return *value = 1, 0; };
  api.pcie_width = [](NvmlHandle, unsigned* value) { return *value = 8, 0; };
  api.max_pcie_width = [](NvmlHandle, unsigned* value) { return *value = 16, 0; };
  api.vbios_version = [](NvmlHandle, char* out, unsigned size) {
    return write_text("96.00.74", out, size);
  };
  api.compute_processes = [](NvmlHandle, unsigned* count, NvmlProcess* processes) {
    const auto self = static_cast<unsigned>(getpid());
    processes[0].pid = self;
    processes[1].pid = self + 1;
    processes[2].pid = self + 2;
    return *count = 3, 0;
  };
  api.ecc_errors = [](NvmlHandle, unsigned kind, unsigned counter, unsigned long long* count) {
    return *count = 1 + kind + 10 * counter, 0;  // 1, 2 since the driver was loaded, 11, 12 ever
  };
  api.remapped_rows = [](NvmlHandle, unsigned* corrected, unsigned* uncorrected, unsigned* pending,
                         unsigned* failed) {
    return *corrected = 4, *uncorrected = 5, *pending = 1, *failed = 0, 0;
  };
  api.create_event_set = [](NvmlEventSet* set) { return events = {}, *set = kEventSet, 0; };
  api.free_event_set = [](NvmlEventSet) { return ++events.freed, 0; };
  api.register_events = [](NvmlHandle card, unsigned long long types, NvmlEventSet) {
    return events.card = card, events.types = types, 0;
  };
  api.wait_for_event = [](NvmlEventSet, NvmlEvent* event, unsigned) {
    if (events.waiting.empty()) return kTimeout;
    event->data = events.waiting.front();
    events.waiting.erase(events.waiting.begin());
    return 0;
  };
  return api;
}

double clock_of(const std::optional<NvmlDevice>& card) { return *card->telemetry().clock_mhz; }

TEST(FormatUuid, GroupsTheDigitsAndTakesBytesAsUnsigned) {
  EXPECT_EQ(format_uuid(kFirstBytes), "00010203-0405-0607-0809-0a0b0cfdfeff");
}

TEST(NvmlDevice, IsFoundByItsUuid) {
  const NvmlApi api = fake_api();
  EXPECT_EQ(clock_of(NvmlDevice::find(api, kFirstBytes, "unused")), 1980);
}

TEST(NvmlDevice, ASliceIsFoundAsItsCard) {
  const NvmlApi api = fake_api();
  std::array<char, 16> slice = kFirstBytes;
  slice[0] = 0x10;
  EXPECT_EQ(clock_of(NvmlDevice::find(api, slice, "unused")), 1410);
}

TEST(NvmlDevice, IsFoundByItsBusWhereTheUuidIsNotKnown) {
  const NvmlApi api = fake_api();
  std::array<char, 16> unknown{};
  EXPECT_EQ(clock_of(NvmlDevice::find(api, unknown, "0000:65:00.0")), 1410);
  EXPECT_FALSE(NvmlDevice::find(api, unknown, "0000:66:00.0").has_value());
}

TEST(NvmlDevice, IsNotFoundByADriverThatLacksTheFunctions) {
  EXPECT_FALSE(NvmlDevice::find(NvmlApi{}, kFirstBytes, "0000:65:00.0").has_value());
}

TEST(NvmlDevice, TelemetryHasItsUnits) {
  const NvmlApi api = fake_api();
  const Telemetry telemetry = NvmlDevice(api, kFirstCard).telemetry();
  EXPECT_EQ(telemetry.clock_mhz, 1980);
  EXPECT_EQ(telemetry.memory_clock_mhz, 2619);
  EXPECT_EQ(telemetry.power_w, 698.5);
  EXPECT_EQ(telemetry.instant_power_w, 512.25);
  EXPECT_EQ(telemetry.energy_j, 12'345'678'901.234);  // more than 32 bits of millijoules
  EXPECT_EQ(telemetry.temperature_c, 64);
  EXPECT_EQ(telemetry.memory_temperature_c, 91);
  EXPECT_EQ(telemetry.throttle_reasons, 0x24U);
}

TEST(NvmlDevice, ThePowerOfAWholeCardIsNotThatOfASlice) {
  const NvmlApi api = fake_api();
  const Telemetry telemetry = NvmlDevice(api, kSecondCard).telemetry();
  EXPECT_EQ(telemetry.clock_mhz, 1410);
  EXPECT_FALSE(telemetry.power_w || telemetry.instant_power_w || telemetry.energy_j);
}

TEST(NvmlDevice, AFieldThatTheCardHasNotIsUnknownBesideOneThatItHas) {
  NvmlApi api = fake_api();
  api.field_values = [](NvmlHandle, int count, NvmlFieldValue* values) {
    for (NvmlFieldValue* each = values; each != values + count; ++each) {
      each->type = 1;
      each->status = each->field == 186 ? 0 : kNotSupported;
      each->bits = 300'000;
    }
    return 0;
  };
  const Telemetry telemetry = NvmlDevice(api, kFirstCard).telemetry();
  EXPECT_EQ(telemetry.instant_power_w, 300);
  EXPECT_FALSE(telemetry.memory_temperature_c.has_value());  // GDDR
}

TEST(NvmlDevice, DescribesTheCard) {
  const NvmlApi api = fake_api();
  DeviceInfo info;
  NvmlDevice(api, kFirstCard).describe(info);
  EXPECT_EQ(info.driver_version, "580.65.06");
  EXPECT_EQ(info.vbios_version, "96.00.74");
  EXPECT_EQ(info.power_limit_w, 500);
  EXPECT_EQ(info.default_power_limit_w, 700);
  EXPECT_EQ(info.application_clock_mhz, 1410);
  EXPECT_EQ(info.default_application_clock_mhz, 1980);
  EXPECT_EQ(info.pcie_generation, 5);
  EXPECT_EQ(info.pcie_current_generation, 1);
  EXPECT_EQ(info.pcie_width, 8);
  EXPECT_EQ(info.pcie_max_width, 16);
  EXPECT_EQ(info.ecc_enabled, true);  // the mode now, not the one after the next boot
  EXPECT_EQ(info.mig_enabled, false);
  EXPECT_EQ(info.other_processes, 2);
}

TEST(NvmlDevice, HealthTellsKindsOfErrorsAndCountersApart) {
  const NvmlApi api = fake_api();
  const CardHealth health = NvmlDevice(api, kFirstCard).health();
  EXPECT_EQ(health.corrected_errors, 1U);
  EXPECT_EQ(health.uncorrected_errors, 2U);
  EXPECT_EQ(health.lifetime_corrected_errors, 11U);
  EXPECT_EQ(health.lifetime_uncorrected_errors, 12U);
  EXPECT_EQ(health.rows_remapped_corrected, 4U);
  EXPECT_EQ(health.rows_remapped_uncorrected, 5U);
  EXPECT_EQ(health.remap_pending, true);
  EXPECT_EQ(health.remap_failed, false);
  EXPECT_FALSE(health.xids.has_value());
}

TEST(NvmlDevice, HealthThatIsNotSupportedIsUnknown) {
  NvmlApi api = fake_api();
  api.ecc_errors = [](NvmlHandle, unsigned, unsigned counter, unsigned long long* count) {
    return *count = 7, counter == 1 ? kNotSupported : 0;  // an older card has no memory of its life
  };
  api.remapped_rows = [](NvmlHandle, unsigned* corrected, unsigned*, unsigned* pending, unsigned*) {
    return *corrected = 9, *pending = 1, kNotSupported;
  };
  const CardHealth health = NvmlDevice(api, kFirstCard).health();
  EXPECT_EQ(health.uncorrected_errors, 7U);
  EXPECT_FALSE(health.lifetime_uncorrected_errors.has_value());
  EXPECT_FALSE(health.rows_remapped_corrected || health.remap_pending || health.remap_failed);
  const NvmlApi nothing;
  EXPECT_FALSE(NvmlDevice(nothing, kFirstCard).health().uncorrected_errors.has_value());
}

TEST(XidWatch, CollectsEachNumberOnceInItsOrderAndGivesItsSetBack) {
  const NvmlApi api = fake_api();
  {
    XidWatch watch = NvmlDevice(api, kFirstCard).watch_xids();
    EXPECT_EQ(events.card, kFirstCard);
    EXPECT_EQ(events.types, 8U);  // XIDs alone: a change of the performance state is no error
    EXPECT_EQ(watch.seen(), std::vector<int>());
    events.waiting = {79, 48, 79};
    EXPECT_EQ(watch.seen(), (std::vector{79, 48}));
    events.waiting = {45, 48};
    EXPECT_EQ(watch.seen(), (std::vector{79, 48, 45}));
    EXPECT_EQ(events.freed, 0);
    XidWatch moved = std::move(watch);
    EXPECT_EQ(moved.seen(), (std::vector{79, 48, 45}));
  }
  EXPECT_EQ(events.freed, 1);
}

TEST(XidWatch, WhereTheDriverRefusesNothingIsKnown) {
  NvmlApi api = fake_api();
  api.register_events = [](NvmlHandle, unsigned long long, NvmlEventSet) { return kNotSupported; };
  EXPECT_FALSE(NvmlDevice(api, kFirstCard).watch_xids().seen().has_value());
  EXPECT_EQ(events.freed, 1);
  api.create_event_set = [](NvmlEventSet*) { return kNotSupported; };
  EXPECT_FALSE(NvmlDevice(api, kFirstCard).watch_xids().seen().has_value());
  const NvmlApi older;  // which has no such functions
  EXPECT_FALSE(NvmlDevice(older, kFirstCard).watch_xids().seen().has_value());
  EXPECT_FALSE(XidWatch().seen().has_value());
}

TEST(NvmlDevice, WhatTheDriverDoesNotSayStaysUnknown) {
  NvmlApi api;  // no function at all
  DeviceInfo info;
  NvmlDevice(api, kFirstCard).describe(info);
  EXPECT_FALSE(info.driver_version || info.power_limit_w || info.ecc_enabled ||
               info.other_processes);
  api.power_mw = [](NvmlHandle, unsigned* mw) { return *mw = 1, 3; };  // NVML_ERROR_NOT_SUPPORTED
  const Telemetry telemetry = NvmlDevice(api, kFirstCard).telemetry();
  EXPECT_FALSE(telemetry.clock_mhz || telemetry.power_w || telemetry.temperature_c);
  EXPECT_FALSE(telemetry.throttle_reasons || telemetry.energy_j || telemetry.instant_power_w ||
               telemetry.memory_temperature_c);
}

}  // namespace
}  // namespace gpugauge

#endif
