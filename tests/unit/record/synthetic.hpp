#pragma once

#include <gtest/gtest.h>

#include <string>

#include "harness/record/record.hpp"
#include "tests/unit/record/temp_folder.hpp"

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
