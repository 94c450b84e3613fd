#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/analyze/rates/peaks.hpp"
#include "harness/base/enum_table.hpp"
#include "harness/base/error.hpp"
#include "harness/config/datasheet.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

enum class Verdict : std::uint8_t {
  kOk,
  kBelowPassMark,  ///< the whole interval lies under the pass mark
  kUndecided,      ///< the pass mark lies inside the interval
  kNotMeasured,    ///< nothing in the file tests it
  kNoDatasheet,    ///< measured, and nobody said what to expect
  kNoPassMark,     ///< shown beside the datasheet's value, which it is not expected to reach
};
template <>
struct EnumTable<Verdict> {
  static constexpr std::array rows{EnumName{Verdict::kOk, "ok"},
                                   EnumName{Verdict::kBelowPassMark, "below pass mark"},
                                   EnumName{Verdict::kUndecided, "undecided"},
                                   EnumName{Verdict::kNotMeasured, "not measured"},
                                   EnumName{Verdict::kNoDatasheet, "no datasheet"},
                                   EnumName{Verdict::kNoPassMark, "no pass mark"}};
};

/// One measured peak beside what the datasheet says of it.
struct DatasheetFinding {
  std::string metric;  ///< `memory read`, `bf16 dense GEMM`
  std::string unit;    ///< `GB/s` or `TFLOPS`, of every rate here
  std::optional<Estimate> measured;
  std::string case_name;              ///< where `measured` comes from
  std::string shape;                  ///< of that case: `4GiB`, `m:8192/n:8192/k:8192`
  Origin origin = Origin::kMeasured;  ///< of `measured`
  std::optional<SourcedValue> datasheet;
  std::optional<SourcedValue> published;       ///< what a good card of this kind reaches
  std::optional<double> pass_mark;             ///< as a share of the datasheet
  std::optional<double> ridge_flops_per_byte;  ///< of a GEMM: measured rate over read bandwidth
  Verdict verdict = Verdict::kNotMeasured;
  std::string reason;  ///< why it is so: what slowed the card, what is missing; may be empty

  /// Of the datasheet; both must be there.
  Estimate share() const;
};

/// A device against its datasheet, or its own measured roofline if it has none.
struct DatasheetReport {
  std::string file;
  std::string device;
  std::string datasheet;  ///< its title; empty if the device has none
  std::vector<DatasheetFinding> findings;
  bool has_refused = false;  ///< the file has a case that cannot be true
  bool has_failed = false;   ///< nothing was measured, and cases failed
};

/// `sheet` may be null. Memory: read is judged against the pass mark, the other patterns are shown.
/// GEMM: only shapes that are limited by arithmetic (`kRidgeMultiple`) speak for it, so that a file
/// of small batches is "not measured" and not a slow card. Imported peaks are shown, and not
/// judged: no card was tested.
DatasheetReport check_datasheet(const Record& record, const Datasheet* sheet);

/// kCheckFailed if anything is below its pass mark, or cannot be true.
ExitStatus status_of(std::span<const DatasheetReport> reports);

}  // namespace gpugauge
