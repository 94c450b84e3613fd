#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace gpugauge {

/// SHA-256 in lower-case hexadecimal digits, as sha256sum(1) prints it.
std::string sha256_of(std::string_view bytes);
/// Throws UsageError if the file cannot be read.
std::string sha256_of_file(const std::filesystem::path& file);

}  // namespace gpugauge
