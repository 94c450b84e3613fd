#include "harness/record/gzip.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "tests/unit/record/pack_gzip.hpp"
#include "tests/unit/record/read_record.hpp"

namespace gpugauge {
namespace {

using test::pack_gzip;
using test::ReadRecord;
using testing::HasSubstr;

std::string refusal(const std::string& packed, std::uint64_t most_bytes = kMostUnpackedBytes) {
  return test::message_of<UsageError>([&] { unpack_gzip(packed, most_bytes); });
}

TEST(Gzip, GivesBackWhatWasPacked) {
  const std::string text = std::string(5'000'000, 'a') + "end";
  EXPECT_EQ(unpack_gzip(pack_gzip(text)), text);
  EXPECT_EQ(unpack_gzip(pack_gzip("")), "");
}

TEST(Gzip, ReadsEveryMember) {
  EXPECT_EQ(unpack_gzip(pack_gzip("one, ") + pack_gzip("two")), "one, two");
}

TEST(Gzip, SaysWhatIsWrong) {
  const std::string packed = pack_gzip("0123456789 is not repeated");
  for (std::size_t kept = 2; kept < packed.size(); ++kept)
    EXPECT_EQ(refusal(packed.substr(0, kept)), "the gzip is cut off before its end") << kept;
  EXPECT_EQ(refusal(packed + "more"), "4 bytes follow the end of the gzip, expected none");
  std::string damaged = packed;
  damaged[damaged.size() - 8] ^= 1;
  EXPECT_EQ(refusal(damaged), "the gzip is damaged: incorrect data check");
}

TEST(Gzip, DoesNotUnpackABomb) {
  const std::string packed = pack_gzip(std::string(3 << 20, '0'));
  EXPECT_EQ(refusal(packed, 2 << 20), "unpacks to more than 2 MiB, expected a result file");
  EXPECT_EQ(unpack_gzip(packed, 3 << 20).size(), 3U << 20);
}

TEST_F(ReadRecord, ReadsACompressedFileWhateverItsName) {
  const Record full = test::synthetic_full_record();
  for (const char* name : {"x.json", "x.json.gz"}) {
    file_ = folder_ / name;
    test::write_text(file_, pack_gzip(format_result(full)));
    test::expect_same(read_record(file_), full);
  }
}

TEST_F(ReadRecord, SkipsAByteOrderMark) {
  const Record full = test::synthetic_full_record();
  test::write_text(file_, "\xef\xbb\xbf" + format_result(full));
  test::expect_same(read_record(file_), full);
}

TEST_F(ReadRecord, SaysWhatAFileIsThatIsNoJson) {
  EXPECT_EQ(message_about(pack_gzip("no JSON")),
            "x.json (unpacked):1:2: not valid JSON: syntax error while parsing value - invalid "
            "literal; last read: 'no'");
  EXPECT_EQ(message_about(pack_gzip("")),
            "x.json: is a gzip of nothing, expected one of a result file");
  EXPECT_EQ(message_about(pack_gzip(pack_gzip("{}"))),
            "x.json (unpacked): is a gzip of a gzip, expected one of a result file");
  EXPECT_EQ(message_about(pack_gzip("{}").substr(0, 12)),
            "x.json: the gzip is cut off before its end");
  EXPECT_EQ(message_about("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
            "x.json: is a Git LFS pointer, not the file itself: git lfs pull fetches it");
  using namespace std::string_view_literals;
  for (const auto utf16 : {"\xff\xfe{\0}\0"sv, "\xfe\xff\0{\0}"sv})
    EXPECT_EQ(message_about(utf16),
              "x.json: is UTF-16, expected UTF-8: iconv -f UTF-16 -t UTF-8 converts it");
  EXPECT_THAT(message_about("PK\x03\x04"), HasSubstr("is a ZIP archive"));
}

}  // namespace
}  // namespace gpugauge
