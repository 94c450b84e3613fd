#include "harness/record/gzip.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <limits>

#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

constexpr std::string_view kGzipMagic = "\x1f\x8b";
constexpr std::size_t kFirstBytes = std::size_t{1} << 20;

/// zlib's state of one file that is unpacked.
class Inflater {
 public:
  explicit Inflater(std::string_view packed) {
    // zlib never writes to its input.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    left_ = packed.size();
    constexpr int kGzipWindow = 15 + 16;
    if (inflateInit2(&stream_, kGzipWindow) != Z_OK) throw EnvironmentError("zlib does not start");
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Fills `room` bytes at `to` as far as it can; says how many.
  std::size_t fill(char* to, std::size_t room) {
    stream_.next_out = reinterpret_cast<Bytef*>(to);
    stream_.avail_out = some_of(room);
    const uInt asked = stream_.avail_out;
    stream_.avail_in = some_of(left_);
    left_ -= stream_.avail_in;
    status_ = inflate(&stream_, Z_NO_FLUSH);
    left_ += stream_.avail_in;
    return asked - stream_.avail_out;
  }
  int status() const { return status_; }
  std::string_view why() const { return stream_.msg != nullptr ? stream_.msg : zError(status_); }
  /// What follows the last member that was read.
  std::string_view rest() const { return {reinterpret_cast<const char*>(stream_.next_in), left_}; }
  void begin_next_member() { inflateReset(&stream_); }

 private:
  static uInt some_of(std::size_t bytes) {
    return static_cast<uInt>(std::min<std::size_t>(bytes, std::numeric_limits<uInt>::max()));
  }

  z_stream stream_{};
  std::size_t left_ = 0;
  int status_ = Z_OK;
};

}  // namespace

bool is_gzip(std::string_view bytes) { return bytes.starts_with(kGzipMagic); }

std::string unpack_gzip(std::string_view packed, std::uint64_t most_bytes) {
  Inflater inflater(packed);
  std::string text;
  std::size_t size = 0;
  while (true) {
    if (size == text.size()) text.resize(std::min(most_bytes + 1, std::max(2 * size, kFirstBytes)));
    size += inflater.fill(text.data() + size, text.size() - size);
    if (size > most_bytes)
      throw UsageError(
          fmt::format("unpacks to more than {} MiB, expected a result file", most_bytes >> 20));
    if (inflater.status() == Z_STREAM_END) {
      if (inflater.rest().empty()) break;
      if (!is_gzip(inflater.rest()))
        throw UsageError(fmt::format("{} bytes follow the end of the gzip, expected none",
                                     inflater.rest().size()));
      inflater.begin_next_member();
    } else if (inflater.status() != Z_OK && inflater.status() != Z_BUF_ERROR) {
      throw UsageError(fmt::format("the gzip is damaged: {}", inflater.why()));
    } else if (inflater.rest().empty() && size < text.size()) {
      throw UsageError("the gzip is cut off before its end");
    }
  }
  text.resize(size);
  return text;
}

}  // namespace gpugauge
