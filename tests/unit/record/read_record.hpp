#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "harness/base/error.hpp"
#include "harness/record/reader.hpp"
#include "harness/record/writer.hpp"
#include "tests/unit/record/synthetic.hpp"

namespace gpugauge::test {

/// Writes a result file and reads it, or the message about it.
class ReadRecord : public testing::Test {
 protected:
  Record read_back(const Record& record, Detail detail = Detail::kSamples) {
    write_text(file_, format_result(record));
    return read_record(file_, detail);
  }
  /// The message about a file of this text, without the folder.
  std::string message_about(std::string_view text) {
    write_text(file_, text);
    return message();
  }
  /// The same for a good file in which the value at a JSON pointer was replaced.
  std::string message_about(const std::string& pointer, const nlohmann::ordered_json& value) {
    auto json = nlohmann::ordered_json::parse(format_result(synthetic_full_record()));
    json[nlohmann::ordered_json::json_pointer(pointer)] = value;
    return message_about(json.dump());
  }
  std::string message_without(const std::string& parent, const std::string& key) {
    auto json = nlohmann::ordered_json::parse(format_result(synthetic_full_record()));
    json[nlohmann::ordered_json::json_pointer(parent)].erase(key);
    return message_about(json.dump());
  }
  std::string message() {
    const std::string message = message_of<UsageError>([&] { read_record(file_); });
    const std::string folder = folder_.path().string() + "/";
    EXPECT_EQ(message.find(folder), 0U) << message;
    return message.substr(folder.size());
  }

  TempFolder folder_;
  std::filesystem::path file_ = folder_ / "x.json";
};

}  // namespace gpugauge::test
