#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "harness/base/error.hpp"
#include "harness/device/open/open_device.hpp"
#include "tests/unit/device/fake_root.hpp"

namespace gpugauge {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(OpenDevice, OpensTheCpu) { EXPECT_EQ(open_device("cpu")->info().id, "cpu"); }

/// Another machine in place of this one, but for its libraries.
class Elsewhere {
 public:
  Elsewhere() { setenv("GPUGAUGE_SYSTEM_ROOT", root_.path().c_str(), 1); }
  Elsewhere(const Elsewhere&) = delete;
  Elsewhere& operator=(const Elsewhere&) = delete;
  ~Elsewhere() { unsetenv("GPUGAUGE_SYSTEM_ROOT"); }

  void plug_in_a_card() {
    root_.with("sys/bus/pci/devices/0000:01:00.0/vendor", "0x10de\n")
        .with("sys/bus/pci/devices/0000:01:00.0/class", "0x030200\n");
  }

 private:
  FakeRoot root_;
};

TEST(OpenDevice, BestIsTheCpuOnlyWhereNothingOfNvidiasIs) {
  if (driver_cuda_version()) GTEST_SKIP() << "there is a driver here";
  Elsewhere elsewhere;
  EXPECT_EQ(open_device("best")->info().id, "cpu");
  EXPECT_FALSE(discover_devices().trouble);
  elsewhere.plug_in_a_card();
  EXPECT_THROW(open_device("best"), CudaDoesNotStart);
  EXPECT_TRUE(discover_devices().trouble);
  EXPECT_EQ(open_device("cpu")->info().id, "cpu");
}

TEST(OpenDevice, SaysWhatTheNamesAreAndWhichWasMeant) {
  for (const auto& [name, meant] : std::vector<std::pair<std::string, std::string>>{
           {"cpu0", "cpu?"},
           {"CPU", "cpu?"},
           {"gpu", "cuda:0?"},
           {"gpu1", "cuda:1?"},
           {"cuda", "cuda:0?"},
           {"cuda:x", "cuda:0?"},
           {"cuda:-1", "cuda:1?"},
           {"3", "cuda:3?"},
           {"bst", "best?"},
           {"", "cuda:0?"},
       }) {
    EXPECT_THAT([&name = name] { open_device(name); },
                ThrowsMessage<UsageError>(
                    AllOf(HasSubstr("'" + name + "'"), HasSubstr("did you mean " + meant))));
  }
}

TEST(OpenDevice, ADeviceThatIsNotHereIsAnErrorOfTheEnvironment) {
  EXPECT_THROW(open_device("cuda:9999"), EnvironmentError);
}

TEST(OpenDevice, AnIndexTooLargeForANumberIsAUsageError) {
  EXPECT_THROW(open_device("cuda:99999999999"), UsageError);
}

TEST(DiscoverDevices, EndsWithTheCpu) {
  const auto devices = discover_devices().devices;
  ASSERT_FALSE(devices.empty());
  EXPECT_EQ(devices.back().id, "cpu");
}

}  // namespace
}  // namespace gpugauge
