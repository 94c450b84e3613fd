#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/device/cuda/cuda_device.hpp"
#include "kernels/fill.hpp"

namespace gpugauge {

/// A test on the first CUDA device; skipped, with the reason, where none can be opened.
class GpuTest : public testing::Test {
 protected:
  void SetUp() override {
    try {
      device_ = open_cuda_device(0, cuda_fill_kernel());
    } catch (const EnvironmentError& error) {
      GTEST_SKIP() << error.what();
    }
  }

  Device& device() { return *device_; }

  /// Whether it is a card in software (tests/emulated): kernels take 10^5 times as long there, and
  /// the times are modelled.
  bool emulated() { return device_->info().name.starts_with("emulated "); }
  static constexpr const char* kTooMuch = "takes too long on a card in software";
  static constexpr const char* kModelled = "the times of a card in software are modelled";

  /// The first on a card, the second on one in software: small shapes there.
  std::int64_t size(std::int64_t card, std::int64_t small) { return emulated() ? small : card; }
  std::vector<std::int64_t> sizes(std::vector<std::int64_t> card, std::vector<std::int64_t> small) {
    return emulated() ? small : card;
  }

  template <typename Element>
  std::vector<Element> fetch(const void* data, std::size_t count) {
    std::vector<Element> host(count);
    device_->copy_to_host(host.data(), data, static_cast<std::int64_t>(count * sizeof(Element)));
    return host;
  }

 private:
  std::unique_ptr<Device> device_;
};

}  // namespace gpugauge
