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
#include "harness/config/method_error.hpp"
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

/// The case at the end of the grid that an op outside of it is scaled from.
struct ScaledFrom {
  const Measurement* from = nullptr;
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
  std::variant<std::string, Neighbours, ScaledFrom, Roofline> source;
  const Measurement* measurement = nullptr;  ///< that it is; null if derived
};

/// The case, the cases around it, or what bounds the model.
std::string source_of(const OpTime& time);

/// Times of ops on the device of a record, from the measurements that may speak for it.
///
/// - measured, or imported: this very op is in the record.
/// - interpolated, or interpolated between imported: the record has neighbours on both sides, one
///   step outwards in every dimension that does not match (`axes` of the op: of a GEMM k, n and m;
///   of attention batch and tokens; of an all-reduce bytes). Linear in the work (operations, of an
///   all-reduce bytes), one dimension after the other.
/// - modelled, `scaled from` a case: outside of what the record has in a dimension. The time goes
///   on from the last place as it went over the last factor of four inside, by work; never faster
///   than the roofline, beyond the last place by no more than in proportion to the work, and before
///   the first by no less. Where the grid is smaller, at the last place's share of the roofline. No
///   further than 64 times the last place.
/// - modelled, `roofline`: of the record's own peaks the larger of bytes over the read bandwidth
///   and operations over the measured GEMM rate of the type, where there is one, plus on a GPU the
///   gap between two kernels of a graph.
///
/// Intervals are those of the measurements, joined with the error of the method (`OpErrors`): of
/// what is interpolated between neighbours more than four times apart, and of what is scaled, as
/// often as the distance holds the one at which it was measured (by logarithms). The error of the
/// roofline was measured on ops of at least 10 µs, and a smaller one may take as long. Where none
/// was measured: from half of it (operands still in the cache) to twice it plus 5 µs (small kernels
/// are bound by latency).
class OpTimes {
 public:
  /// `read_gbps`: the read bandwidth to model by. The error must outlive it.
  OpTimes(const Record& record, double read_gbps, Engine engine, const MethodError& error);

  OpTime at(const Op& op) const;
  /// The same without a roofline: nothing where the record says nothing.
  std::optional<OpTime> known(const Op& op) const;

 private:
  /// The times of one op at the places of its axes, the outermost first.
  struct Places {
    std::map<std::int64_t, Places> at;
    const Measurement* fastest = nullptr;  ///< after the last axis
  };

  using Place = std::map<std::int64_t, Places>::value_type;
  class Query;

  void add(const Measurement& m);
  std::optional<OpTime> along(const Places& places, Query& query, std::size_t depth) const;
  std::optional<OpTime> between(const Place& lower, const Place& upper, Query& query,
                                std::size_t depth) const;
  std::optional<OpTime> outside(const Places& places, Query& query, std::size_t depth) const;
  static const Place* inwards(const Places& places, const Place& end, bool is_beyond);
  double memory_ns(const Op& op) const;
  double arithmetic_ns(const Op& op) const;  ///< 0 without a rate of its type
  double roofline_ns(const Op& op) const;
  OpTime modelled(const Op& op) const;

  std::map<Op, Places> times_;  ///< by op with all its axes at 0
  const MethodError* error_;
  double read_gbps_;
  double launch_gap_ns_;
  std::map<DType, double> tflops_;
};

}  // namespace gpugauge
