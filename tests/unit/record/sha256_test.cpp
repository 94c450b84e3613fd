#include "harness/record/sha256.hpp"

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "tests/unit/record/synthetic.hpp"

namespace gpugauge {
namespace {

// FIPS 180-2, appendix B, and the digest of nothing.
constexpr const char* kOfNothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr const char* kOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* kOfMillionA =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(Sha256, MatchesThePublishedDigests) {
  EXPECT_EQ(sha256_of(""), kOfNothing);
  EXPECT_EQ(sha256_of("abc"), kOfAbc);
}

TEST(Sha256, OfAFileReadsAllOfIt) {
  const test::TempFolder folder;
  test::write_text(folder / "a", std::string(1000000, 'a'));
  test::write_text(folder / "empty", "");
  EXPECT_EQ(sha256_of_file(folder / "a"), kOfMillionA);
  EXPECT_EQ(sha256_of_file(folder / "empty"), kOfNothing);
}

TEST(Sha256, OfAFileThatIsNotThereIsAUsageError) {
  const test::TempFolder folder;
  EXPECT_EQ(test::message_of<UsageError>([&] { sha256_of_file(folder / "x"); }),
            (folder / "x").string() + ": cannot be read: No such file or directory");
  EXPECT_THROW(sha256_of_file(folder.path()), UsageError);
}

}  // namespace
}  // namespace gpugauge
