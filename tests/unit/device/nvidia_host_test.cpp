#include "harness/device/nvidia_host.hpp"

#include <gtest/gtest.h>

#include "tests/unit/device/fake_root.hpp"

namespace gpugauge {
namespace {

TEST(NvidiaHost, CountsNvidiaDisplayControllersOnly) {
  FakeRoot root;
  const std::string devices = "sys/bus/pci/devices/";
  root.with(devices + "0000:01:00.0/vendor", "0x10de\n")
      .with(devices + "0000:01:00.0/class", "0x030200\n")
      .with(devices + "0000:01:00.1/vendor", "0x10de\n")
      .with(devices + "0000:01:00.1/class", "0x040300\n")  // its sound output
      .with(devices + "0000:02:00.0/vendor", "0x8086\n")
      .with(devices + "0000:02:00.0/class", "0x030000\n");
  EXPECT_EQ(look_at_nvidia_host(root.path()).cards, 1);
}

TEST(NvidiaHost, ReadsTheDriversVersionInBothForms) {
  FakeRoot root;
  const std::string file = "proc/driver/nvidia/version";
  root.with(file,
            "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC "
            "2023\nGCC version:  gcc version 12.2.0\n");
  EXPECT_EQ(look_at_nvidia_host(root.path()).driver_version, "535.104.05");
  root.with(file,
            "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build\n");
  EXPECT_EQ(look_at_nvidia_host(root.path()).driver_version, "580.65.06");
}

TEST(NvidiaHost, AVersionFileWithoutAVersionIsADriverAllTheSame) {
  for (const char* text : {"?", ""}) {
    FakeRoot root;
    root.with("proc/driver/nvidia/version", text);
    const NvidiaHost host = look_at_nvidia_host(root.path());
    EXPECT_FALSE(host.driver_version);
    EXPECT_TRUE(host.has_version_file && host.shows_any());
  }
}

TEST(NvidiaHost, ADeviceFileIsOneWithANumber) {
  FakeRoot root;
  root.with("dev/nvidiactl", "").with("dev/nvidia-uvm", "");
  EXPECT_FALSE(look_at_nvidia_host(root.path()).shows_any());
  root.with("dev/nvidia3", "");
  EXPECT_TRUE(look_at_nvidia_host(root.path()).shows_any());
}

}  // namespace
}  // namespace gpugauge
