#include "kernels/ops/op.hpp"

#include <fmt/format.h>

#include <array>

#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"
#include "kernels/ops/name_parts.hpp"

namespace gpugauge {
namespace {

struct FamilyRow {
  std::string_view name;
  Op (*parse)(NameParts&);
};

template <typename... Ops>
constexpr std::array<FamilyRow, sizeof...(Ops)> rows_of(const std::variant<Ops...>*) {
  return {FamilyRow{Ops::kFamily, [](NameParts& parts) -> Op { return Ops::parse(parts); }}...};
}
constexpr auto kFamilies = rows_of(static_cast<const Op*>(nullptr));

/// What the op itself says of its rate.
std::optional<CaseRate> own_rate_of(const Op& op, double time_ns) {
  return std::visit(
      [&](const auto& shape) -> std::optional<CaseRate> {
        if constexpr (requires { shape.own_rate(time_ns); }) return shape.own_rate(time_ns);
        return std::nullopt;
      },
      op);
}

}  // namespace

Work work_of(const Op& op) {
  return std::visit([](const auto& shape) { return shape.work(); }, op);
}

std::string_view family_of(const Op& op) { return kFamilies.at(op.index()).name; }

std::string kind_path(const Op& op) {
  const std::string kind = std::visit([](const auto& shape) { return shape.kind_path(); }, op);
  return fmt::format("{}{}{}", family_of(op), kind.empty() ? "" : "/", kind);
}

std::string shape_path(const Op& op) {
  return std::visit([](const auto& shape) { return shape.shape_path(); }, op);
}

Op parse_op(NameParts& parts) {
  const std::string family = parts.take("a family");
  std::vector<std::string_view> names;
  for (const FamilyRow& row : kFamilies) {
    if (row.name == family) return row.parse(parts);
    names.push_back(row.name);
  }
  throw UsageError(fmt::format("case {}: {}", in_quotes(parts.name()),
                               unknown_name_message("family", family, names)));
}

std::int64_t* swept_size(Op& op) {
  return std::visit([](auto& shape) { return shape.swept(); }, op);
}

std::optional<DType> arithmetic_type(const Op& op) {
  return std::visit(
      [](const auto& shape) -> std::optional<DType> {
        if constexpr (requires { shape.arithmetic(); }) return shape.arithmetic();
        return std::nullopt;
      },
      op);
}

std::vector<OpAxis> axes_of(Op& op) {
  return std::visit(
      [](auto& shape) -> std::vector<OpAxis> {
        if constexpr (requires { shape.axes(); }) {
          const auto axes = shape.axes();
          return {axes.begin(), axes.end()};
        }
        return {};
      },
      op);
}

bool crosses_link(const Op& op) {
  return std::visit(
      [](const auto& shape) {
        return requires { shape.kCrossesLink; };
      },
      op);
}

bool has_few_flops(const Op& op) {
  return std::visit(
      [](const auto& shape) {
        return requires { shape.kFewFlops; };
      },
      op);
}

CaseRate rate_of(const Op& op, double time_ns) {
  /// Below this a launch is shown by its bytes: no card's ridge point lies lower.
  constexpr double kArithmeticFlopsPerByte = 64;
  if (const auto own = own_rate_of(op, time_ns)) return *own;
  const Work work = work_of(op);
  const bool is_arithmetic = work.flops > kArithmeticFlopsPerByte * work.bytes;
  const RateUnit unit = is_arithmetic ? RateUnit::kTflops : RateUnit::kGbps;
  return {rate_in(unit, op, time_ns), unit};
}

double rate_in(RateUnit unit, const Op& op, double time_ns) {
  switch (unit) {
    case RateUnit::kTflops:
      return work_of(op).flops / time_ns / 1e3;
    case RateUnit::kGbps:
      return work_of(op).bytes / time_ns;
    case RateUnit::kTokensPerSecond:
    case RateUnit::kNsEach:
      break;
  }
  return own_rate_of(op, time_ns).value().value;
}

}  // namespace gpugauge
