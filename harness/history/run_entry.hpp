#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "harness/record/record.hpp"

namespace gpugauge {

/// The names of cases, each kept once: a history of years repeats each thousands of times.
class CaseNames {
 public:
  CaseNames() = default;
  CaseNames(CaseNames&&) noexcept = default;
  CaseNames& operator=(CaseNames&&) noexcept = default;
  CaseNames(const CaseNames&) = delete;  // `ids_` points into `names_`
  CaseNames& operator=(const CaseNames&) = delete;
  ~CaseNames() = default;

  /// The number of this name; a new one if it was never seen.
  std::uint32_t id_of(std::string_view name);
  const std::string& operator[](std::uint32_t id) const { return names_[id]; }
  const std::deque<std::string>& all() const { return names_; }

 private:
  std::deque<std::string> names_;
  std::unordered_map<std::string_view, std::uint32_t> ids_;
};

/// One verified case of one run, as little of it as the gate needs.
struct CaseEntry {
  std::uint32_t name = 0;  ///< in CaseNames
  std::int32_t semantics_version = 1;
  double time_ns = 0;          ///< median; over the repetitions, where there are several
  float clock_mhz = 0;         ///< median; 0 if the device does not say
  std::uint32_t flags = 0;     ///< `bit_of` each
  std::uint64_t throttle = 0;  ///< every reason that any sample shows

  bool has(Flag flag) const { return (flags & bit_of(flag)) != 0; }
};

/// What a run was measured with, name and version: `cuBLASLt`, `driver`, `commit`.
using Versions = std::vector<std::pair<std::string, std::string>>;

/// What the index of a history holds of one result file: all that is asked of it night after night.
struct RunEntry {
  std::string file;  ///< relative to the history; as it was named, where it is not in one
  std::uint64_t file_bytes = 0;
  std::int64_t modified_ns = 0;  ///< since 1970
  std::string sha256;

  std::string run_id;
  std::string night;  ///< `2025-11-22`: the UTC date on which the night's first process began
  std::string started_utc;
  std::string host;
  std::string card;    ///< UUID, or `card_of`'s substitute
  std::string sku;     ///< `slug_of` the device's name
  std::string device;  ///< as its driver names it
  Versions versions;
  std::string driver_major;
  std::string clock_policy;
  std::string suite;
  std::optional<int> other_processes, pcie_generation, pcie_width;
  bool card_errors = false;  ///< `CardErrors::any` of the run
  std::vector<CaseEntry> cases;
  /// Planned, and without a number that counts: failed, computed wrong, refused, or never reached.
  /// What the device cannot do is not among them.
  std::vector<std::uint32_t> failed;
};

/// The UUID of the card; what has none is known by what it is and where: `cpu-intel-xeon-host7`.
std::string card_of(const Record& record);
/// What decides which clock the device aims at, as far as the record knows it: `governor
/// performance` of a CPU, `application clocks` where most samples of a GPU were held by that
/// setting, else `default`.
std::string clock_policy_of(const Record& record);
/// The entry of a record that was read with its samples. `file`, its stamp and, if it is not to be
/// the date of the first session, `night` are the caller's to set. Throws UsageError if the record
/// has no id that can be a file's name, or does not say when it began.
RunEntry run_entry_of(const Record& record, CaseNames& names);

/// `text` as one part of a path: what is not a letter, digit, `.`, `_` or `-` becomes `_`, as does
/// a leading point; `unknown` if it is empty.
std::string path_part_of(std::string_view text);

}  // namespace gpugauge
