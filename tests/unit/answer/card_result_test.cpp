#include "harness/answer/card_result.hpp"

#include <gtest/gtest.h>

#include <type_traits>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

template <typename T>
concept MakesAResult = requires(T record) {
  card_result(std::forward<T>(record), std::vector<Datasheet>{});
};

// A result points to its record.
static_assert(MakesAResult<Record&>);
static_assert(!MakesAResult<Record>);

TEST(CardResult, OfACardThatNoDatasheetNamesCostsADollarAnHour) {
  const Record record = fake::record({});
  const CardResult result = card_result(record, {});
  EXPECT_EQ(result.record, &record);
  EXPECT_EQ(result.sheet(), nullptr);
  const std::vector<Rate> rates = rates_of(result.sheet(), {}, std::nullopt);
  ASSERT_EQ(rates.size(), 1u);
  EXPECT_EQ(rates[0].kind, RateKind::kUnit);
  EXPECT_EQ(rates_of(result.sheet(), {}, 2.49).at(0).dollars_per_gpu_hour, 2.49);
}

}  // namespace
}  // namespace gpugauge
