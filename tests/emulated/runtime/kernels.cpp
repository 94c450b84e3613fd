#include "tests/emulated/runtime/kernels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <stdexcept>
#include <unordered_map>

#include "tests/emulated/broken_rule.hpp"
#include "tests/emulated/card.hpp"
#include "tests/emulated/runtime/errors.hpp"
#include "tests/emulated/runtime/symbols.hpp"

namespace gpugauge::emulated {
namespace {

/// Of kernels that are no product's, which only tests have.
constexpr Resources kOfTests{.registers = 32, .static_shared_bytes = 0};

std::unordered_map<const void*, Kernel>& kernels() {
  static auto* all = new std::unordered_map<const void*, Kernel>;
  return *all;
}

/// One line of tests/data/machine_code.csv, whose second field may stand in quotes.
std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

struct Code {
  std::string architecture;
  Resources resources;
};
using CodesByKernel = std::map<std::string, std::vector<Code>>;

/// By file and name with a space between.
const CodesByKernel& machine_code() {
  static const CodesByKernel all = [] {
    CodesByKernel codes;
    std::ifstream file(GPUGAUGE_MACHINE_CODE);
    for (std::string line; std::getline(file, line);) {
      const auto fields = fields_of(line);
      if (fields.size() != 5 || fields[0] == "file") continue;
      const std::string& architecture = fields[2];
      const bool reserves = architecture == "sm_90a" || architecture == "sm_100";
      codes[fields[0] + " " + fields[1]].push_back(
          {architecture, {std::stoi(fields[3]), std::stoi(fields[4]) - (reserves ? 1024 : 0)}});
    }
    if (codes.empty()) throw std::runtime_error("cannot read " GPUGAUGE_MACHINE_CODE);
    return codes;
  }();
  return all;
}

/// What the driver takes of what the program holds, by CMakeLists.txt: the code of the card's own
/// architecture, that of an older one of the same generation, or the PTX for 8.9.
std::vector<std::string> architectures_for(int compute_capability) {
  switch (compute_capability) {
    case 80:
    case 86:
      return {"sm_80"};
    case 89:
      return {"sm_89"};
    case 90:
      return {"sm_90a", "sm_89"};
    case 100:
      return {"sm_100", "sm_89"};
    default:
      return compute_capability > 89 ? std::vector<std::string>{"sm_89"}
                                     : std::vector<std::string>{};
  }
}

std::optional<Resources> resources_of(const Symbol& symbol) {
  const auto found = machine_code().find(symbol.file + " " + symbol.name);
  if (found == machine_code().end()) {
    if (!symbol.file.ends_with(".cu")) return kOfTests;
    throw std::runtime_error(fmt::format("{} has no line for {} of {}", GPUGAUGE_MACHINE_CODE,
                                         symbol.name, symbol.file));
  }
  const std::vector<Code>& codes = found->second;
  const bool only_hopper =
      std::ranges::all_of(codes, [](const Code& code) { return code.architecture == "sm_90a"; });
  for (const std::string& architecture : architectures_for(card().limits.compute_capability)) {
    if (only_hopper && architecture != "sm_90a") break;
    const auto code = std::ranges::find(codes, architecture, &Code::architecture);
    if (code != codes.end()) return code->resources;
  }
  return std::nullopt;
}

constexpr int round_up(int value, int to) { return (value + to - 1) / to * to; }

void allow_dynamic_shared(Kernel& kernel, int bytes) {
  const int most = card().limits.shared_bytes_opt_in - kernel.resources->static_shared_bytes;
  if (bytes < 0 || bytes > most) {
    broken("cudaFuncSetAttribute",
           fmt::format("{} bytes of dynamic shared memory for {}, the card allows {}", bytes,
                       kernel.name, most));
  }
  kernel.dynamic_shared_bytes = bytes;
}

}  // namespace

void register_kernel(const void* function, const KernelType& type) {
  kernel_of("register_kernel", function).type = &type;
}

Kernel& kernel_of(const std::string& call, const void* function) {
  const auto found = kernels().find(function);
  if (found != kernels().end()) return found->second;
  try {
    const Symbol symbol = symbol_of(function);
    return kernels()
        .emplace(function, Kernel{.name = symbol.name, .resources = resources_of(symbol)})
        .first->second;
  } catch (const std::runtime_error& error) {
    broken(call, error.what());
  }
}

std::vector<const Kernel*> launched_kernels() {
  std::vector<const Kernel*> launched;
  for (const auto& [function, kernel] : kernels()) {
    if (kernel.launches > 0) launched.push_back(&kernel);
  }
  std::ranges::sort(launched, {}, &Kernel::name);
  return launched;
}

int registers_of_block(const Resources& resources, int threads) {
  constexpr int kUnit = 256;  // of a warp
  return round_up(resources.registers * 32, kUnit) * ((threads + 31) / 32);
}

int resident_blocks(const Resources& resources, int threads, int dynamic_shared_bytes) {
  const Limits& limits = card().limits;
  const int whole_warps = round_up(threads, 32);
  const int shared =
      resources.static_shared_bytes + dynamic_shared_bytes + limits.shared_bytes_reserved;
  int blocks = std::min(limits.blocks_per_sm, limits.threads_per_sm / whole_warps);
  blocks = std::min(blocks, Limits::kRegistersPerSm / registers_of_block(resources, threads));
  if (shared > 0) blocks = std::min(blocks, limits.shared_bytes_per_sm / shared);
  return blocks;
}

}  // namespace gpugauge::emulated

