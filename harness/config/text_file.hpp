#pragma once

#include <filesystem>
#include <string>

namespace gpugauge {

/// The whole of a text file. Throws UsageError that says why it cannot be read.
std::string read_text_file(const std::filesystem::path& file);

}  // namespace gpugauge
