#pragma once

namespace gpugauge {

/// The extents of a launch. `cluster` is along x.
struct LaunchShape {
  unsigned blocks = 1, blocks_y = 1, blocks_z = 1;
  unsigned threads = 1;
  int shared_bytes = 0;
  unsigned cluster = 1;
};

}  // namespace gpugauge
