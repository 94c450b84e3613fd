#include "harness/record/extract.hpp"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "harness/base/nearest.hpp"
#include "harness/record/fields.hpp"

namespace gpugauge {
namespace {

[[noreturn]] void fail_name(const Node& node, const std::vector<std::string_view>& known) {
  const std::string_view found = node.text();
  node.fail(fmt::format("found {}, {}", in_quotes(found), expected_names(found, known)));
}

template <typename T>
void decode(const Node& node, T& value, Detail detail);

/// The reading visitor of fields.hpp: sets members from one JSON object.
class Get {
 public:
  Get(const Node& node, Detail detail) : node_(node), detail_(detail) {}

  void about(std::string_view) const {}
  template <typename T>
  void operator()(std::string_view key, T& value, const FieldRule& = {}) const {
    decode(node_.at(key), value, detail_);
  }
  template <typename T>
  void operator()(std::string_view key, std::optional<T>& value, const FieldRule& = {}) const {
    if (const auto child = node_.find(key)) decode(*child, value.emplace(), detail_);
  }
  template <typename T>
  void column(std::string_view key, std::vector<T>& values, const FieldRule&) const {
    if (detail_ == Detail::kSummary) return;
    if (const auto child = node_.find(key)) decode(*child, values, detail_);
  }
  template <typename T>
  void constant(std::string_view, const T&, const FieldRule&) const {}
  template <typename T>
  void fixed(std::string_view, const T&, const FieldRule&) const {}
  template <typename Visit>
  void group(std::string_view key, const Visit& visit) const {
    const Node child = node_.at(key);
    visit(Get(child, detail_));
  }

 private:
  const Node& node_;
  Detail detail_;
};

template <typename E>
E decode_enum(const Node& node) {
  const std::string_view found = node.text();
  std::vector<std::string_view> known;
  for (const E value : all_of<E>) {
    if (name_of(value) == found) return value;
    known.push_back(name_of(value));
  }
  fail_name(node, known);
}

template <std::size_t... I>
Op decode_op(const Node& node, std::index_sequence<I...>) {
  const Node kind = node.at("kind");
  const std::string_view found = kind.text();
  Op op;
  const auto is = [&]<std::size_t N>(std::integral_constant<std::size_t, N>) {
    Op candidate(std::in_place_index<N>);
    if (family_of(candidate) != found) return false;
    fields(std::get<N>(candidate), Get(node, Detail::kSamples));
    op = candidate;
    return true;
  };
  if (!(is(std::integral_constant<std::size_t, I>{}) || ...))
    fail_name(kind, {family_of(Op(std::in_place_index<I>))...});
  return op;
}

template <typename T>
struct IsVector : std::false_type {};
template <typename T>
struct IsVector<std::vector<T>> : std::true_type {};

template <typename T>
void decode(const Node& node, T& value, Detail detail) {
  if constexpr (std::is_same_v<T, bool>) {
    value = node.boolean();
  } else if constexpr (std::is_same_v<T, std::string>) {
    value = node.text();
  } else if constexpr (std::is_enum_v<T>) {
    value = decode_enum<T>(node);
  } else if constexpr (std::is_integral_v<T>) {
    value = static_cast<T>(node.whole(static_cast<std::uint64_t>(std::numeric_limits<T>::max())));
  } else if constexpr (std::is_floating_point_v<T>) {
    value = static_cast<T>(node.number());
  } else if constexpr (std::is_same_v<T, Op>) {
    value = decode_op(node, std::make_index_sequence<std::variant_size_v<Op>>{});
  } else if constexpr (std::is_same_v<T, std::vector<std::pair<std::string, std::string>>>) {
    node.each_member([&](std::string_view key, const Node& text) {
      value.emplace_back(std::string(key), std::string(text.text()));
    });
  } else if constexpr (IsVector<T>::value) {
    value.reserve(node.list_size());
    node.each([&](const Node& child) { decode(child, value.emplace_back(), detail); });
  } else {
    fields(value, Get(node, detail));
  }
}

void check_times(const Node& time_ns, const Estimate& estimate) {
  if (!(estimate.value > 0)) {
    const Node median = time_ns.at("median");
    median.fail(fmt::format("found {}, expected a time above 0", estimate.value));
  }
  if (!(estimate.low >= 0 && estimate.low <= estimate.value && estimate.value <= estimate.high)) {
    time_ns.fail(fmt::format("found {} in [{}, {}], expected 0 <= low <= median <= high",
                             estimate.value, estimate.low, estimate.high));
  }
}

/// A visitor of SampleColumns: every column has an entry for each sample, or none.
struct CheckLengths {
  const Node& samples;
  std::size_t count;

  void about(std::string_view) const {}
  template <typename T>
  void column(std::string_view key, const std::vector<T>& values, const FieldRule&) const {
    if (values.empty() || values.size() == count) return;
    const Node column = samples.at(key);
    column.fail(fmt::format("found {} samples, expected {}", values.size(), count));
  }
};

void check_columns(const Node& samples, const Measurement& m) {
  fields(m.samples, CheckLengths{samples, static_cast<std::size_t>(m.sample_count)});
  for (double time_ns : m.samples.time_ns) {
    if (time_ns > 0) continue;
    const Node column = samples.at("time_ns");
    column.fail(fmt::format("found {}, expected times above 0", time_ns));
  }
}

}  // namespace

void extract_context(const Node& context, Record& record) {
  const auto ours = context.find("gpugauge");
  if (!ours) {
    context.fail("has no 'gpugauge' part: `gpugauge run` did not write this Google Benchmark file");
  }
  int version = 0;
  const Node schema_version = ours->at("schema_version");
  decode(schema_version, version, Detail::kSummary);
  if (version > Record::kSchemaVersion) {
    schema_version.fail(
        fmt::format("found {}, written by a newer gpugauge; this one reads versions up to {}",
                    version, Record::kSchemaVersion));
  }
  if (version < 1) schema_version.fail(fmt::format("found {}, expected at least 1", version));
  fields(record, Get(context, Detail::kSummary));
}

Measurement extract_measurement(const Node& entry, Detail detail) {
  Measurement m;
  decode(entry.at("name"), m.name, detail);
  decode(entry.at("repetition_index"), m.repetition, detail);
  const Node ours = entry.at("gpugauge");
  decode(ours, m, detail);
  check_times(ours.at("time_ns"), m.time_ns);
  check_columns(ours.at("samples"), m);
  return m;
}

NotMeasured extract_not_measured(const Node& entry) {
  NotMeasured not_measured;
  decode(entry, not_measured, Detail::kSummary);
  return not_measured;
}

Session extract_session(const Node& entry) {
  Session session;
  decode(entry, session, Detail::kSummary);
  return session;
}

}  // namespace gpugauge
