#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gpugauge {

/// One entry of a file of acknowledgements: what people decided about cases, and why.
struct Ack {
  std::string cases;       ///< a glob(7) pattern in which `*` also stands for `/`
  std::string card = "*";  ///< a glob pattern of UUIDs
  std::string reason;
  std::string commit, by;            ///< empty if not said
  std::optional<std::string> night;  ///< the change is accepted: all before this date is forgotten
  bool mute = false;                 ///< shown, but never fails
  std::optional<double> delta;       ///< the smallest change that counts, as a share: 0.01

  bool covers(std::string_view case_name, std::string_view of_card) const;
};

/// Reads a list of entries with the keys `case`, `reason` and at least one of `night`, `mute`,
/// `threshold_percent`; optional `card`, `commit`, `by`. No file, or one that is empty, is none.
/// Throws UsageError with file, line and column.
std::vector<Ack> load_acks(const std::filesystem::path& file);

/// Whether `text` matches a glob pattern in which `*` also stands for `/`.
bool matches_glob(std::string_view pattern, std::string_view text);

}  // namespace gpugauge
