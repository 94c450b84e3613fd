#include "tests/unit/plan/families/entry.hpp"

namespace gpugauge::test {
namespace {

using testing::ElementsAre;

TEST(TransferFamily, IsEveryDirectionOfEverySize) {
  EXPECT_THAT(ops_of("family: transfer, operations: [host_to_device, peer_to_peer], sizes: [1GiB]"),
              ElementsAre("transfer/host_to_device/1GiB", "transfer/peer_to_peer/1GiB"));
}

}  // namespace
}  // namespace gpugauge::test
