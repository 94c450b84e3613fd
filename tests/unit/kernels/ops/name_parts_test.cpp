#include "kernels/ops/name_parts.hpp"

#include <gmock/gmock.h>

#include "harness/base/error.hpp"
#include "kernels/ops/op.hpp"

namespace gpugauge {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(NameParts, KeepModelAndRoleBeforeTheShape) {
  NameParts parts("gemm/bf16/llama/down/m:1/n:2/k:3");
  EXPECT_EQ(std::get<Gemm>(parse_op(parts)).k, 3);
  EXPECT_EQ(parts.model(), "llama");
  EXPECT_EQ(parts.role(), "down");
  EXPECT_FALSE(parts.has_more());
}

std::string message_of(std::string_view name) {
  try {
    NameParts parts(name);
    parse_op(parts);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

TEST(NameParts, NameThePartThatIsWrong) {
  EXPECT_THAT(message_of("gem/bf16/m:8/n:1/k:4"),
              AllOf(HasSubstr("'gem'"), HasSubstr("did you mean 'gemm'?")));
  EXPECT_THAT(message_of("gemm/bf17/m:8/n:1/k:4"), HasSubstr("'bf17'"));
  EXPECT_THAT(message_of("gemm/bf16/m:8/n:-1/k:4"),
              AllOf(HasSubstr("'n:-1'"), HasSubstr("n:NUMBER")));
  EXPECT_THAT(message_of("gemm/bf16/m:8/n:99999999999999999999/k:4"), HasSubstr("n:NUMBER"));
  EXPECT_THAT(message_of("gemm/bf16/m:8/n:8"), HasSubstr("k:NUMBER"));
  EXPECT_THAT(message_of("memory/read/1GB"), HasSubstr("1GiB"));
  EXPECT_THAT(message_of("memory//1GiB"), HasSubstr("a memory pattern"));
  EXPECT_THAT(message_of("decode_step/bf16/b:1/c:8/kv:bf17"), HasSubstr("kv:TYPE"));
}

}  // namespace
}  // namespace gpugauge
