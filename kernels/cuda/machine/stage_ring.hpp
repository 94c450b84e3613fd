#pragma once

namespace gpugauge {

/// A place in a ring of stages, and which time round it is: the parity that barriers go by.
template <int stages>
struct StageRing {
  int stage = 0;
  unsigned parity = 0;

  __device__ void advance() {
    if (++stage == stages) {
      stage = 0;
      parity ^= 1;
    }
  }
};

}  // namespace gpugauge
