#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/emulated/runtime/kernel_calls.hpp"

namespace gpugauge::emulated {

/// What the machine code of a kernel takes, on the card that is emulated.
struct Resources {
  int registers;            ///< a thread
  int static_shared_bytes;  ///< without what the system takes
};

struct Kernel {
  std::string name;  ///< as machine_code.csv has it
  const KernelType* type = nullptr;
  std::optional<Resources> resources;         ///< nothing where there is no code for this card
  std::optional<int> dynamic_shared_bytes{};  ///< the most that was asked for
  long launches = 0;
};

/// By its function; breaks a rule where that is none.
Kernel& kernel_of(const std::string& call, const void* function);
/// Those that were launched.
std::vector<const Kernel*> launched_kernels();

/// How many blocks of it a multiprocessor runs at once. Source: CUDA C++ Programming Guide,
/// "Technical Specifications per Compute Capability".
int resident_blocks(const Resources& resources, int threads, int dynamic_shared_bytes);
/// Registers that a block takes.
int registers_of_block(const Resources& resources, int threads);

}  // namespace gpugauge::emulated
