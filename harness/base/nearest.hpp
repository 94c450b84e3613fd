#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gpugauge {

/// The known name that was most likely meant: the fewest typing slips away (a letter added, lost,
/// changed, or swapped with its neighbour; case does not count), or one that `found` begins.
/// Nothing if every name is too far.
std::optional<std::string> nearest(std::string_view found, std::span<const std::string> known);
std::optional<std::string> nearest(std::string_view found, std::span<const std::string_view> known);

/// How many typing slips lie between two names; case does not count.
std::size_t slips_between(std::string_view a, std::string_view b);

/// The file that was most likely meant, in the folder of one that is not there. Nothing if the
/// folder cannot be read either.
std::optional<std::string> nearest_file(const std::filesystem::path& missing);

/// `expected one of bf16, fp16; did you mean 'bf16'?`: the end of every message about a wrong name.
std::string expected_names(std::string_view found, std::span<const std::string> known);
std::string expected_names(std::string_view found, std::span<const std::string_view> known);

/// `unknown suite 'quik', expected one of full, quick; did you mean 'quick'?`
std::string unknown_name_message(std::string_view kind, std::string_view found,
                                 std::span<const std::string> known);
std::string unknown_name_message(std::string_view kind, std::string_view found,
                                 std::span<const std::string_view> known);

/// What a user wrote, in single quotes, on one line and not too long for a message.
std::string in_quotes(std::string_view found);

}  // namespace gpugauge
