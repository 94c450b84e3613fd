#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include <cstring>

#include "tests/emulated/broken_rule.hpp"
#include "tests/emulated/card.hpp"
#include "tests/emulated/library_call.hpp"
#include "tests/emulated/runtime/accesses.hpp"
#include "tests/emulated/runtime/errors.hpp"
#include "tests/emulated/runtime/kernels.hpp"
#include "tests/emulated/runtime/memory.hpp"
#include "tests/emulated/runtime/stream.hpp"
#include "tests/emulated/runtime/time_model.hpp"

// What may be launched. Source: CUDA C++ Programming Guide, "Technical Specifications per Compute
// Capability", and the CUDA Runtime API under cudaLaunchKernelExC.
namespace gpugauge::emulated {
namespace {

class LaunchRules {
 public:
  LaunchRules(const Kernel& kernel, const cudaLaunchConfig_t& config)
      : call_(fmt::format("launch of {}", kernel.name)), kernel_(kernel), config_(config) {}

  void check() const {
    constexpr unsigned kMostBlocks = (1U << 31) - 1, kMostBlocksOther = 65535;
    const dim3 grid = config_.gridDim, block = config_.blockDim;
    require(grid.x >= 1 && grid.y >= 1 && grid.z >= 1, "no blocks");
    require(grid.x <= kMostBlocks && grid.y <= kMostBlocksOther && grid.z <= kMostBlocksOther,
            fmt::format("a grid of {}x{}x{} blocks", grid.x, grid.y, grid.z));
    require(block.y == 1 && block.z == 1, "blocks of more than one dimension are not emulated");
    require(block.x >= 1 && block.x <= Limits::kThreadsPerBlock,
            fmt::format("{} threads a block", block.x));
    check_registers();
    check_shared();
    for (unsigned i = 0; i < config_.numAttrs; ++i) check_attribute(config_.attrs[i]);
  }

  unsigned cluster() const {
    const auto* found = attribute(cudaLaunchAttributeClusterDimension);
    return found == nullptr ? 1 : found->val.clusterDim.x;
  }
  bool programmatic() const {
    const auto* found = attribute(cudaLaunchAttributeProgrammaticStreamSerialization);
    return found != nullptr && found->val.programmaticStreamSerializationAllowed != 0;
  }

 private:
  void require(bool holds, const std::string& rule) const {
    if (!holds) broken(call_, rule);
  }

  const cudaLaunchAttribute* attribute(cudaLaunchAttributeID id) const {
    for (unsigned i = 0; i < config_.numAttrs; ++i) {
      if (config_.attrs[i].id == id) return &config_.attrs[i];
    }
    return nullptr;
  }

  void check_registers() const {
    const int registers =
        registers_of_block(*kernel_.resources, static_cast<int>(config_.blockDim.x));
    require(registers <= Limits::kRegistersPerSm,
            fmt::format("{} threads of {} registers take {}, a block has {}", config_.blockDim.x,
                        kernel_.resources->registers, registers, Limits::kRegistersPerSm));
  }

  void check_shared() const {
    const auto dynamic = static_cast<int>(config_.dynamicSmemBytes);
    const int whole = dynamic + kernel_.resources->static_shared_bytes;
    require(whole <= card().limits.shared_bytes_opt_in,
            fmt::format("{} bytes of shared memory, the card has {}", whole,
                        card().limits.shared_bytes_opt_in));
    if (kernel_.dynamic_shared_bytes) {
      require(dynamic <= *kernel_.dynamic_shared_bytes,
              fmt::format("{} bytes of dynamic shared memory, {} were asked for", dynamic,
                          *kernel_.dynamic_shared_bytes));
    } else {
      // Whether what the system takes of each block counts is not told: none is left for it.
      const int most = Limits::kSharedBytesPerBlock - card().limits.shared_bytes_reserved;
      require(whole <= most, fmt::format("{} bytes of shared memory without asking for more than "
                                         "{} (cudaFuncAttributeMaxDynamicSharedMemorySize)",
                                         whole, most));
    }
  }

