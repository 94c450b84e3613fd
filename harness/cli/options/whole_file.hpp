#pragma once

#include <filesystem>
#include <string_view>

namespace gpugauge {

/// Writes a file that appears under its name whole or not at all: whoever waits for it may read it
/// at any time. Throws EnvironmentError,
/// with the folder where that is not there.
void write_whole(const std::filesystem::path& path, std::string_view text);

}  // namespace gpugauge
