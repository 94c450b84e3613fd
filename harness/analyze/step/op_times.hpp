#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "harness/analyze/rates/peaks.hpp"
#include "harness/base/enum_table.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

/// Which implementations of an op a step is made of.
enum class Engine : std::uint8_t {
  kLibrary,  ///< what a framework would run today: the fastest of those marked so
  kBest,     ///< the fastest verified of all
};
template <>
struct EnumTable<Engine> {
  static constexpr std::array rows{EnumName{Engine::kLibrary, "library"},
                                   EnumName{Engine::kBest, "best"}};
};

/// The cases around an interpolated op: the lowest of them, and the place above in each dimension
/// that does not match.
struct Neighbours {
  struct Place {
    std::string_view dimension;
    std::int64_t at = 0;
  };
  const Measurement* lowest = nullptr;
  std::array<Place, 3> above{};
  std::size_t dimensions = 0;
};

/// What bounds an op that is modelled by the roofline.
struct Roofline {
  double rate = 0;
  std::string_view unit;
};

/// The time of one launch, and how it is known.
struct OpTime {
  Estimate time_ns;
  Origin origin;
  /// Of what is derived; `source_of` has the words.
  std::variant<std::string, Neighbours, Roofline> source;
  const Measurement* measurement = nullptr;  ///< that it is; null if derived
};

/// The case, the cases around it, or what bounds the model.
std::string source_of(const OpTime& time);

/// Times of ops on the device of a record, from the measurements that may speak for it.
///
/// - measured, or imported: this very op is in the record.
/// - interpolated, or interpolated between imported: the record has neighbours on both sides, one
/// step outwards in every dimension
///   that does not match (`axes` of the op: of a GEMM k, n and m; of attention batch and tokens; of
///   an all-reduce bytes). Linear in the logarithms of the dimension and of the time, one dimension
///   after the other. There is no extrapolation. In m, batch, tokens and bytes the interval is
///   everything that the neighbours span: the kernel changes with them and takes its time with it
///   in steps, so that a line through them proves no more. In n and k it is everything that the
///   neighbours' times per weight span: that contains a time that does not grow with the weights,
///   one that grows as they do, and all between.
/// - modelled: the roofline of the record's own peaks: the larger of bytes over the read bandwidth
///   and operations over the measured GEMM rate of the type, where there is one, plus on a GPU the
///   gap between two kernels of a graph. The interval begins at half of that (operands still in the
///   cache) and ends at twice the roofline plus 5 µs (small kernels are bound by latency).
class OpTimes {
 public:
  /// `read_gbps`: the read bandwidth to model by.
  OpTimes(const Record& record, double read_gbps, Engine engine);

  OpTime at(const Op& op) const;
  /// The same without a model: nothing where the record says nothing.
  std::optional<OpTime> known(const Op& op) const;

 private:
  /// The times of one op at the places of its axes, the outermost first.
  struct Places {
    std::map<std::int64_t, Places> at;
    const Measurement* fastest = nullptr;  ///< after the last axis
  };

  void add(const Measurement& m);
  std::optional<OpTime> along(const Places& places, std::span<const OpAxis> axes,
                              std::span<const std::int64_t> wanted) const;
  OpTime modelled(const Op& op) const;

  std::map<Op, Places> times_;  ///< by op with all its axes at 0
  double read_gbps_;
  double launch_gap_ns_;
  std::map<DType, double> tflops_;
};

}  // namespace gpugauge
