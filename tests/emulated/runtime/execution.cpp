#include "tests/emulated/runtime/execution.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <span>
#include <thread>
#include <utility>

#include "harness/device/device_wait.hpp"
#include "tests/emulated/activity.hpp"
#include "tests/emulated/broken_rule.hpp"
#include "tests/emulated/runtime/accesses.hpp"
#include "tests/emulated/runtime/device.hpp"
#include "tests/emulated/runtime/errors.hpp"
#include "tests/emulated/runtime/memory.hpp"
#include "tests/emulated/runtime/time_model.hpp"
#include "tests/emulated/switches.hpp"
#include "tests/simt/machine.hpp"
#include "tests/simt/schedule.hpp"
#include "tests/simt/work.hpp"

namespace gpugauge::emulated {
namespace {

/// Where each device stands.
struct Progress {
  double clock_us = 0;
  bool hangs = false;
};
Progress& progress_of(int device) {
  static std::array<Progress, kMostDevices> all;
  return all.at(static_cast<std::size_t>(device));
}

std::uint64_t memory_changes = 1;  ///< nodes that ran other than in a graph's repetition
std::uint32_t launches_numbered = 0;
std::int64_t kernels_launched = 0;  ///< for EMULATED_VANISH_AFTER

/// Launches that follow each other with programmatic edges: what the one before leaves open.
struct Previous {
  bool is_kernel = false;
  std::uint32_t number = 0;
  std::uint32_t early_from = 0, late_from = 0;
  bool early = false, waited = false, next_may_be_early_too = false;
};

constexpr int kXidPageFault = 31, kXidOffTheBus = 79;

class Execution {
 public:
  explicit Execution(int device) : device_(device), progress_(progress_of(device)) {}

  /// Does the nodes; stops where the context dies or a kernel does not end. `next` is what follows
  /// them.
  void run(std::span<const std::shared_ptr<Node>> nodes, const Node* next = nullptr) {
    for (std::size_t i = 0; i < nodes.size() && !stopped(); ++i) {
      const Node* following = i + 1 < nodes.size() ? nodes[i + 1].get() : next;
      run(*nodes[i], following != nullptr && is_kernel(*nodes[i]) && following->programmatic);
    }
  }

  void run(Executable& graph) {
    in_graph_ = true;
    repeat(graph);
    in_graph_ = false;
    graph.ran_at = memory_changes;
  }

 private:
  bool stopped() const { return progress_.hangs || context_error() != cudaSuccess; }

  void repeat(Executable& graph) {
    const Nodes& nodes = graph.nodes;
    const auto all = std::span<const std::shared_ptr<Node>>(nodes);
    const auto begin = graph.first, end = begin + graph.period;
    const bool unchanged = !graph.uses_host_memory && graph.ran_at == memory_changes;
    run(all.first(begin));
    if (!unchanged) {
      // The first of the repetition too where it may begin before the end of the period.
      const bool overlaps = end < nodes.size() && nodes[end]->programmatic;
      begin_period();
      run(all.subspan(begin, graph.period), overlaps ? nodes[end].get() : nullptr);
      open_memory();
      if (end_period_feeds_back()) {
        run(all.subspan(end));
        return;
      }
      if (overlaps && !stopped()) repeat_early(*nodes[end]);
    }
    for (std::size_t i = unchanged ? begin : end; i < nodes.size() && !stopped(); ++i) {
      if (nodes[i]->kind == Node::Kind::kEvent) {
        run(*nodes[i], false);
      } else {
        const std::size_t in_period = begin + (i - begin) % graph.period;
        nodes[i]->model_us = nodes[in_period]->model_us;
        pass_time(*nodes[i]);
      }
    }
  }

  void run(Node& node, bool next_is_early) {
    switch (node.kind) {
      case Node::Kind::kEvent:
        node.event->recorded = true;
        --node.event->under_way;
        node.event->at_us = progress_.clock_us;
        previous_ = {};  // who follows begins after it, programmatic or not
        return;
      case Node::Kind::kKernel:
        ++memory_changes;
        run_kernel(node, next_is_early);
        break;
      case Node::Kind::kLibrary:
      case Node::Kind::kCopy:
        ++memory_changes;
        run_other(node, next_is_early);
        break;
    }
    pass_time(node);
  }

  /// Runs it for the rules alone; its time is counted with the repetition.
  void repeat_early(Node& node) { run_kernel(node, false); }

