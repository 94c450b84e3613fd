#include "tests/emulated/runtime/symbols.hpp"

#include <cxxabi.h>
#include <elf.h>
#include <link.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <stdexcept>
#include <vector>

namespace gpugauge::emulated {
namespace {

void remove_all(std::string& text, std::string_view part) {
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at)) {
    text.erase(at, part.size());
  }
}

/// What is added to the addresses in the file.
std::uintptr_t load_address() {
  std::uintptr_t address = 0;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* result) {  // the program comes first
        *static_cast<std::uintptr_t*>(result) = info->dlpi_addr;
        return 1;
      },
      &address);
  return address;
}

std::vector<char> read_program() {
  std::ifstream file("/proc/self/exe", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

template <typename T>
const T* at(const std::vector<char>& file, std::uint64_t offset, std::uint64_t count) {
  if (offset + count * sizeof(T) > file.size()) throw std::runtime_error("/proc/self/exe is cut");
  return reinterpret_cast<const T*>(file.data() + offset);
}

struct RawSymbol {
  std::string mangled, file;
};

std::string demangled(const char* mangled) {
  const std::unique_ptr<char, void (*)(void*)> text(
      abi::__cxa_demangle(mangled, nullptr, nullptr, nullptr), std::free);
  return text == nullptr ? mangled : text.get();
}

std::map<const void*, RawSymbol> read_symbols() {
  const std::vector<char> file = read_program();
  const auto& header = *at<ElfW(Ehdr)>(file, 0, 1);
  const auto* sections = at<ElfW(Shdr)>(file, header.e_shoff, header.e_shnum);
  const std::uintptr_t base = load_address();
  std::map<const void*, RawSymbol> result;
  for (unsigned i = 0; i < header.e_shnum; ++i) {
    if (sections[i].sh_type != SHT_SYMTAB) continue;
    const auto count = sections[i].sh_size / sizeof(ElfW(Sym));
    const auto* symbols = at<ElfW(Sym)>(file, sections[i].sh_offset, count);
    const ElfW(Shdr)& names = sections[sections[i].sh_link];
    const char* text = at<char>(file, names.sh_offset, names.sh_size);
    std::string source;
    for (std::size_t s = 0; s < count; ++s) {
      const char* name = text + symbols[s].st_name;
      const auto type = ELF64_ST_TYPE(symbols[s].st_info);
      if (type == STT_FILE) source = name;
      if (type != STT_FUNC || symbols[s].st_shndx == SHN_UNDEF) continue;
      const bool local = ELF64_ST_BIND(symbols[s].st_info) == STB_LOCAL;
      result[reinterpret_cast<const void*>(base + symbols[s].st_value)] = {
          name, local ? source : std::string()};
    }
  }
  if (result.empty()) throw std::runtime_error("this program has no symbol table");
  return result;
}

}  // namespace

std::string short_name(std::string name) {
  if (name.starts_with("void ")) name.erase(0, 5);
  remove_all(name, "(anonymous namespace)::");
  remove_all(name, "gpugauge::");
  for (std::size_t i = name.find("> >"); i != std::string::npos; i = name.find("> >")) {
    name.erase(i + 1, 1);
  }
  if (!name.ends_with(')')) return name;
  int depth = 0;
  for (std::size_t i = name.size(); i-- > 0;) {
    if (name[i] == ')') ++depth;
    if (name[i] == '(' && --depth == 0) return name.substr(0, i);
  }
  return name;
}

Symbol symbol_of(const void* function) {
  static const std::map<const void*, RawSymbol> all = read_symbols();
  const auto found = all.find(function);
  if (found == all.end()) throw std::runtime_error("a kernel that is no function of this program");
  return {short_name(demangled(found->second.mangled.c_str())), found->second.file};
}

}  // namespace gpugauge::emulated
