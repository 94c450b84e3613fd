#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/base/enum_table.hpp"
#include "harness/base/of.hpp"
#include "kernels/ops/work.hpp"

namespace gpugauge {

/// A copy between host and device, or between two devices.
enum class TransferKind : std::uint8_t {
  kHostToDevice,
  kDeviceToHost,
  kHostToDevicePageable,
  kDeviceToHostPageable,
  kPeerToPeer,
};
template <>
struct EnumTable<TransferKind> {
  static constexpr std::array rows{
      EnumName{TransferKind::kHostToDevice, "host_to_device"},
      EnumName{TransferKind::kDeviceToHost, "device_to_host"},
      EnumName{TransferKind::kHostToDevicePageable, "host_to_device_pageable"},
      EnumName{TransferKind::kDeviceToHostPageable, "device_to_host_pageable"},
      EnumName{TransferKind::kPeerToPeer, "peer_to_peer"}};
};

struct Transfer {
  static constexpr std::string_view kFamily = "transfer";
  static constexpr bool kCrossesLink = true;

  TransferKind kind;
  std::int64_t bytes;

  Work work() const;
  std::string kind_path() const;
  std::string shape_path() const;
  static Transfer parse(NameParts& parts);
  std::int64_t* swept() { return &bytes; }
  auto operator<=>(const Transfer&) const = default;
};

void fields(Of<Transfer> auto& op, auto&& visit) {
  visit.about("A copy between host and device, or between two devices.");
  visit("operation", op.kind, {"Which; host memory is pinned unless it says pageable."});
  visit("bytes", op.bytes, {"Bytes of one copy."});
}

}  // namespace gpugauge