  void check_attribute(const cudaLaunchAttribute& attribute) const {
    switch (attribute.id) {
      case cudaLaunchAttributeProgrammaticStreamSerialization:
        require(card().limits.has_clusters, "a programmatic launch needs compute capability 9.0");
        return;
      case cudaLaunchAttributeClusterDimension: {
        const auto& extent = attribute.val.clusterDim;
        require(card().limits.has_clusters, "clusters need compute capability 9.0");
        require(extent.y == 1 && extent.z == 1, "clusters along y or z are not emulated");
        require(extent.x >= 1 && extent.x <= Limits::kBlocksPerCluster,
                fmt::format("a cluster of {} blocks, at most {} are portable", extent.x,
                            Limits::kBlocksPerCluster));
        require(config_.gridDim.x % extent.x == 0,
                fmt::format("clusters of {} do not divide {} blocks", extent.x, config_.gridDim.x));
        return;
      }
      default:
        require(false,
                fmt::format("launch attribute {} is not emulated", static_cast<int>(attribute.id)));
    }
  }

  std::string call_;
  const Kernel& kernel_;
  const cudaLaunchConfig_t& config_;
};

/// The bytes of a value, to tell nodes apart.
template <typename Value>
void append(std::string& identity, const Value& value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  identity.append(bytes, sizeof bytes);
}

std::string identity_of(const void* function, const LaunchShape& shape, bool programmatic,
                        const std::string& arguments) {
  std::string identity = "kernel";
  append(identity, function);
  for (const unsigned extent : {shape.blocks, shape.blocks_y, shape.blocks_z, shape.threads,
                                static_cast<unsigned>(shape.shared_bytes), shape.cluster}) {
    append(identity, extent);
  }
  append(identity, programmatic);
  return identity + arguments;
}

}  // namespace
}  // namespace gpugauge::emulated

using namespace gpugauge::emulated;  // NOLINT: the API below

cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t* config, const void* function,
                                void** arguments) {
  if (const cudaError_t error = driver_error()) return error;
  Kernel& kernel = kernel_of("cudaLaunchKernelExC", function);
  if (!kernel.resources) return failed(cudaErrorNoKernelImageForDevice);
  if (kernel.type == nullptr) broken("cudaLaunchKernelExC", kernel.name + " is of unknown type");
  const LaunchRules rules(kernel, *config);
  rules.check();
  ++kernel.launches;
  Node node{.kind = Node::Kind::kKernel, .name = kernel.name};
  node.run = kernel.type->bind(function, arguments);
  node.shape = {.blocks = config->gridDim.x,
                .blocks_y = config->gridDim.y,
                .blocks_z = config->gridDim.z,
                .threads = config->blockDim.x,
                .shared_bytes = static_cast<int>(config->dynamicSmemBytes),
                .cluster = rules.cluster()};
  node.programmatic = rules.programmatic();
  node.identity =
      identity_of(function, node.shape, node.programmatic, kernel.type->bytes(arguments));
  return enqueue("launch of " + kernel.name, config->stream, std::move(node));
}

int emulated_enqueue_library_call(void* stream, const LibraryCall& call) {
  Node node{.kind = Node::Kind::kLibrary, .name = call.name};
  node.identity = "library " + call.identity;
  node.run = [call] {
    for (const MemoryUse& use : call.reads) note_access(use.begin, use.bytes, false);
    for (const MemoryUse& use : call.writes) note_access(use.begin, use.bytes, true);
    call.run();
  };
  double bytes = 0;
  for (const auto* uses : {&call.reads, &call.writes}) {
    for (const MemoryUse& use : *uses) {
      if (use.bytes > 0 && !is_device_memory(use.begin, use.bytes)) {
        broken(call.name,
               fmt::format("{} bytes at {} are not in one allocation", use.bytes, use.begin));
      }
      bytes += static_cast<double>(use.bytes);
    }
  }
  node.model_us = std::max(memory_us(bytes), matrix_us(call.flops, call.operand_bytes));
  return enqueue(call.name, static_cast<cudaStream_t>(stream), std::move(node));
}