  void pass_time(const Node& node) {
    const Switches& set = switches();
    progress_.clock_us += (node.model_us + gap_us(node.programmatic)) * scatter() * set.time_scale;
    if (!is_kernel(node)) return;
    if (set.vanish_after_launches && ++kernels_launched > *set.vanish_after_launches) {
      report_xid(device_, kXidOffTheBus);
      kill_context(cudaErrorUnknown);
    }
    if (!set.hang.empty() && node.name.find(set.hang) != std::string::npos) progress_.hangs = true;
    if (!set.crash.empty() && node.name.find(set.crash) != std::string::npos) {
      report_xid(device_, kXidPageFault);
      kill_context(cudaErrorIllegalAddress);
    }
  }

  void open_memory() {
    if (!open_) open_.emplace();
  }

  bool is_left_out(const Node& node) const {
    const std::string& planted = switches().graph_leaves_out;
    return in_graph_ && !planted.empty() && node.name.find(planted) != std::string::npos;
  }

  Order next_order(bool early, bool next_is_early) {
    Order order{.number = ++launches_numbered, .recorded = next_is_early || early};
    if (early) {
      order.early_from = previous_.next_may_be_early_too ? previous_.early_from : previous_.number;
      order.late_from =
          previous_.early && !previous_.waited ? previous_.early_from : previous_.late_from;
    }
    return order;
  }

  void run_kernel(Node& node, bool next_is_early) {
    if (is_left_out(node)) return;
    open_memory();
    const bool early = node.programmatic && previous_.is_kernel;
    const Order order = next_order(early, next_is_early);
    const double flops_before = simt::matrix_flops;
    const simt::ScheduleScope schedule(
        {simt::Schedule::Order::kShuffled, switches().seed + order.number});
    begin_accesses(order);
    simt::Machine machine(node.name.c_str(), node.shape, node.run,
                          early ? simt::Start::kEarly : simt::Start::kAfterPrevious);
    try {
      machine.run();
    } catch (const simt::Error& error) {
      (void)end_accesses();
      broken("kernel", error.what());
    }
    const Accesses accesses = end_accesses();
    require_none(node, accesses);
    const double loads_a_thread = accesses.loads / node.shape.threads / node.shape.blocks /
                                  node.shape.blocks_y / node.shape.blocks_z;
    node.model_us = std::max({memory_us(accesses.bytes), waiting_us(loads_a_thread),
                              matrix_us(simt::matrix_flops - flops_before, 2)});
    previous_ = {.is_kernel = true,
                 .number = order.number,
                 .early_from = order.early_from,
                 .late_from = order.late_from,
                 .early = early,
                 .waited = machine.waited_for_previous(),
                 .next_may_be_early_too = machine.next_may_be_early_too()};
  }

  void run_other(Node& node, bool next_is_early) {
    open_memory();
    begin_accesses(next_order(false, next_is_early));
    node.run();
    require_none(node, end_accesses());
    previous_ = {.is_kernel = is_kernel(node), .number = launches_numbered};
  }

  static void require_none(const Node& node, const Accesses& accesses) {
    if (!accesses.violation.empty()) broken("kernel " + node.name, accesses.violation);
  }

  int device_;
  Progress& progress_;
  Previous previous_;
  bool in_graph_ = false;
  std::optional<DeviceMemoryOpen> open_;  ///< from the first node that runs on
};

void run_tasks(Stream& stream) {
  const std::vector<Task> tasks = std::exchange(stream.tasks, {});
  Execution execution(stream.device);
  Nodes nodes;
  const auto run_nodes = [&] { execution.run(std::exchange(nodes, {})); };
  for (const Task& task : tasks) {
    if (task.node != nullptr) {
      nodes.push_back(task.node);
      continue;
    }
    run_nodes();
    if (context_error() != cudaSuccess || progress_of(stream.device).hangs) return;
    execution.run(*task.graph);
  }
  run_nodes();
}

}  // namespace

bool try_to_finish(Stream& stream) {
  using Clock = std::chrono::steady_clock;
  Progress& progress = progress_of(stream.device);
  if (progress.hangs) return false;
  if (stream.tasks.empty() || context_error() != cudaSuccess) return true;
  const Working working(stream.device);
  const auto start = Clock::now();
  const double start_us = progress.clock_us;
  run_tasks(stream);
  // A short wait is not worth a switch of threads.
  const std::chrono::duration<double, std::micro> modelled(progress.clock_us - start_us);
  constexpr std::chrono::microseconds kShort(50);
  if (start + modelled - Clock::now() > kShort) {
    std::this_thread::sleep_until(start + std::chrono::duration_cast<Clock::duration>(modelled));
  }
  return !progress.hangs;
}

void finish(Stream& stream) {
  // To emulate the work takes longer than the device does, by a factor that depends on the host:
  // whoever watches for kernels that never end counts from when one does not.
  { const DeviceWait ends; }
  if (try_to_finish(stream)) return;
  const DeviceWait never_ends;
  while (true) pause();
}

}  // namespace gpugauge::emulated
