#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "harness/record/record.hpp"

namespace gpugauge::test {

/// A measurement whose numbers are made up. `everything` sets all that a device may not know.
Measurement synthetic_measurement(const Op& op, bool everything);

/// An H100 that was never there: every optional set, every kind of op, every outcome.
Record synthetic_full_record();
/// A CPU that says next to nothing about itself.
Record synthetic_bare_record();

/// Compares every member of every struct; fails the test where one differs.
void expect_same(const Measurement& found, const Measurement& expected);
void expect_same(const Record& found, const Record& expected);

/// A folder of its own for a test, removed with everything in it.
class TempFolder {
 public:
  TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder();
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string text_of(const std::filesystem::path& file);
void write_text(const std::filesystem::path& file, std::string_view text);
/// How many files a folder holds.
std::size_t file_count(const std::filesystem::path& folder);

/// The message of the `Expected` that `action` throws; fails the test if it throws something else.
template <typename Expected, typename Action>
std::string message_of(const Action& action) {
  try {
    action();
  } catch (const Expected& error) {
    return error.what();
  } catch (const std::exception& error) {
    ADD_FAILURE() << "threw something else: " << error.what();
    return {};
  }
  ADD_FAILURE() << "threw nothing";
  return {};
}

}  // namespace gpugauge::test
