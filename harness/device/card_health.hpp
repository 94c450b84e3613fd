#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gpugauge {

/// What a card says of its own health at one moment. Absent fields are not known: an older driver,
/// a card without ECC, a slice of one.
struct CardHealth {
  /// ECC errors in all memories of the card since the driver was loaded. The hardware put the
  /// corrected ones right; of the others a program may have seen wrong bits.
  std::optional<std::uint64_t> corrected_errors = std::nullopt, uncorrected_errors = std::nullopt;
  /// The same over the card's life.
  std::optional<std::uint64_t> lifetime_corrected_errors = std::nullopt,
                               lifetime_uncorrected_errors = std::nullopt;
  /// Rows of memory that spare ones stand in for, by the kind of error that took them.
  std::optional<std::uint32_t> rows_remapped_corrected = std::nullopt,
                               rows_remapped_uncorrected = std::nullopt;
  std::optional<bool> remap_pending = std::nullopt;  ///< a row waits for the next reset
  std::optional<bool> remap_failed = std::nullopt;   ///< once in the card's life
  /// The driver's numbers of what went wrong (XID) since the device was opened, each once, in the
  /// order in which they came.
  std::optional<std::vector<int>> xids = std::nullopt;
};

/// What went wrong on a card while it was watched; what nobody watched is absent.
struct CardErrors {
  std::optional<std::uint64_t> corrected = std::nullopt, uncorrected = std::nullopt;
  bool remap_pending = false, remap_failed = false;  ///< came meanwhile
  std::optional<std::vector<int>> xids = std::nullopt;

  /// Anything that puts numbers of that time in doubt. Corrected errors do not: they change neither
  /// a result nor, inline as they are mended, a time.
  bool any() const;
};

/// What came between two moments of one process.
CardErrors errors_between(const CardHealth& before, const CardHealth& after);
/// Both together.
CardErrors sum_of(CardErrors a, const CardErrors& b);
/// `none`, `2 uncorrected ECC errors, XID 79`; empty where nothing is known.
std::string describe(const CardErrors& errors);

/// `0 uncorrected, 3 corrected since the driver was loaded; 1 uncorrected, 12 corrected in the
/// card's life`, as far as it is known; empty where nothing is.
std::string describe_errors(const CardHealth& health);
/// `1 after uncorrected errors, 0 after corrected ones`, and whether one waits or failed; empty
/// where it is not known.
std::string describe_rows(const CardHealth& health);

/// Why a card is not to be trusted as it is.
enum class CardConcern : std::uint8_t { kUncorrectedErrors, kRemapPending, kRemapFailed, kXid };

struct CardWarning {
  CardConcern concern;
  std::string found;
  std::string advice;
};
/// What to know of a card in this state on which these errors came, the gravest first.
std::vector<CardWarning> card_warnings(const CardHealth& now, const CardErrors& errors);
/// What to do about it; of an XID, where device/xid.hpp does not have it.
std::string_view advice_on(CardConcern concern);

}  // namespace gpugauge
