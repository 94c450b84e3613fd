#include "tests/emulated/runtime/graph.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "tests/emulated/broken_rule.hpp"
#include "tests/emulated/runtime/errors.hpp"
#include "tests/emulated/runtime/stream.hpp"

namespace gpugauge::emulated {
namespace {

struct Graph {
  Nodes nodes;
};

std::unordered_set<Graph*>& graphs() {
  static auto* all = new std::unordered_set<Graph*>;  // outlives those who destroy at the end
  return *all;
}
std::unordered_map<const void*, std::shared_ptr<Executable>>& executables() {
  static auto* all = new std::unordered_map<const void*, std::shared_ptr<Executable>>;
  return *all;
}

Graph& graph_of(const char* call, cudaGraph_t handle) {
  auto* graph = reinterpret_cast<Graph*>(handle);
  if (!graphs().contains(graph)) broken(call, "this is no graph");
  return *graph;
}

std::shared_ptr<Executable> executable_of(const char* call, cudaGraphExec_t handle) {
  const auto found = executables().find(handle);
  if (found == executables().end()) broken(call, "this is no executable graph");
  return found->second;
}

bool is_work(const std::shared_ptr<Node>& node) { return node->kind != Node::Kind::kEvent; }

/// Finds what it repeats between its events at the start and at the end. An event between makes all
/// of it one period.
void find_period(Executable& graph) {
  const Nodes& nodes = graph.nodes;
  const auto first = std::ranges::find_if(nodes, is_work);
  auto last = nodes.end();
  while (last != first && !is_work(*(last - 1))) --last;
  graph.first = static_cast<std::size_t>(first - nodes.begin());
  graph.period = static_cast<std::size_t>(last - first);
  if (!std::all_of(first, last, is_work)) return;
  std::vector<std::string_view> identities;
  std::transform(first, last, std::back_inserter(identities),
                 [](const auto& node) { return std::string_view(node->identity); });
  graph.period = period_of(identities);
}

}  // namespace

cudaGraph_t make_graph(Nodes nodes) {
  auto* graph = new Graph{std::move(nodes)};
  graphs().insert(graph);
  return reinterpret_cast<cudaGraph_t>(graph);
}

std::size_t graphs_alive() { return graphs().size() + executables().size(); }

std::size_t period_of(const std::vector<std::string_view>& identities) {
  // The longest border of each prefix, after Knuth, Morris and Pratt.
  std::vector<std::size_t> border(identities.size() + 1, 0);
  std::size_t length = 0;
  for (std::size_t i = 1; i < identities.size(); ++i) {
    while (length > 0 && identities[i] != identities[length]) length = border[length];
    if (identities[i] == identities[length]) ++length;
    border[i + 1] = length;
  }
  return identities.size() - border[identities.size()];
}

}  // namespace gpugauge::emulated

using namespace gpugauge::emulated;  // NOLINT: the API below

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t handle,
                                 unsigned long long flags) {
  if (const cudaError_t error = context_error()) return error;
  forbid_in_capture("cudaGraphInstantiate");
  if (flags != 0) broken("cudaGraphInstantiate", "flags are not emulated");
  auto made = std::make_shared<Executable>();
  made->nodes = graph_of("cudaGraphInstantiate", handle).nodes;
  made->uses_host_memory =
      std::ranges::any_of(made->nodes, [](const auto& node) { return node->uses_host_memory; });
  find_period(*made);
  *executable = reinterpret_cast<cudaGraphExec_t>(made.get());
  executables()[made.get()] = std::move(made);
  return cudaSuccess;
}

cudaError_t cudaGraphGetNodes(cudaGraph_t handle, cudaGraphNode_t* nodes, std::size_t* count) {
  if (const cudaError_t error = context_error()) return error;
  if (nodes != nullptr) broken("cudaGraphGetNodes", "the nodes themselves are not emulated");
  *count = graph_of("cudaGraphGetNodes", handle).nodes.size();
  return cudaSuccess;
}

cudaError_t cudaGraphUpload(cudaGraphExec_t executable, cudaStream_t stream) {
  if (const cudaError_t error = context_error()) return error;
  forbid_in_capture("cudaGraphUpload");
  (void)executable_of("cudaGraphUpload", executable);
  (void)stream_of("cudaGraphUpload", stream);
  return cudaSuccess;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t handle, cudaStream_t stream) {
  if (const cudaError_t error = context_error()) return error;
  forbid_in_capture("cudaGraphLaunch");
  auto executable = executable_of("cudaGraphLaunch", handle);
  for (const auto& node : executable->nodes) {
    if (node->event != nullptr) ++node->event->under_way;
  }
  stream_of("cudaGraphLaunch", stream).tasks.push_back({.node = nullptr, .graph = executable});
  return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t handle) {
  Graph& graph = graph_of("cudaGraphDestroy", handle);
  graphs().erase(&graph);
  delete &graph;
  return context_error();
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t handle) {
  (void)executable_of("cudaGraphExecDestroy", handle);
  executables().erase(handle);
  return context_error();
}
