#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/plan/case.hpp"
#include "harness/plan/suite.hpp"
#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge::test {

/// Two layers of 64 with 4 heads, of 16, over 2 KV heads.
inline ModelConfig tiny_model() {
  ModelConfig model;
  model.name = "tiny";
  model.num_hidden_layers = 2;
  model.hidden_size = 64;
  model.intermediate_size = 128;
  model.num_attention_heads = 4;
  model.num_key_value_heads = 2;
  model.head_dim = 16;
  model.vocab_size = 256;
  return model;
}

/// A suite of one entry with these keys, run by `a`.
inline std::string one_entry(const std::string& keys) {
  return "name: s\ndescription: d\nentries:\n  - {implementations: [a], " + keys + "}\n";
}

/// What a suite's entry with these keys asks for, as in case names; of the model `tiny`.
inline std::vector<std::string> ops_of(const std::string& keys) {
  const TemporaryFolder folder;
  const Suite suite = load_suite(folder.write("s.yaml", one_entry(keys)), {"tiny"});
  std::vector<std::string> names;
  const SuiteEntry& entry = suite.entries.at(0);
  entry.make_ops(
      entry.models, [](const std::string&) { return tiny_model(); },
      [&](const Op& op, const std::string& model, const std::string& role) {
        const std::string whole = case_name({op, "a", {}, model, role});
        names.push_back(whole.substr(0, whole.rfind("/a/cold")));
      });
  return names;
}

/// The error of a suite with that entry.
inline std::string error_of_entry(const std::string& keys) {
  return TemporaryFolder().error_of([](const auto& file) { load_suite(file, {"tiny"}); }, "s.yaml",
                                    one_entry(keys));
}

}  // namespace gpugauge::test
