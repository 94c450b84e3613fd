#include "harness/record/writer.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "harness/record/fields.hpp"
#include "harness/record/layout.hpp"

namespace gpugauge {
namespace {

using Json = nlohmann::ordered_json;

template <typename T>
Json encode(const T& value, int decimals);

/// The writing visitor of fields.hpp: adds to one JSON object.
class Put {
 public:
  explicit Put(Json& object) : object_(object) {}

  void about(std::string_view) const {}
  template <typename T>
  void operator()(const char* key, const T& value, const FieldRule& rule = {}) const {
    object_[key] = encode(value, rule.decimals);
  }
  template <typename T>
  void operator()(const char* key, const std::optional<T>& value,
                  const FieldRule& rule = {}) const {
    if (value) object_[key] = encode(*value, rule.decimals);
  }
  template <typename T>
  void constant(const char* key, const T& value, const FieldRule&) const {
    object_[key] = value;
  }
  template <typename T>
  void constant(const char* key, const std::optional<T>& value, const FieldRule&) const {
    if (value) object_[key] = *value;
  }
  template <typename T>
  void fixed(const char* key, const T& value, const FieldRule&) const {
    object_[key] = value;
  }
  template <typename T>
  void column(const char* key, const std::vector<T>& values, const FieldRule& rule) const {
    if (!values.empty()) object_[key] = encode(values, rule.decimals);
  }
  template <typename Visit>
  void group(const char* key, const Visit& visit) const {
    object_[key] = Json::object();
    visit(Put(object_[key]));
  }

 private:
  Json& object_;
};

template <typename T>
Json encode_fields(const T& value) {
  Json object = Json::object();
  fields(value, Put(object));
  return object;
}

Json encode_op(const Op& op) {
  Json object{{"kind", family_of(op)}};
  std::visit([&](const auto& shape) { fields(shape, Put(object)); }, op);
  return object;
}

Json encode_number(double value, int decimals) {
  if (decimals == FieldRule::kExact || !std::isfinite(value)) return value;
  if (decimals == 0) return std::llround(value);
  const double scale = std::pow(10.0, decimals);
  return std::round(value * scale) / scale;
}

template <typename T>
Json encode_list(const std::vector<T>& values, int decimals) {
  Json list = Json::array();
  for (const T& value : values) list.push_back(encode(value, decimals));
  return list;
}

template <typename T>
struct IsWrittenVector : std::false_type {};
template <typename T>
struct IsWrittenVector<std::vector<T>> : std::true_type {};

template <typename T>
Json encode(const T& value, int decimals) {
  if constexpr (std::is_floating_point_v<T>) {
    return encode_number(static_cast<double>(value), decimals);
  } else if constexpr (std::is_enum_v<T>) {
    return name_of(value);
  } else if constexpr (std::is_same_v<T, Op>) {
    return encode_op(value);
  } else if constexpr (std::is_same_v<T, std::vector<std::pair<std::string, std::string>>>) {
    Json object = Json::object();
    for (const auto& [key, text] : value) object[key] = text;
    return object;
  } else if constexpr (IsWrittenVector<T>::value) {
    return encode_list(value, decimals);
  } else if constexpr (std::is_class_v<T> && !std::is_same_v<T, std::string>) {
    return encode_fields(value);
  } else {
    return value;
  }
}

void require_finite(const Json& json, const std::string& what) {
  if (const auto where = find_non_finite(json))
    throw std::logic_error(fmt::format("{}: {} is not a finite number", what, where->substr(1)));
}

void require_verified(const Measurement& m) {
  if (m.origin == Origin::kMeasured && !m.verification.passed)
    throw std::logic_error(fmt::format("{}: measured, but not verified", m.name));
}

Json context_of(const Record& record) { return encode_fields(record); }

Json entry_of(const BenchmarkEntry& entry) {
  require_verified(entry.m);
  Json json = encode_fields(entry);
  require_finite(json, entry.m.name);
  return json;
}

std::string line_of(const Json& json, const std::string& what) {
  require_finite(json, what);
  return format_compact(json) + '\n';
}

Json result_of(const Record& record) {
  std::map<std::string_view, std::size_t> families;
  std::map<std::string_view, int> repetitions;
  for (const Measurement& m : record.measurements) {
    families.try_emplace(m.name, families.size());
    ++repetitions[m.name];
  }
  Json file{{"context", context_of(record)}, {"benchmarks", Json::array()}};
  require_finite(file, "result file");
  for (const Measurement& m : record.measurements)
    file["benchmarks"].push_back(entry_of({m, families.at(m.name), repetitions.at(m.name)}));
  return file;
}

}  // namespace

std::string format_result(const Record& record) { return format_readable(result_of(record)); }

std::string format_google_benchmark(const Record& record) {
  Json file = result_of(record);
  file["context"].erase("gpugauge");
  for (Json& entry : file["benchmarks"]) {
    const auto origin = from_name<Origin>(entry["gpugauge"].value("origin", std::string()));
    if (origin && *origin != Origin::kMeasured) entry["label"] = row_of(*origin).words;
    entry.erase("gpugauge");
  }
  return format_readable(file);
}

std::string format_journal_header(const Record& record) {
  const Json header{{"gpugauge_journal", Record::kSchemaVersion}, {"context", context_of(record)}};
  return line_of(header, "journal");
}

std::string format_journal_line(const Measurement& m) {
  require_verified(m);
  const Json entry{
      {"name", m.name}, {"repetition_index", m.repetition}, {"gpugauge", encode_fields(m)}};
  return line_of({{"benchmark", entry}}, m.name);
}

std::string format_journal_line(const NotMeasured& not_measured) {
  return line_of({{"not_measured", encode_fields(not_measured)}}, not_measured.name);
}

std::string format_journal_line(const Session& session) {
  return line_of({{"session", encode_fields(session)}}, "session");
}

std::string format_journal_started(const std::string& name) {
  return line_of({{"started", name}}, name);
}

std::string format_journal_again(const std::string& name) {
  return line_of({{"again", name}}, name);
}

std::string format_journal_interrupted(const std::string& name) {
  return line_of({{"interrupted", name}}, name);
}

std::string format_journal_line(const LostCandidate& lost) {
  const Json entry{{"case", lost.case_name}, {"candidate", lost.candidate}, {"how", lost.how}};
  return line_of({{"lost_candidate", entry}}, lost.case_name);
}

}  // namespace gpugauge
