#pragma once

#include <span>
#include <string>

namespace gpugauge {

/// The values as a line of blocks, `▁▃█`: the lowest and the highest of them are its range. Values
/// that are all within `least_range` of each other do not fill it, so that noise looks like none.
std::string spark_line(std::span<const double> values, double least_range);

/// The same with nothing as its base, so that the heights are in proportion; the highest of them
/// fills the line. Values below nothing have no height.
std::string spark_line_from_zero(std::span<const double> values);

/// Shares, of which 1 and more fill the line.
std::string spark_line_of_shares(std::span<const double> shares);

}  // namespace gpugauge
