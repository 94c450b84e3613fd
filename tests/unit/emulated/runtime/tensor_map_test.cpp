#include "tests/emulated/runtime/tensor_maps.hpp"

#include <cstring>

#include "tests/unit/emulated/runtime/emulated_device.hpp"

namespace gpugauge::emulated {
namespace {

using testing::HasSubstr;

/// What cuTensorMapEncodeTiled takes of a matrix of 64 by 128 elements of 16 bits.
struct Call {
  cuuint64_t extents[2] = {128, 64};
  cuuint64_t row_bytes = 256;
  cuuint32_t box[2] = {64, 32};
  cuuint32_t strides[2] = {1, 1};

  CUresult operator()(void* data) {
    CUtensorMap map;
    return (*this)(map, data);
  }
  CUresult operator()(CUtensorMap& map, void* data) {
    return encode_tensor_map(&map, CU_TENSOR_MAP_DATA_TYPE_BFLOAT16, 2, data, extents, &row_bytes,
                             box, strides, CU_TENSOR_MAP_INTERLEAVE_NONE,
                             CU_TENSOR_MAP_SWIZZLE_128B, CU_TENSOR_MAP_L2_PROMOTION_L2_256B,
                             CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
  }
};

class EmulatedTensorMap : public EmulatedDevice {
 protected:
  char* data_ = allocate<char>(64 * 256);
  std::string broken_by_call(Call call, int offset = 0) {
    return broken_by([&] { (void)call(data_ + offset); });
  }
};

TEST_F(EmulatedTensorMap, TakesWhatTheDriverTakes) { EXPECT_EQ(Call{}(data_), CUDA_SUCCESS); }

/// Else a graph would not be seen to repeat itself.
TEST_F(EmulatedTensorMap, MapsOfTheSameAreTheSameInEveryByte) {
  CUtensorMap first, second;
  std::memset(&first, 1, sizeof first);
  std::memset(&second, 2, sizeof second);
  ASSERT_EQ(Call{}(first, data_), CUDA_SUCCESS);
  ASSERT_EQ(Call{}(second, data_), CUDA_SUCCESS);
  EXPECT_EQ(std::memcmp(&first, &second, sizeof first), 0);
}

TEST_F(EmulatedTensorMap, AddressesAndRowsAreOf16Bytes) {
  EXPECT_THAT(broken_by_call({}, 8), HasSubstr("not aligned to 16 bytes"));
  EXPECT_THAT(broken_by_call({.row_bytes = 264}), HasSubstr("264 bytes a row"));
  EXPECT_THAT(broken_by_call({.row_bytes = 240}), HasSubstr("rows overlap"));
}

TEST_F(EmulatedTensorMap, BoxesHaveLimits) {
  EXPECT_THAT(broken_by_call({.box = {64, 257}}), HasSubstr("box 1 is 257"));
  EXPECT_THAT(broken_by_call({.box = {4, 32}}), HasSubstr("8 bytes, not 16"));
  EXPECT_THAT(broken_by_call({.box = {128, 32}}), HasSubstr("more than the swizzle's 128"));
}

TEST_F(EmulatedTensorMap, MatricesLieInOneAllocation) {
  EXPECT_THAT(broken_by_call({.extents = {128, 65}}), HasSubstr("one allocation"));
  EXPECT_THAT(broken_by_call({.extents = {0, 64}}), HasSubstr("extent 0 is 0"));
}

}  // namespace
}  // namespace gpugauge::emulated
