#pragma once

// Runs the source of CUDA kernels on the host: every thread is a fiber, every instruction of
// kernels/cuda/{intrinsics,hopper,wgmma}.hpp is done by its definition, under AddressSanitizer.
// A deadlock, lanes at different collectives, a misaligned access or a copy that nobody waited for
// throws simt::Error; an access beyond shared memory ends in AddressSanitizer's report.
//
//   #include "tests/simt/simt.hpp"           // first
//   #include "kernels/cuda/scale.cu"         // under GPUGAUGE_SIMT
//
//   TEST(ScaleKernel, Doubles) {
//     const std::vector<float> in{1, 2, 3};
//     const auto out = simt::in_all_schedules([&] {
//       std::vector<float> result(in.size(), NAN);
//       launch_scale(Stream{}, in.data(), result.data(), 3);
//       return result;
//     });
//     EXPECT_EQ(out, (std::vector<float>{2, 4, 6}));
//   }
//
// `in_all_schedules` throws where two schedules disagree in a bit: a barrier is missing, or memory
// was read that nobody wrote. With atomics in floating point that is allowed: there the body
// returns nothing and does its own checks.
//
// Not shown: races between accesses that no collective or wait separates in one thread, such as
// counting without an atomic (threads change only there), and the order in which other blocks see
// writes (blocks outside a cluster follow each other).

#include <array>
#include <cstring>
#include <string>
#include <type_traits>
#include <utility>

#include "tests/simt/cuda_names.hpp"
#include "tests/simt/launch.hpp"
#include "tests/simt/schedule.hpp"

namespace gpugauge::simt {

inline constexpr std::array<Schedule, 4> kSchedules{
    Schedule{Schedule::Order::kAscending, 0}, Schedule{Schedule::Order::kDescending, 1},
    Schedule{Schedule::Order::kShuffled, 2}, Schedule{Schedule::Order::kShuffled, 3}};

/// Throws Error at the first element of two vectors that differs in a bit.
template <typename Vector>
void require_same(const Vector& first, const Vector& other, const Schedule& schedule) {
  for (std::size_t i = 0; i < first.size() && i < other.size(); ++i) {
    if (std::memcmp(&first[i], &other[i], sizeof first[i]) != 0) {
      throw Error("element " + std::to_string(i) + " differs between the schedules ascending and " +
                  schedule.name() + ": a barrier is missing, or memory was read that nobody wrote");
    }
  }
  if (first.size() != other.size()) throw Error("schedules give results of different size");
}

/// Runs the body once a schedule. It returns nothing, or a vector that must be the same each time
/// and is given back.
template <typename Body>
auto in_all_schedules(Body body) {
  if constexpr (std::is_void_v<decltype(body())>) {
    for (const Schedule& schedule : kSchedules) {
      const ScheduleScope scope(schedule);
      body();
    }
  } else {
    auto first = [&] {
      const ScheduleScope scope(kSchedules[0]);
      return body();
    }();
    for (std::size_t i = 1; i < kSchedules.size(); ++i) {
      const ScheduleScope scope(kSchedules[i]);
      require_same(first, body(), kSchedules[i]);
    }
    return first;
  }
}

}  // namespace gpugauge::simt
