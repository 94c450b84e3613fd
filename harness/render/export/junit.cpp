// The rules of JUnit XML as Ant writes it, which is the strictest of its readers: properties,
// system-out and system-err in every suite, times without exponent, a timestamp without a zone.
// They are those of tests/data/junit.xsd.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/analyze/step/origins.hpp"
#include "harness/render/export/export.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

struct Element {
  std::string name;
  std::vector<std::pair<const char*, std::string>> attributes = {};
  std::string text = {};
  std::vector<Element> children = {};
};

/// Of text without what XML 1.0 forbids: `printable`, and line feeds.
std::string xml_escaped(std::string_view text) {
  constexpr std::array<std::pair<char, std::string_view>, 5> kEntities{
      {{'<', "&lt;"}, {'>', "&gt;"}, {'&', "&amp;"}, {'"', "&quot;"}, {'\'', "&apos;"}}};
  std::string xml;
  for (const char c : text) {
    const auto* const found = std::find_if(kEntities.begin(), kEntities.end(),
                                           [c](const auto& entity) { return entity.first == c; });
    xml += found == kEntities.end() ? std::string_view(&c, 1) : found->second;
  }
  return xml;
}

void write(std::ostream& out, const Element& element, std::size_t indent = 0) {
  std::string text = fmt::format("{:{}}<{}", "", indent, element.name);
  for (const auto& [name, value] : element.attributes)
    fmt::format_to(std::back_inserter(text), " {}=\"{}\"", name, xml_escaped(printable(value)));
  if (element.text.empty() && element.children.empty()) {
    out << text << "/>\n";
    return;
  }
  out << text << '>' << xml_escaped(element.text);
  if (!element.children.empty()) {
    out << '\n';
    for (const Element& child : element.children) write(out, child, indent + 2);
    out << std::string(indent, ' ');
  }
  out << "</" << element.name << ">\n";
}

std::string_view outcome_of(AssessmentStatus status) {
  return status == AssessmentStatus::kFailed ? "failure" : name_of(status);
}

Element test_case(const Assessment& check) {
  Element test{.name = "testcase",
               .attributes = {{"name", check.name},
                              {"classname", "gpugauge." + check.group},
                              {"time", fmt::format("{:.6f}", check.seconds)}}};
  if (check.status == AssessmentStatus::kPassed) return test;
  Element& element =
      test.children.emplace_back(Element{.name = std::string(outcome_of(check.status)),
                                         .attributes = {{"message", check.message}},
                                         .text = printable(check.message)});
  if (check.status != AssessmentStatus::kSkipped)
    element.attributes.emplace_back("type", check.group);
  return test;
}

/// `2026-05-26T01:02:03Z` without its zone.
std::string local_form(std::string_view utc) {
  return std::string(utc.substr(0, std::string_view("2026-05-26T01:02:03").size()));
}

struct Counts {
  std::map<AssessmentStatus, int> by_status;
  double seconds = 0;
};

Counts count(std::span<const Assessment* const> checks) {
  Counts counts;
  for (const Assessment* check : checks) {
    ++counts.by_status[check->status];
    counts.seconds += check->seconds;
  }
  return counts;
}

/// What passed with something to know about it, a line each.
std::string remarks(std::span<const Assessment* const> checks) {
  std::string text;
  for (const Assessment* check : checks) {
    if (check->status == AssessmentStatus::kPassed && !check->message.empty())
      text += fmt::format("{}: {}\n", printable(check->name), printable(check->message));
  }
  return text;
}

Element suite(const Record& record, const std::string& group,
              std::span<const Assessment* const> checks, int id) {
  constexpr const char* kUnknownTime = "1970-01-01T00:00:00";
  const Provenance& p = record.provenance;
  Counts counts = count(checks);
  const auto with_status = [&](AssessmentStatus status) {
    return std::to_string(counts.by_status[status]);
  };
  const auto property = [](const char* name, const std::string& value) {
    return Element{.name = "property", .attributes = {{"name", name}, {"value", value}}};
  };
  Element node{
      .name = "testsuite",
      .attributes = {{"name", group},
                     {"package", "gpugauge"},
                     {"timestamp", p.sessions.empty() ? kUnknownTime
                                                      : local_form(p.sessions.front().started_utc)},
                     {"hostname", p.host_name.empty() ? "localhost" : p.host_name},
                     {"tests", std::to_string(checks.size())},
                     {"failures", with_status(AssessmentStatus::kFailed)},
                     {"errors", with_status(AssessmentStatus::kError)},
                     {"skipped", with_status(AssessmentStatus::kSkipped)},
                     {"time", fmt::format("{:.6f}", counts.seconds)},
                     {"id", std::to_string(id)}},
      .children = {{.name = "properties",
                    .children = {property("device", record.device.name), property("suite", p.suite),
                                 property("run_id", p.run_id),
                                 property("gpugauge_version", p.gpugauge_version),
                                 property("origin", origins_in(record))}}}};
  for (const Assessment* check : checks) node.children.push_back(test_case(*check));
  node.children.push_back({.name = "system-out", .text = remarks(checks)});
  node.children.push_back({.name = "system-err"});
  return node;
}

}  // namespace

void write_junit(std::ostream& out, const ExportInput& input) {
  std::map<std::string, std::vector<const Assessment*>> groups;
  for (const Assessment& check : input.assessments) groups[check.group].push_back(&check);
  Element suites{.name = "testsuites"};
  for (const auto& [group, checks] : groups)
    suites.children.push_back(
        suite(*input.record, group, checks, static_cast<int>(suites.children.size())));
  out << "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
  write(out, suites);
}

}  // namespace gpugauge
