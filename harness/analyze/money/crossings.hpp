#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "harness/analyze/money/break_even.hpp"
#include "harness/base/enum_table.hpp"

namespace gpugauge {

/// What is varied while the rest of the load stays.
enum class Axis : std::uint8_t { kBatch, kInput };
template <>
struct EnumTable<Axis> {
  static constexpr std::array rows{EnumName{Axis::kBatch, "batch"},
                                   EnumName{Axis::kInput, "input"}};
};

/// Dollars per million output tokens of both at one place of the axis.
struct CurvePoint {
  std::int64_t place = 0;
  std::optional<Estimate> a, b;
  Cheaper cheaper = Cheaper::kUndecided;  ///< beyond doubt, where both are known
};

/// Where the two swap places. Between `sure_until` and `sure_from` it is undecided who is cheaper;
/// each is absent if there is no doubtless place before the next crossing or the end of what is
/// known of both.
struct Crossing {
  std::int64_t last = 0, first = 0;  ///< the last place before the swap, and the first after it
  Cheaper before = Cheaper::kA;      ///< who is cheaper, by value, up to `last`; then the other
  std::optional<std::int64_t> sure_until, sure_from;
};

/// The costs of both along an axis, and where they cross.
struct Curve {
  Axis axis = Axis::kBatch;
  Load load;                       ///< of it what is varied has no meaning
  std::vector<CurvePoint> points;  ///< of the grid
  std::vector<Crossing> crossings;
};

/// Evaluates the grid (ascending), and between neighbours of it where both costs are known searches
/// by bisection over whole numbers where they break even and from where on the interval excludes a
/// tie. Two swaps between the same neighbours are not seen.
Curve trace(const Contender& a, const Contender& b, Axis axis, const Load& load,
            std::span<const std::int64_t> grid);

/// Powers of two up to the larger of the two largest batches, and these two.
std::vector<std::int64_t> batch_grid(const Contender& a, const Contender& b,
                                     std::int64_t input_tokens);
/// Powers of two from 128 tokens to `most`, and `most`.
std::vector<std::int64_t> input_grid(std::int64_t most);

}  // namespace gpugauge
