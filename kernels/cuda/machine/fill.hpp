#pragma once

#include <cstdint>

#include "harness/base/case_options.hpp"
#include "harness/base/dtype.hpp"
#include "harness/device/stream.hpp"

namespace gpugauge {

/// Throws EnvironmentError if the program holds no code for the calling thread's device.
void check_kernel_image();

/// Fills `count` elements of `dtype` with the values that `store_random` gives for `seed`.
/// Asynchronous.
void fill_random(Stream stream, void* data, DType dtype, std::int64_t count, Distribution values,
                 std::uint64_t seed);

}  // namespace gpugauge
