#include "harness/record/file_text.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "harness/base/error.hpp"
#include "harness/base/text_file.hpp"
#include "harness/record/contents.hpp"
#include "harness/record/gzip.hpp"

namespace gpugauge {
namespace {

/// simdjson reads a few bytes past the end, so that the text is loaded with room behind it.
simdjson::padded_string load(const std::filesystem::path& file) {
  const auto fail = [&](std::string_view problem) {
    throw UsageError(fmt::format("{}: {}", file.string(), problem));
  };
  require_file(file);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(std::fopen(file.c_str(), "rb"),
                                                               &std::fclose);
  if (!stream) fail(std::generic_category().message(errno));
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  if (error) fail(error.message());
  if (size == 0) fail("is empty, expected a result file");
  simdjson::padded_string text(size);
  if (std::fread(text.data(), 1, size, stream.get()) != size) fail("cannot be read to its end");
  return text;
}

/// What is no text, though not foreign to every reader.
struct OtherText {
  std::string_view first_bytes, is;
};
constexpr std::array kOtherTexts{
    OtherText{"\xff\xfe", "is UTF-16, expected UTF-8: iconv -f UTF-16 -t UTF-8 converts it"},
    OtherText{"\xfe\xff", "is UTF-16, expected UTF-8: iconv -f UTF-16 -t UTF-8 converts it"},
    OtherText{"\x1f\x8b", "is a gzip of a gzip, expected one of a result file"}};
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

bool is_result_name(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  return name.ends_with(".json") || name.ends_with(".json.gz");
}

FileText read_file_text(const std::filesystem::path& file) {
  FileText read{.text = load(file), .name = file.string()};
  const auto view = [&] { return std::string_view(read.text.data(), read.text.size()); };
  if (is_gzip(view())) {
    try {
      read.text = simdjson::padded_string(unpack_gzip(view()));
    } catch (const UsageError& error) {
      throw UsageError(fmt::format("{}: {}", read.name, error.what()));
    }
    read.name += " (unpacked)";
    read.is_plain = false;
    if (read.text.size() == 0)
      throw UsageError(
          fmt::format("{}: is a gzip of nothing, expected one of a result file", file.string()));
  }
  for (const OtherText& kind : kOtherTexts) {
    if (view().starts_with(kind.first_bytes))
      throw UsageError(fmt::format("{}: {}", read.name, kind.is));
  }
  if (const std::string_view is = foreign_kind(view()); !is.empty())
    throw UsageError(fmt::format("{}: {}", read.name, is));
  if (view().starts_with(kByteOrderMark)) {
    read.text = simdjson::padded_string(view().substr(kByteOrderMark.size()));
    read.is_plain = false;
  }
  return read;
}

}  // namespace gpugauge
