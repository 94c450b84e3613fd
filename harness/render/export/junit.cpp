// The rules of JUnit XML as Ant writes it, which is the strictest of its readers: properties,
// system-out and system-err in every suite, times without exponent, a timestamp without a zone.
// They are those of tests/data/junit.xsd.

#include <fmt/format.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <map>

#include "harness/render/export/export.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

using Tree = boost::property_tree::ptree;

void set(Tree& node, const char* attribute, std::string_view value) {
  node.put(fmt::format("<xmlattr>.{}", attribute), printable(value));
}

void add_outcome(Tree& test, const Assessment& check, const char* element) {
  Tree& outcome = test.add(element, printable(check.message));
  set(outcome, "message", check.message);
  if (check.status != AssessmentStatus::kSkipped) set(outcome, "type", check.group);
}

Tree test_case(const Assessment& check) {
  Tree test;
  set(test, "name", check.name);
  set(test, "classname", "gpugauge." + check.group);
  set(test, "time", fmt::format("{:.6f}", check.seconds));
  switch (check.status) {
    case AssessmentStatus::kFailed:
      add_outcome(test, check, "failure");
      break;
    case AssessmentStatus::kError:
      add_outcome(test, check, "error");
      break;
    case AssessmentStatus::kSkipped:
      add_outcome(test, check, "skipped");
      break;
    case AssessmentStatus::kPassed:
      break;
  }
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

Tree suite(const Record& record, const std::string& group,
           std::span<const Assessment* const> checks) {
  constexpr const char* kUnknownTime = "1970-01-01T00:00:00";
  const Provenance& p = record.provenance;
  Counts counts = count(checks);
  Tree node;
  set(node, "name", group);
  set(node, "package", "gpugauge");
  set(node, "timestamp",
      p.sessions.empty() ? kUnknownTime : local_form(p.sessions.front().started_utc));
  set(node, "hostname", p.host_name.empty() ? "localhost" : p.host_name);
  set(node, "tests", std::to_string(checks.size()));
  set(node, "failures", std::to_string(counts.by_status[AssessmentStatus::kFailed]));
  set(node, "errors", std::to_string(counts.by_status[AssessmentStatus::kError]));
  set(node, "skipped", std::to_string(counts.by_status[AssessmentStatus::kSkipped]));
  set(node, "time", fmt::format("{:.6f}", counts.seconds));
  Tree& properties = node.add("properties", "");
  const auto add_property = [&](const char* name, std::string_view value) {
    Tree& property = properties.add("property", "");
    set(property, "name", name);
    set(property, "value", value);
  };
  add_property("device", record.device.name);
  add_property("suite", p.suite);
  add_property("run_id", p.run_id);
  add_property("gpugauge_version", p.gpugauge_version);
  for (const Assessment* check : checks) node.add_child("testcase", test_case(*check));
  node.add("system-out", remarks(checks));
  node.add("system-err", "");
  return node;
}

}  // namespace

void write_junit(std::ostream& out, const ExportInput& input) {
  std::map<std::string, std::vector<const Assessment*>> groups;
  for (const Assessment& check : input.assessments) groups[check.group].push_back(&check);
  Tree file;
  Tree& suites = file.add("testsuites", "");
  int id = 0;
  for (const auto& [group, checks] : groups) {
    Tree& node = suites.add_child("testsuite", suite(*input.record, group, checks));
    set(node, "id", std::to_string(id++));
  }
  boost::property_tree::write_xml(out, file,
                                  boost::property_tree::xml_writer_settings<std::string>(' ', 2));
}

}  // namespace gpugauge
