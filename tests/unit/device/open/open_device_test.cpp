#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/device/open/open_device.hpp"

namespace gpugauge {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(OpenDevice, OpensTheCpu) { EXPECT_EQ(open_device("cpu")->info().id, "cpu"); }

TEST(OpenDevice, BestIsAlwaysSomething) { EXPECT_FALSE(open_device("best")->info().id.empty()); }

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
  const auto devices = discover_devices();
  ASSERT_FALSE(devices.empty());
  EXPECT_EQ(devices.back().id, "cpu");
}

}  // namespace
}  // namespace gpugauge
