#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace gpugauge {

/// What a file is whose content begins like this, and what helps, where it is no text but what
/// people take for one: a Git LFS pointer or a compressed file. Empty for any other.
std::string_view foreign_kind(std::string_view content);

/// The whole of a text file. Throws UsageError that says why it cannot be read, or what it is.
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
