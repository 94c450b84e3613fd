#pragma once

#include <simdjson.h>

#include <filesystem>
#include <string>

namespace gpugauge {

/// What a result file holds, whatever it is wrapped in.
struct FileText {
  simdjson::padded_string text;
  std::string name;      ///< for messages: the path, "(unpacked)" behind it where it was compressed
  bool is_plain = true;  ///< the bytes of the file are those of `text`
};

/// `*.json` or `*.json.gz`: what is read where a folder is named.
bool is_result_name(const std::filesystem::path& file);

/// Reads a whole file: unpacks gzip, told by its content, and leaves out a byte-order mark. Throws
/// UsageError for what cannot be read, is empty, is damaged, or is something else that has a name:
/// a Git LFS pointer, UTF-16, another compression.
FileText read_file_text(const std::filesystem::path& file);

}  // namespace gpugauge
