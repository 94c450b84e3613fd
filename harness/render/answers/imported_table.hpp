#pragma once

#include <span>

#include "harness/answer/imported_files.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// One line for people that says which numbers others measured, and where; a row a file for
/// programs.
Table imported_table(std::span<const ImportedFile> files);

}  // namespace gpugauge
