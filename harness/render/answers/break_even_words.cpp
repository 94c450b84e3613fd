#include <fmt/format.h>

#include "harness/render/answers/break_even_table.hpp"

namespace gpugauge {

Answered rent_sentence(const BreakEvenAnswer& answer) {
  std::vector<RentPlace> places;
  for (const CardComparison& c : answer.comparisons) {
    if (!c.a && !c.b) continue;
    const auto option = [](const Contender& contender, const Standing& standing) {
      return RentOption{.card = contender.name,
                        .rate = contender.rate,
                        .gpus = contender.num_gpus,
                        .bill = standing.dollars_per_million.value};
    };
    const bool a_first =
        c.a && (!c.b || c.a->dollars_per_million.value <= c.b->dollars_per_million.value);
    RentPlace& place = places.emplace_back();
    place.batch = c.load.batch;
    place.first = a_first ? option(answer.a, *c.a) : option(answer.b, *c.b);
    if (c.evens) {
      place.next = a_first ? option(answer.b, *c.b) : option(answer.a, *c.a);
      place.is_decided = c.evens->dollars.cheaper() != Cheaper::kUndecided;
    }
  }
  return {fmt::format("{} {}", answer.model, name_of(answer.precision)),
          rent_sentence(places, {.words = fmt::format("{} in + {} out", answer.input_tokens,
                                                      answer.output_tokens),
                                 .is_month = false})};
}

}  // namespace gpugauge
