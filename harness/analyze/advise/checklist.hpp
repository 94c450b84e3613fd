#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/analyze/advise/card_facts.hpp"
#include "harness/base/enum_table.hpp"
#include "harness/config/model.hpp"

namespace gpugauge {

/// What to ask before a card is chosen: the questions of the usual guides, answered with numbers.
enum class Question : std::uint8_t {
  kModelSize,
  kBatch,
  kContext,
  kUtilisation,
  kTraining,
  kNvlink,
  kHeadroom,
  kSpot,
};
template <>
struct EnumTable<Question> {
  static constexpr std::array rows{EnumName{Question::kModelSize, "model size"},
                                   EnumName{Question::kBatch, "batch"},
                                   EnumName{Question::kContext, "context"},
                                   EnumName{Question::kUtilisation, "utilisation"},
                                   EnumName{Question::kTraining, "training"},
                                   EnumName{Question::kNvlink, "NVLink"},
                                   EnumName{Question::kHeadroom, "memory headroom"},
                                   EnumName{Question::kSpot, "spot tolerance"}};
};

struct ChecklistLine {
  Question question = Question::kModelSize;
  const Card* favours = nullptr;  ///< null: neither
  std::string why;
};

struct Checklist {
  std::vector<CardFacts> facts;  ///< one a card
  std::vector<ChecklistLine> lines;
};

/// `rankings`: at every batch of the request, and last each card at its own largest; of the same
/// cards in the same order.
Checklist checklist_of(std::span<const Card> cards, const ModelConfig& model,
                       const AdviceRequest& request, std::int64_t context,
                       std::span<const Ranking> rankings);

}  // namespace gpugauge
