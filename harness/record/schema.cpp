#include "harness/record/schema.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/record/fields.hpp"
#include "harness/record/layout.hpp"

namespace gpugauge {
namespace {

using Json = nlohmann::ordered_json;

/// What the definition of a struct is called.
template <typename T>
constexpr std::string_view kDefinition = "";
template <>
constexpr std::string_view kDefinition<Op> = "op";
template <>
constexpr std::string_view kDefinition<Work> = "work";
template <>
constexpr std::string_view kDefinition<Estimate> = "time_ns";
template <>
constexpr std::string_view kDefinition<Verification> = "verification";
template <>
constexpr std::string_view kDefinition<Measurement> = "measurement";
template <>
constexpr std::string_view kDefinition<NotMeasured> = "not_measured";
template <>
constexpr std::string_view kDefinition<CardHealth> = "card_health";
template <>
constexpr std::string_view kDefinition<Session> = "session";
template <>
constexpr std::string_view kDefinition<DeviceInfo> = "device";
template <>
constexpr std::string_view kDefinition<HostCache> = "cache";

template <typename T>
struct IsDescribedVector : std::false_type {};
template <typename T>
struct IsDescribedVector<std::vector<T>> : std::true_type {};

Json with_text(Json type, std::string_view text) {
  if (!text.empty()) type["description"] = text;
  return type;
}

Json number_type(const char* name, const FieldRule& rule) {
  Json type{{"type", name}};
  if (rule.least) type["minimum"] = *rule.least;
  if (rule.above) type["exclusiveMinimum"] = *rule.above;
  if (rule.below) type["exclusiveMaximum"] = *rule.below;
  if (!rule.least && !rule.above && !rule.any_sign) type["minimum"] = 0;
  return type;
}

Json text_type(const FieldRule& rule) {
  Json type{{"type", "string"}};
  if (!rule.pattern.empty()) type["pattern"] = rule.pattern;
  if (rule.not_empty) type["minLength"] = 1;
  return type;
}

/// The describing visitor of fields.hpp: adds to the schema of one JSON object. Of the members only
/// the types matter.
class Describe {
 public:
  /// `least`: of whole numbers whose field says nothing else.
  Describe(Json& object, Json& definitions, int least = 0)
      : object_(object), definitions_(definitions), least_(least) {
    object_["type"] = "object";
  }

  void about(std::string_view text) const { object_["description"] = text; }

  template <typename T>
  void operator()(std::string_view key, const T&, const FieldRule& rule = {}) const {
    require(key);
    add(key, type_of<T>(rule), rule);
  }
  template <typename T>
  void operator()(std::string_view key, const std::optional<T>&, const FieldRule& rule = {}) const {
    add(key, type_of<T>(rule), rule);
  }
  template <typename T>
  void column(std::string_view key, const std::vector<T>&, const FieldRule& rule) const {
    add(key, type_of<std::vector<T>>(rule), rule);
  }
  template <typename T>
  void constant(std::string_view key, const T& value, const FieldRule& rule) const {
    (*this)(key, value, rule);
  }
  template <typename T>
  void fixed(std::string_view key, const T& value, const FieldRule& rule) const {
    require(key);
    add(key, {{"const", value}}, rule);
  }
  template <typename Visit>
  void group(std::string_view key, const Visit& visit) const {
    require(key);
    Json inner;
    visit(Describe(inner, definitions_));
    object_["properties"][key] = closed(std::move(inner));
  }

  /// Without further keys.
  static Json closed(Json object) {
    object["additionalProperties"] = false;
    return object;
  }

 private:
  void require(std::string_view key) const { object_["required"].push_back(key); }

  void add(std::string_view key, Json type, const FieldRule& rule) const {
    object_["properties"][key] =
        type.contains("$ref") ? std::move(type) : with_text(std::move(type), rule.text);
  }

  template <typename T>
  Json type_of(const FieldRule& rule) const;
  template <typename T>
  Json definition_of() const;
  template <std::size_t... I>
  Json op_types(std::index_sequence<I...>) const;

