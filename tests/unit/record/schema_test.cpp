#include "harness/record/schema.hpp"

#include <gtest/gtest.h>

#include "harness/base/text_file.hpp"

namespace gpugauge {
namespace {

TEST(ResultSchema, IsCheckedInAsTheFieldsSay) {
  EXPECT_TRUE(read_text_file(GPUGAUGE_SOURCE_DIR "/configs/schema/result.schema.json") ==
              result_schema())
      << "configs/schema/result.schema.json is stale. Write it anew:\n"
         "  build/gpugauge __schema > configs/schema/result.schema.json";
}

}  // namespace
}  // namespace gpugauge
