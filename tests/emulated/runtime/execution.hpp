#pragma once

#include "tests/emulated/runtime/stream.hpp"

namespace gpugauge::emulated {

/// Does what waits in the stream. Takes as long by the host's clock as the model says, or longer;
/// never returns where a kernel does not end.
void finish(Stream& stream);
/// The same, but false where a kernel does not end.
bool try_to_finish(Stream& stream);

}  // namespace gpugauge::emulated
