#include "harness/base/enum_table.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

namespace gpugauge {
namespace {

using testing::ElementsAre;

enum class Fruit { kApple, kPear };

}  // namespace

template <>
struct EnumTable<Fruit> {
  static constexpr std::array rows{EnumName{Fruit::kApple, "apple"},
                                   EnumName{Fruit::kPear, "pear"}};
};

namespace {

TEST(EnumTable, NamesValuesAndFindsThemByName) {
  EXPECT_EQ(name_of(Fruit::kPear), "pear");
  EXPECT_EQ(from_name<Fruit>("pear"), Fruit::kPear);
  EXPECT_EQ(from_name<Fruit>("plum"), std::nullopt);
  EXPECT_EQ(from_name<Fruit>(""), std::nullopt);
  EXPECT_THAT(all_of<Fruit>, ElementsAre(Fruit::kApple, Fruit::kPear));
  EXPECT_THAT(names_of<Fruit>, ElementsAre("apple", "pear"));
}

TEST(EnumTable, RefusesWhatIsNoEnumerator) {
  EXPECT_THROW(name_of(static_cast<Fruit>(2)), std::out_of_range);
}

TEST(EnumTable, TellsEnumeratorsFromOtherValues) {
  EXPECT_TRUE(detail::is_enumerator<Fruit::kPear>());
  EXPECT_FALSE(detail::is_enumerator<static_cast<Fruit>(2)>());
}

}  // namespace
}  // namespace gpugauge
