#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace gpugauge {

/// Writes the text that a command was asked for with -o, as `replace_file` does: whoever waits for
/// it may read it at any time. Throws UsageError where `path` is one of the files that the command
/// read (`inputs`, of which some may be no files) or a result file, and EnvironmentError, with the
/// folder where that is not there.
void write_whole(const std::filesystem::path& path, std::string_view text,
                 std::span<const std::string> inputs);

}  // namespace gpugauge
