#include "harness/device/cuda_start.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gpugauge {
namespace {

using testing::HasSubstr;

StartFacts facts(int error) {
  return {.error = error,
          .name = "cudaErrorName",
          .text = "its text",
          .driver_cuda = 13000,
          .program_cuda = 13000,
          .visible_devices = std::nullopt};
}

TEST(CudaStart, CudasOwnWordsComeFirst) {
  const std::string text = describe(explain_start(facts(802)));
  EXPECT_THAT(text, testing::StartsWith(
                        "CUDA does not start: its text (cudaErrorName, 802). Usually: the fabric"));
  EXPECT_THAT(text, HasSubstr("nvidia-fabricmanager"));
  EXPECT_THAT(text, testing::EndsWith("--device cpu measures the CPU"));
}

TEST(CudaStart, AnErrorThatIsNotKnownHasAdviceToo) {
  const StartTrouble trouble = explain_start(facts(12345));
  EXPECT_EQ(trouble.words, "its text (cudaErrorName, 12345)");
  EXPECT_THAT(trouble.advice, HasSubstr("nvidia-smi"));
}

TEST(CudaStart, CardsMayBeHidden) {
  StartFacts hidden = facts(100);
  EXPECT_THAT(explain_start(hidden).advice, HasSubstr("--gpus all"));
  hidden.visible_devices = "";
  EXPECT_EQ(explain_start(hidden).usually, "CUDA_VISIBLE_DEVICES='' hides every card");
  hidden.visible_devices = "7";
  EXPECT_THAT(explain_start(hidden).usually, HasSubstr("'7'"));
}

TEST(CudaStart, ADriverThatIsTooOldIsToldApartFromNone) {
  StartFacts old = facts(35);
  old.driver_cuda = 12020;
  EXPECT_EQ(explain_start(old).usually,
            "the driver runs programs of CUDA 12.2 and older, this one is of CUDA 13.0");
  old.driver_cuda = 0;
  EXPECT_THAT(explain_start(old).words, HasSubstr("libcuda.so.1 cannot be loaded"));
}

}  // namespace
}  // namespace gpugauge
