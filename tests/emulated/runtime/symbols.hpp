#pragma once

#include <string>

namespace gpugauge::emulated {

/// A function of this program, by its symbol table.
struct Symbol {
  std::string name;  ///< as machine_code.csv has it: without namespaces and parameters
  std::string file;  ///< `gemm_mma.cu`; empty where the linker does not tell
};

/// Throws std::runtime_error where there is no such function, or no symbol table.
Symbol symbol_of(const void* function);

/// `attention_decode::kernel<attention_decode::Bf16Cache, 128, 1>` of what a demangler prints.
std::string short_name(std::string demangled);

}  // namespace gpugauge::emulated