  Json& object_;
  Json& definitions_;
  int least_;
};

template <typename T>
Json Describe::type_of(const FieldRule& rule) const {
  if constexpr (std::is_same_v<T, bool>) {
    return {{"type", "boolean"}};
  } else if constexpr (std::is_same_v<T, std::string>) {
    return text_type(rule);
  } else if constexpr (std::is_enum_v<T>) {
    return {{"type", "string"}, {"enum", names_of<T>}};
  } else if constexpr (std::is_integral_v<T>) {
    FieldRule whole = rule;
    if (!rule.least && !rule.above) whole.least = least_;
    return number_type("integer", whole);
  } else if constexpr (std::is_floating_point_v<T>) {
    return number_type(rule.decimals == 0 ? "integer" : "number", rule);
  } else if constexpr (std::is_same_v<T, std::vector<std::pair<std::string, std::string>>>) {
    return {{"type", "object"}, {"additionalProperties", text_type({})}};
  } else if constexpr (IsDescribedVector<T>::value) {
    Json list{{"type", "array"}, {"items", type_of<typename T::value_type>(rule)}};
    if (rule.some) list["minItems"] = 1;
    if (rule.unique) list["uniqueItems"] = true;
    return list;
  } else {
    return definition_of<T>();
  }
}

/// A reference to the definition of `T`, which is added where it is missing.
template <typename T>
Json Describe::definition_of() const {
  static_assert(!kDefinition<T>.empty(), "a struct of the file needs a name in the schema");
  if (!definitions_.contains(kDefinition<T>)) {
    definitions_[kDefinition<T>] = nullptr;  // in the order of the file
    Json definition;
    if constexpr (std::is_same_v<T, Op>) {
      definition = {{"description", "The operation and its shape. One launch does it once."},
                    {"oneOf", op_types(std::make_index_sequence<std::variant_size_v<Op>>{})}};
    } else {
      const T none{};
      fields(none, Describe(definition, definitions_));
      definition = closed(std::move(definition));
    }
    definitions_[kDefinition<T>] = std::move(definition);
  }
  return {{"$ref", fmt::format("#/definitions/{}", kDefinition<T>)}};
}

template <std::size_t... I>
Json Describe::op_types(std::index_sequence<I...>) const {
  Json types = Json::array();
  const auto add_type = [&](const Op& op) {
    Json type;
    const Describe describe(type, definitions_, 1);
    describe.fixed("kind", family_of(op), {"The family of the operation."});
    std::visit([&](const auto& shape) { fields(shape, describe); }, op);
    types.push_back(closed(std::move(type)));
  };
  (add_type(Op(std::in_place_index<I>)), ...);
  return types;
}

/// Google Benchmark's objects may have further keys.
template <typename T>
Json open_object(const T& value, Json& definitions) {
  Json object;
  fields(value, Describe(object, definitions));
  return object;
}

}  // namespace

std::string result_schema() {
  Json definitions = Json::object();
  Json context = open_object(Record{}, definitions);
  context["not"] = {{"required", {"json_schema_version"}}};
  const Measurement none;
  Json entry = open_object(BenchmarkEntry{none}, definitions);
  const auto in_ours = [](const char* key, Json type) -> Json {
    return {{"properties", {{"gpugauge", {{"properties", {{key, std::move(type)}}}}}}}};
  };
  entry["if"] = in_ours("origin", {{"const", name_of(Origin::kMeasured)}});
  entry["then"] = in_ours("verification", {{"properties", {{"passed", {{"const", true}}}}}});
  const Json schema{
      {"$schema", "http://json-schema.org/draft-07/schema#"},
      {"title", "gpugauge result file"},
      {"description",
       "A Google Benchmark JSON file whose context and entries carry gpugauge's own part under the "
       "key gpugauge. Numbers have their unit in their name or description; none is NaN or "
       "infinite."},
      {"type", "object"},
      {"required", {"context", "benchmarks"}},
      {"properties",
       {{"context", std::move(context)},
        {"benchmarks",
         {{"type", "array"},
          {"description", "The cases that were measured and verified."},
          {"items", std::move(entry)}}}}},
      {"definitions", std::move(definitions)}};
  return format_readable(schema);
}

}  // namespace gpugauge
