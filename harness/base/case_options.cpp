#include "harness/base/case_options.hpp"

#include <array>

namespace gpugauge {
namespace {

constexpr std::array<std::string_view, 2> kCacheNames{"cold", "hot"};
constexpr std::array<std::string_view, 4> kDataNames{"normal", "uniform", "zeros",
                                                     "small_integers"};

template <typename Enum, std::size_t N>
std::optional<Enum> find(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(CacheState cache) {
  return kCacheNames.at(static_cast<std::size_t>(cache));
}
std::string_view name_of(Distribution data) {
  return kDataNames.at(static_cast<std::size_t>(data));
}
std::optional<CacheState> cache_state_from_name(std::string_view name) {
  return find<CacheState>(kCacheNames, name);
}
std::optional<Distribution> distribution_from_name(std::string_view name) {
  return find<Distribution>(kDataNames, name);
}

}  // namespace gpugauge
