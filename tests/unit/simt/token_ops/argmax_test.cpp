#include "tests/unit/simt/token_ops/token_arrays.hpp"

// The kernel itself, after the emulation that it runs in.
#include "kernels/cuda/token_ops/argmax.cu"

#include <algorithm>
#include <limits>
#include <utility>

namespace gpugauge {
namespace {

/// The indices for rows of logits, and what the launch left in the counters.
std::vector<std::int32_t> run_argmax(const Array& logits, std::int64_t tokens, std::int64_t width) {
  return simt::in_all_schedules([&] {
    std::vector<std::uint64_t> keys(static_cast<std::size_t>(tokens * argmax_blocks(width)), ~0ULL);
    std::vector<unsigned> arrivals(static_cast<std::size_t>(tokens), 0U);
    std::vector<std::int32_t> ids(static_cast<std::size_t>(tokens), -1);
    for (int launch = 0; launch < 2; ++launch) {
      launch_argmax(Stream{},
                    {.logits = logits.data(),
                     .keys = keys.data(),
                     .arrivals = arrivals.data(),
                     .ids = ids.data()},
                    tokens, width);
    }
    EXPECT_EQ(arrivals, std::vector<unsigned>(static_cast<std::size_t>(tokens), 0U));
    return ids;
  });
}

TEST(SimtArgmax, FindsTheLargestOfEveryRow) {
  for (const auto& [tokens, width] : {std::pair<std::int64_t, std::int64_t>{1, 8},
                                      {3, 1000},
                                      {2, kArgmaxBlockElements},
                                      {2, 2 * kArgmaxBlockElements + 24}}) {
    SCOPED_TRACE(testing::Message() << tokens << " x " << width);
    const Array logits = Array::random(DType::kBf16, tokens * width, 5);
    const auto ids = run_argmax(logits, tokens, width);
    for (std::int64_t token = 0; token < tokens; ++token) {
      EXPECT_EQ(ids[static_cast<std::size_t>(token)], argmax(logits.row(token, width)));
    }
  }
}

TEST(SimtArgmax, TakesTheLowestOfEquals) {
  const std::int64_t width = 2 * kArgmaxBlockElements + 64;
  for (const std::vector<std::int64_t>& places : {std::vector<std::int64_t>{width - 1, 40, 41},
                                                  {kArgmaxBlockElements, width - 1},
                                                  {2048, 8, 2047},
                                                  {width - 1}}) {
    Array logits(DType::kBf16, width);
    for (std::int64_t i = 0; i < width; ++i) logits.set(i, -2.0F);
    for (std::int64_t place : places) logits.set(place, 0.5F);
    EXPECT_EQ(run_argmax(logits, 1, width).front(),
              *std::min_element(places.begin(), places.end()));
  }
}

TEST(SimtArgmax, KnowsZerosInfinitiesAndNaN) {
  const std::int64_t width = 64;
  Array logits(DType::kBf16, width);
  for (std::int64_t i = 0; i < width; ++i) logits.set(i, -0.0F);
  logits.set(9, 0.0F);
  EXPECT_EQ(run_argmax(logits, 1, width).front(), 0) << "-0 equals 0";
  for (std::int64_t i = 0; i < width; ++i) logits.set(i, -std::numeric_limits<float>::infinity());
  EXPECT_EQ(run_argmax(logits, 1, width).front(), 0);
  logits.set(3, std::numeric_limits<float>::quiet_NaN());
  logits.set(17, -1e30F);
  EXPECT_EQ(run_argmax(logits, 1, width).front(), 17);
}

}  // namespace
}  // namespace gpugauge
