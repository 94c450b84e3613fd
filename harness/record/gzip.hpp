#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gpugauge {

/// Seven times what 60,000 cases take: what is larger is no result file, and memory three times as
/// large is needed to read it.
inline constexpr std::uint64_t kMostUnpackedBytes = std::uint64_t{1} << 29;

bool is_gzip(std::string_view bytes);

/// The contents of a gzip file (RFC 1952), of all its members. Throws UsageError that says what is
/// wrong, without the file's name: truncated, damaged, followed by other bytes, or larger than
/// `most_bytes` unpacked.
std::string unpack_gzip(std::string_view packed, std::uint64_t most_bytes = kMostUnpackedBytes);

}  // namespace gpugauge