using namespace gpugauge::emulated;  // NOLINT: the API below

cudaError_t cudaFuncSetAttribute(const void* function, cudaFuncAttribute attribute, int value) {
  if (const cudaError_t error = driver_error()) return error;
  Kernel& kernel = kernel_of("cudaFuncSetAttribute", function);
  if (!kernel.resources) return failed(cudaErrorNoKernelImageForDevice);
  switch (attribute) {
    case cudaFuncAttributeMaxDynamicSharedMemorySize:
      allow_dynamic_shared(kernel, value);
      return cudaSuccess;
    case cudaFuncAttributePreferredSharedMemoryCarveout:
      if (value < -1 || value > 100) {
        broken("cudaFuncSetAttribute", fmt::format("a carveout of {} percent", value));
      }
      return cudaSuccess;
    default:
      broken("cudaFuncSetAttribute",
             fmt::format("attribute {} is not emulated", static_cast<int>(attribute)));
  }
}

cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, const void* function) {
  if (const cudaError_t error = driver_error()) return error;
  const Kernel& kernel = kernel_of("cudaFuncGetAttributes", function);
  if (!kernel.resources) return failed(cudaErrorNoKernelImageForDevice);
  *attributes = {};
  attributes->numRegs = kernel.resources->registers;
  attributes->sharedSizeBytes = static_cast<std::size_t>(kernel.resources->static_shared_bytes);
  attributes->maxThreadsPerBlock = Limits::kThreadsPerBlock;
  return cudaSuccess;
}

cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, const void* function,
                                                          int threads,
                                                          std::size_t dynamic_shared_bytes) {
  if (const cudaError_t error = driver_error()) return error;
  const Kernel& kernel = kernel_of("cudaOccupancyMaxActiveBlocksPerMultiprocessor", function);
  if (!kernel.resources) return failed(cudaErrorNoKernelImageForDevice);
  if (threads < 1 || threads > Limits::kThreadsPerBlock) {
    broken("cudaOccupancyMaxActiveBlocksPerMultiprocessor",
           fmt::format("{} threads a block", threads));
  }
  *blocks = resident_blocks(*kernel.resources, threads, static_cast<int>(dynamic_shared_bytes));
  return cudaSuccess;
}
