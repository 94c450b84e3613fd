#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/analyze/step/prefill.hpp"
#include "harness/analyze/step/shard.hpp"
#include "harness/analyze/step/tokens.hpp"
#include "harness/base/enum_table.hpp"
#include "harness/config/datasheet.hpp"

namespace gpugauge {

/// What joins the cards.
enum class Link : std::uint8_t { kNvlink, kPcie };
template <>
struct EnumTable<Link> {
  static constexpr std::array rows{EnumName{Link::kNvlink, "nvlink"},
                                   EnumName{Link::kPcie, "pcie"}};
};

struct LinkRate {
  Link link = Link::kPcie;
  double gbps_each_way = 0;
  std::string source = {};  ///< the case that measured it; else empty: a datasheet's
  /// Whether this is the link that the record's own cards were joined by, so that all-reduces in it
  /// speak for it.
  bool is_own = true;
};

/// Half of what datasheets print, which is both directions together: of this card's where it says,
/// else NVLink 4's 900 and PCIe 4.0 x16's 64 GB/s. Without a wish NVLink where the card has it.
LinkRate link_of(const Datasheet* sheet, std::optional<Link> wish);

/// The same link at the rate that the record measured: of its largest copy between two devices
/// where that is the card's own link; of PCIe else the slower of its largest pinned copies from and
/// to the host, which cards without another link go through. Else as above.
LinkRate link_of(const Record& record, const Datasheet* sheet, std::optional<Link> wish);

/// Cards that share one model.
struct CardGroup {
  int cards = 1;
  LinkRate link;
  double all_reduce_gap_ns = 0;  ///< of each all-reduce in a step, as ServingEngine
};

/// The sum over all cards of `bytes` that each of them has, as a ring does it: 2(t − 1) hops that
/// move 2(t − 1)/t of the bytes over every link, and what a kernel and its hops cost. Modelled. The
/// interval is as wide as published times of that link stray: over PCIe cards share the bridges of
/// the host, the more of them the worse. Throws UsageError for fewer than two cards.
OpTime all_reduce_time(const CardGroup& group, double bytes);

/// As the record knows it for this number of cards, if the link is its cards' own; else modelled.
OpTime all_reduce_time(const StepTimes& times, Engine engine, const CardGroup& group,
                       std::int64_t bytes);

/// The findings of a group of cards: each runs its shard, and after attention and after the MLP of
/// every layer they add up their outputs (batch · hidden in BF16), each time with the gap of the
/// group. One card is the plain finding.
/// Linears at divided shapes are rarely in a record: where those of the whole model are known, the
/// divided ones may be modelled, and a warning says so.
/// Rates are those of the group; bounds those of a card that waits for no other. Throws UsageError
/// if the model does not divide among the cards.
DecodeFinding decode_finding(const StepTimes& times, const ModelConfig& model,
                             const DecodePoint& point, const CardGroup& group);
PrefillFinding prefill_finding(const StepTimes& times, const ModelConfig& model,
                               const PrefillPoint& point, const CardGroup& group);

}  // namespace gpugauge
