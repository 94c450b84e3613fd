#pragma once

#include <fmt/format.h>

#include <concepts>
#include <string>
#include <string_view>

namespace gpugauge {

/// `1 case`, `3 cases`, `0 cases`.
std::string counted(std::integral auto count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace gpugauge
