#pragma once

#include <concepts>
#include <type_traits>

namespace gpugauge {

/// `T` or `const T`: what a `fields` function takes, which serves the reader and the writer of a
/// file.
template <typename T, typename Plain>
concept Of = std::same_as<std::remove_const_t<T>, Plain>;

}  // namespace gpugauge
