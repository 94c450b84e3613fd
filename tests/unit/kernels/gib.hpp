#pragma once

#include <cstdint>

namespace gpugauge {

inline constexpr std::int64_t kGiB = std::int64_t{1} << 30;

}  // namespace gpugauge
