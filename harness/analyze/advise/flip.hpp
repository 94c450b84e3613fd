#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/analyze/advise/ranking.hpp"
#include "harness/base/enum_table.hpp"

namespace gpugauge {

/// What would have to change for the runner-up to be the cheaper.
enum class FlipKind : std::uint8_t {
  kWinnersPrice,     ///< dollars per GPU-hour, to rise to …
  kRunnerUpsPrice,   ///< … or to fall to
  kWinnersBusyness,  ///< share of its rate that the winner is kept busy, the runner-up as asked
  kBatch,            ///< at equal batch
  kContext,          ///< tokens of a prompt
  kDemand,           ///< tokens a day
};
template <>
struct EnumTable<FlipKind> {
  static constexpr std::array rows{EnumName{FlipKind::kWinnersPrice, "winner's price"},
                                   EnumName{FlipKind::kRunnerUpsPrice, "runner-up's price"},
                                   EnumName{FlipKind::kWinnersBusyness, "winner's utilisation"},
                                   EnumName{FlipKind::kBatch, "batch"},
                                   EnumName{FlipKind::kContext, "input"},
                                   EnumName{FlipKind::kDemand, "demand"}};
};

struct Flip {
  FlipKind kind = FlipKind::kBatch;
  std::optional<double> now;  ///< absent for a demand that nobody named
  std::optional<double> at;   ///< the nearest value at which it flips; absent where none does
};

/// Asks the service of a card at another batch and prompt; null where it cannot be served.
using Elsewhere = std::function<std::optional<Service>(const Card& card, std::int64_t batch,
                                                       std::int64_t context)>;

/// Of the ranking's winner and its runner-up, all else as it is; nothing without both. Batches and
/// contexts are searched by powers of two, then between the last that does not flip and the first
/// that does, as if there were one change between them.
std::vector<Flip> flips_of(const Ranking& ranking, std::int64_t context,
                           const AdviceRequest& request, const Elsewhere& elsewhere);

}  // namespace gpugauge
