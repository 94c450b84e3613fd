#include "harness/history/index_file.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <concepts>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>

#include "harness/base/error.hpp"
#include "harness/base/text_file.hpp"
#include "harness/config/iso_date.hpp"
#include "harness/record/file.hpp"
#include "harness/record/node.hpp"

namespace gpugauge {
namespace {

constexpr std::uint64_t kVersion =
    4;  // 2: the card's errors; 3: what no silicon can do; 4: versions
constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();

/// The keys of an entry, once for both directions.
void fields(auto& run, auto&& visit) {
  visit("file", run.file);
  visit("bytes", run.file_bytes);
  visit("modified_ns", run.modified_ns);
  visit("sha256", run.sha256);
  visit("run_id", run.run_id);
  visit("night", run.night);
  visit("started_utc", run.started_utc);
  visit("host", run.host);
  visit("card", run.card);
  visit("sku", run.sku);
  visit("device", run.device);
  visit("versions", run.versions);
  visit("driver_major", run.driver_major);
  visit("clock_policy", run.clock_policy);
  visit("suite", run.suite);
  visit("other_processes", run.other_processes);
  visit("pcie_generation", run.pcie_generation);
  visit("pcie_width", run.pcie_width);
  visit("card_errors", run.card_errors);
}

/// The columns of its cases.
void columns(auto&& visit) {
  visit("case", &CaseEntry::name);
  visit("semantics", &CaseEntry::semantics_version);
  visit("time_ns", &CaseEntry::time_ns);
  visit("clock_mhz", &CaseEntry::clock_mhz);
  visit("flags", &CaseEntry::flags);
  visit("throttle", &CaseEntry::throttle);
}

std::string json_text(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

class Writer {
 public:
  explicit Writer(std::string& text) : text_(text) {}
  void operator()(std::string_view key, const std::string& value) { raw(key, json_text(value)); }
  void operator()(std::string_view key, const std::optional<int>& value) {
    if (value) raw(key, fmt::to_string(*value));
  }
  void operator()(std::string_view key, const Versions& versions) {
    std::string object = "{";
    for (const auto& [name, version] : versions)
      object +=
          fmt::format("{}{}:{}", object.size() > 1 ? "," : "", json_text(name), json_text(version));
    raw(key, object + "}");
  }
  template <std::integral Number>
  void operator()(std::string_view key, Number value) {
    raw(key, fmt::to_string(value));
  }
  void raw(std::string_view key, std::string_view value) {
    fmt::format_to(std::back_inserter(text_), "{}\"{}\":{}", text_.back() == '\n' ? "{" : ",", key,
                   value);
  }

 private:
  std::string& text_;
};

void append_run(const RunEntry& run, std::string& text) {
  fields(run, Writer(text));
  columns([&](std::string_view key, auto member) {
    fmt::format_to(std::back_inserter(text), ",\"{}\":[", key);
    for (const CaseEntry& c : run.cases)
      fmt::format_to(std::back_inserter(text), "{}{}", &c == run.cases.data() ? "" : ",",
                     c.*member);
    text += ']';
  });
  fmt::format_to(std::back_inserter(text), ",\"failed\":[{}]}}\n", fmt::join(run.failed, ","));
}

class Reader {
 public:
  explicit Reader(const Node& line) : line_(line) {}
  void operator()(std::string_view key, std::string& value) { value = line_.at(key).text(); }
  void operator()(std::string_view key, std::optional<int>& value) {
    if (const auto found = line_.find(key))
      value = static_cast<int>(found->whole(std::numeric_limits<int>::max()));
  }
  void operator()(std::string_view key, Versions& versions) {
    const Node object = line_.at(key);
    object.each_member([&](std::string_view name, const Node& version) {
      versions.emplace_back(name, version.text());
    });
  }
  void operator()(std::string_view key, bool& value) { value = line_.at(key).boolean(); }
  template <std::integral Number>
  void operator()(std::string_view key, Number& value) {
    value = static_cast<Number>(line_.at(key).whole(kMost));
  }

 private:
  const Node& line_;
};

void set(const Node& node, double& value) { value = node.number(); }
void set(const Node& node, float& value) { value = static_cast<float>(node.number()); }
template <std::integral Number>
void set(const Node& node, Number& value) {
  value = static_cast<Number>(
      node.whole(static_cast<std::uint64_t>(std::numeric_limits<Number>::max())));
}

RunEntry read_run(const Node& line, std::size_t name_count) {
  RunEntry run;
  fields(run, Reader(line));
  if (!is_iso_date(run.night)) line.at("night").fail("is not a date");
  run.cases.resize(line.at("case").list_size());
  columns([&](std::string_view key, auto member) {
    const Node column = line.at(key);
    if (column.list_size() != run.cases.size()) column.fail("has another length than 'case'");
    auto entry = run.cases.begin();
    column.each([&](const Node& value) { set(value, (*entry++).*member); });
  });
  const Node failed = line.at("failed");
  failed.each([&](const Node& name) { set(name, run.failed.emplace_back()); });
  for (const std::uint32_t name : run.failed) {
    if (name >= name_count) failed.fail("names a case that there is not");
  }
  for (const CaseEntry& c : run.cases) {
    if (c.name >= name_count || !(c.time_ns > 0)) line.fail("names a case that there is not");
  }
  return run;
}

}  // namespace

std::string format_index(const HistoryIndex& index) {
  std::string text = fmt::format("{{\"gpugauge_history_index\":{},\"files\":{},\"cases\":[",
                                 kVersion, index.runs.size());
  for (const std::string& name : index.names.all()) {
    if (text.back() != '[') text += ',';
    text += json_text(name);
  }
  text += "]}\n";
  for (const RunEntry& run : index.runs) append_run(run, text);
  return text;
}

void write_index(const std::filesystem::path& folder, const HistoryIndex& index) {
  replace_file(folder / kIndexName, format_index(index));
}

HistoryIndex read_index(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / kIndexName;
  std::string text = read_text_file(path);
  const std::size_t bytes = text.size();
  text.append(simdjson::SIMDJSON_PADDING, '\0');
  HistoryIndex index;
  simdjson::dom::parser parser;
  std::size_t number = 0;
  std::uint64_t files = 0;
  for (std::size_t begin = 0; begin < bytes;) {
    const std::string where = fmt::format("{}:{}", path.string(), ++number);
    const std::size_t end = text.find('\n', begin);
    simdjson::dom::element value;
    if (end == std::string::npos || end >= bytes ||
        parser.parse(text.data() + begin, end - begin, false).get(value) != simdjson::SUCCESS)
      throw UsageError(fmt::format("{}: the line is incomplete", where));
    const Node line(where, value);
    if (number == 1) {
      if (line.at("gpugauge_history_index").whole(kMost) != kVersion)
        line.fail("is of another version");
      files = line.at("files").whole(kMost);
      const Node cases = line.at("cases");
      cases.each([&](const Node& name) { index.names.id_of(name.text()); });
    } else {
      index.runs.push_back(read_run(line, index.names.all().size()));
    }
    begin = end + 1;
  }
  if (number == 0 || index.runs.size() != files)
    throw UsageError(
        fmt::format("{}: has {} of {} files", path.string(), index.runs.size(), files));
  return index;
}

}  // namespace gpugauge
