#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/enum_table.hpp"
#include "harness/base/error_factors.hpp"

namespace gpugauge {

/// A figure of an engine that is derived from the times of its ops.
enum class EngineFigure : std::uint8_t {
  kDecode,      ///< the time of a decode step
  kTpot,        ///< the time between two tokens of a request
  kTtft,        ///< the time to its first token
  kThroughput,  ///< output tokens a second
};
template <>
struct EnumTable<EngineFigure> {
  static constexpr std::array rows{
      EnumName{EngineFigure::kDecode, "decode"}, EnumName{EngineFigure::kTpot, "tpot"},
      EnumName{EngineFigure::kTtft, "ttft"}, EnumName{EngineFigure::kThroughput, "throughput"}};
};

/// Measured over derived, by figure.
using EngineErrors = std::array<ErrorFactors, EnumTable<EngineFigure>::rows.size()>;

/// How far derived times of ops of one family were from measured ones.
struct OpErrors {
  /// By the label of the op's axis: between two places of it, the larger at most four times the
  /// smaller, and at twice the last place or half of the first.
  std::map<std::string, ErrorFactors, std::less<>> interpolated, extrapolated;
  ErrorFactors imported;                 ///< of an entry without samples of its own
  std::optional<ErrorFactors> modelled;  ///< by the roofline; absent where nothing was measured
};

/// The error of the method as it was measured, `configs/method_error.yaml`. Without a file there is
/// none: every factor is 1.
struct MethodError {
  std::map<std::string, OpErrors, std::less<>> ops;  ///< by family, `gemm`
  std::map<int, EngineErrors> engine;                ///< by cards that share a model
  EngineErrors between_cards{};  ///< of the ratio of two cards' figures, which share the rest

  /// Of a family that is not listed: none.
  const OpErrors& of_op(std::string_view family) const;
  /// Of the largest listed number of cards that is not above this.
  ErrorFactors of_engine(int cards, EngineFigure figure) const;
};

/// Throws UsageError, also for factors that do not hold 1.
MethodError load_method_error(const std::filesystem::path& file);

}  // namespace gpugauge
