#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "harness/render/table.hpp"

namespace gpugauge {

inline constexpr std::size_t kTerminalWidth = 120;

/// Leaves columns to CSV and JSON until what a person sees fits `width`: those of `dispensable`,
/// the last first. A table that is too wide without them stays so.
void fit_width(Table& table, std::span<const std::string_view> dispensable,
               std::size_t width = kTerminalWidth);

}  // namespace gpugauge
