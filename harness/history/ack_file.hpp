#pragma once

#include <filesystem>

#include "harness/config/acks.hpp"

namespace gpugauge {

/// Writes an entry behind those that are there, whose text and comments stay as they are. The file
/// is replaced as a whole or not at all. Throws UsageError if what is there cannot be read;
/// EnvironmentError if it cannot be written, or another process is about to.
void append_ack(const std::filesystem::path& file, const Ack& ack);

}  // namespace gpugauge
