#pragma once

#include "harness/answer/advice_answer.hpp"
#include "tests/unit/analyze/fake_cards.hpp"

namespace gpugauge::fake {

inline Advice advice_of(const Cards& cards, const AdviceRequest& request) {
  const std::vector<ModelConfig> models{llama_8b()};
  return std::move(advise(cards.cards, models, request).front());
}

}  // namespace gpugauge::fake
