#include "harness/base/dtype.hpp"

#include <gtest/gtest.h>

namespace gpugauge {
namespace {

TEST(DType, NamesReadBack) {
  for (DType dtype : {DType::kFp32, DType::kTf32, DType::kBf16, DType::kFp16, DType::kFp8E4m3,
                      DType::kFp8E5m2, DType::kInt8, DType::kInt32}) {
    EXPECT_EQ(dtype_from_name(name_of(dtype)), dtype);
  }
  EXPECT_EQ(name_of(DType::kFp8E4m3), "fp8_e4m3");
  EXPECT_EQ(dtype_from_name("fp8"), std::nullopt);
  EXPECT_EQ(dtype_from_name("BF16"), std::nullopt);
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
