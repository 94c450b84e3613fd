#include "harness/device/card_health.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/device/xid.hpp"

namespace gpugauge {
namespace {

using Count = std::optional<std::uint64_t>;

/// A counter that fell was set back by a driver that was loaded anew: what it shows is new.
Count risen(const Count& before, const Count& after) {
  if (!before || !after) return std::nullopt;
  return *after >= *before ? *after - *before : *after;
}

Count sum_of(const Count& a, const Count& b) {
  if (!a || !b) return a ? a : b;
  return *a + *b;
}

std::string counted(std::uint64_t count, std::string_view kind) {
  return fmt::format("{} {} ECC error{}", count, kind, count == 1 ? "" : "s");
}

}  // namespace

bool CardErrors::any() const {
  return uncorrected.value_or(0) > 0 || remap_pending || remap_failed || (xids && !xids->empty());
}

CardErrors errors_between(const CardHealth& before, const CardHealth& after) {
  const auto came = [](std::optional<bool> then, std::optional<bool> now) {
    return then.has_value() && !*then && now.value_or(false);
  };
  return {.corrected = risen(before.corrected_errors, after.corrected_errors),
          .uncorrected = risen(before.uncorrected_errors, after.uncorrected_errors),
          .remap_pending = came(before.remap_pending, after.remap_pending),
          .remap_failed = came(before.remap_failed, after.remap_failed),
          .xids = after.xids};
}

CardErrors sum_of(CardErrors a, const CardErrors& b) {
  a.corrected = sum_of(a.corrected, b.corrected);
  a.uncorrected = sum_of(a.uncorrected, b.uncorrected);
  a.remap_pending = a.remap_pending || b.remap_pending;
  a.remap_failed = a.remap_failed || b.remap_failed;
  if (b.xids) {
    std::vector<int>& all = a.xids ? *a.xids : a.xids.emplace();
    for (const int xid : *b.xids) {
      if (std::find(all.begin(), all.end(), xid) == all.end()) all.push_back(xid);
    }
  }
  return a;
}

std::string describe(const CardErrors& errors) {
  std::vector<std::string> parts;
  if (errors.uncorrected.value_or(0) > 0)
    parts.push_back(counted(*errors.uncorrected, "uncorrected"));
  if (errors.corrected.value_or(0) > 0) parts.push_back(counted(*errors.corrected, "corrected"));
  if (errors.remap_pending) parts.emplace_back("a pending row remapping");
  if (errors.remap_failed) parts.emplace_back("a failed row remapping");
  if (errors.xids) {
    for (const int xid : *errors.xids) parts.push_back(fmt::format("XID {}", xid));
  }
  if (!parts.empty()) return fmt::format("{}", fmt::join(parts, ", "));
  if (errors.uncorrected && errors.xids) return "none";
  if (errors.uncorrected) return "no ECC errors, XIDs unknown";
  return errors.xids ? "no XIDs, ECC errors unknown" : "";
}

std::string describe_errors(const CardHealth& health) {
  const auto pair = [](const Count& corrected, const Count& uncorrected) {
    const auto text = [](const Count& count) { return count ? fmt::to_string(*count) : "unknown"; };
    return fmt::format("{} uncorrected, {} corrected", text(uncorrected), text(corrected));
  };
  std::vector<std::string> parts;
  if (health.uncorrected_errors || health.corrected_errors)
    parts.push_back(pair(health.corrected_errors, health.uncorrected_errors) +
                    " since the driver was loaded");
  if (health.lifetime_uncorrected_errors || health.lifetime_corrected_errors)
    parts.push_back(pair(health.lifetime_corrected_errors, health.lifetime_uncorrected_errors) +
                    " over the card's lifetime");
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::string describe_rows(const CardHealth& health) {
  if (!health.rows_remapped_corrected || !health.rows_remapped_uncorrected) return {};
  return fmt::format("{} after uncorrected errors, {} after corrected ones{}{}",
                     *health.rows_remapped_uncorrected, *health.rows_remapped_corrected,
                     health.remap_pending.value_or(false) ? ", one pending until a reset" : "",
                     health.remap_failed.value_or(false) ? ", one failed" : "");
}

std::vector<CardWarning> card_warnings(const CardHealth& now, const CardErrors& errors) {
  std::vector<CardWarning> warnings;
  const auto add = [&](CardConcern concern, std::string found) {
    warnings.push_back({concern, std::move(found), std::string(advice_on(concern))});
  };
  if (now.remap_failed.value_or(false))
    add(CardConcern::kRemapFailed, "a memory row of the card could not be remapped");
  for (const int number : errors.xids.value_or(std::vector<int>())) {
    const std::string found = fmt::format("XID {} occurred during the run", number);
    if (const Xid* xid = find_xid(number)) {
      warnings.push_back({CardConcern::kXid, fmt::format("{} ({})", found, xid->meaning),
                          std::string(xid->advice)});
    } else {
      add(CardConcern::kXid, found);
    }
  }
  if (errors.uncorrected.value_or(0) > 0)
    add(CardConcern::kUncorrectedErrors,
        counted(*errors.uncorrected, "uncorrected") + " occurred during the run");
  if (now.remap_pending.value_or(false))
    add(CardConcern::kRemapPending,
        "a row remapping of the card's memory is pending until a reset");
  return warnings;
}

std::string_view advice_on(CardConcern concern) {
  switch (concern) {
    case CardConcern::kUncorrectedErrors:
      return "reset the card (nvidia-smi -r); return it if they come back";
    case CardConcern::kRemapPending:
      return "reset the card (nvidia-smi -r) before using it";
    case CardConcern::kRemapFailed:
      return "return the card";
    case CardConcern::kXid:
      return "look it up: docs.nvidia.com/deploy/xid-errors";
  }
  return {};
}

}  // namespace gpugauge
