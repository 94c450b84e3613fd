#pragma once

#include <gtest/gtest.h>

#include <string>

#include "kernels/ops/name_parts.hpp"
#include "kernels/ops/op.hpp"

namespace gpugauge::test {

/// The op is called that in a case name, and is read back from it as it was.
inline void expect_named(const Op& op, const std::string& name) {
  EXPECT_EQ(kind_path(op) + "/" + shape_path(op), name);
  NameParts parts(name);
  EXPECT_EQ(parse_op(parts), op) << name;
}

}  // namespace gpugauge::test
