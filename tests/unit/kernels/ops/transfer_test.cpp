#include "kernels/ops/transfer.hpp"

#include "tests/unit/kernels/gib.hpp"
#include "tests/unit/kernels/ops/op_name.hpp"

namespace gpugauge {
namespace {

TEST(WorkOfTransfer, IsWhatCrossesTheLink) {
  EXPECT_DOUBLE_EQ(work_of(Transfer{TransferKind::kHostToDevice, kGiB}).bytes, 1073741824.0);
}

TEST(TransferCase, IsNamed) {
  test::expect_named(Transfer{TransferKind::kDeviceToHostPageable, kGiB},
                     "transfer/device_to_host_pageable/1GiB");
}

}  // namespace
}  // namespace gpugauge
