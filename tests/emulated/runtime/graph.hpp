#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>

#include "tests/emulated/runtime/node.hpp"

namespace gpugauge::emulated {

cudaGraph_t make_graph(Nodes nodes);
/// Graphs and their executables that were not destroyed.
std::size_t graphs_alive();

/// The least period of the identities: [i] equals [i − period] for every i from `period` on.
std::size_t period_of(const std::vector<std::string_view>& identities);

}  // namespace gpugauge::emulated
