#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace gpugauge {

/// The whole of a text file. Throws UsageError that says why it cannot be read.
std::string read_text_file(const std::filesystem::path& file);

/// The same without trailing white space; empty if it cannot be read: files of the host are facts
/// worth having, not worth failing for.
std::string read_text(const std::filesystem::path& path);

/// The number at the beginning of a text or a file; absent if there is none.
std::optional<double> number_in(std::string_view text);
std::optional<double> read_number(const std::filesystem::path& path);

/// What follows `key` in the first line that begins with it, without colons and white space around:
/// for `key : value` and `key value`.
std::optional<std::string> field_of(std::string_view text, std::string_view key);

}  // namespace gpugauge
