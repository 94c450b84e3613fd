#pragma once

#include <optional>
#include <string>

#include "harness/analyze/step/engine_step.hpp"
#include "harness/device/device_info.hpp"

namespace gpugauge {

/// On Hopper engines run FlashAttention-3, which is not linked: our kernels stand in for it. A line
/// that calls the engine `library` pessimistic where a prefill's attention was measured so and is
/// slower than FlashAttention-3 is known to be; nothing elsewhere.
std::optional<std::string> pessimistic_attention(const DeviceInfo& device,
                                                 const EngineStep& library);

}  // namespace gpugauge
