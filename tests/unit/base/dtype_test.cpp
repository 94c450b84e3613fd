#include "harness/base/dtype.hpp"

#include <gtest/gtest.h>

namespace gpugauge {
namespace {

TEST(DType, NamesReadBack) {
  for (DType dtype : all_of<DType>) EXPECT_EQ(from_name<DType>(name_of(dtype)), dtype);
  EXPECT_EQ(name_of(DType::kFp8E4m3), "fp8_e4m3");
  EXPECT_EQ(from_name<DType>("fp8"), std::nullopt);
  EXPECT_EQ(from_name<DType>("BF16"), std::nullopt);
}

TEST(DType, SizesAreThoseInMemory) {
  EXPECT_EQ(size_bytes(DType::kFp32), 4);
  EXPECT_EQ(size_bytes(DType::kTf32), 4);
  EXPECT_EQ(size_bytes(DType::kBf16), 2);
  EXPECT_EQ(size_bytes(DType::kFp16), 2);
  EXPECT_EQ(size_bytes(DType::kFp8E4m3), 1);
  EXPECT_EQ(size_bytes(DType::kFp8E5m2), 1);
  EXPECT_EQ(size_bytes(DType::kInt8), 1);
  EXPECT_EQ(size_bytes(DType::kInt32), 4);
}

}  // namespace
}  // namespace gpugauge
