#pragma once

namespace gpugauge {

/// A sample's telemetry may have been read that long before. An answer of NVML can take longer than
/// a short sample, and waiting for it between samples would let the card cool.
inline constexpr double kOldestTelemetrySeconds = 0.02;

}  // namespace gpugauge
