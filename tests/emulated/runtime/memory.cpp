#include "tests/emulated/runtime/memory.hpp"

#include <cuda_runtime_api.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <map>
#include <new>

#include "tests/emulated/broken_rule.hpp"
#include "tests/emulated/library_call.hpp"
#include "tests/emulated/runtime/device.hpp"
#include "tests/emulated/runtime/errors.hpp"
#include "tests/emulated/runtime/stream.hpp"
#include "tests/emulated/switches.hpp"

namespace gpugauge::emulated {
namespace {

constexpr std::uintptr_t kRangeBytes = std::uintptr_t{1} << 40;
constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kLargePageBytes = std::size_t{2} << 20;
constexpr std::size_t kAlignment = 256;
// What a context takes of the memory; about what the driver takes on these cards.
constexpr std::size_t kContextBytes = std::size_t{600} << 20;
// Of a new allocation so much holds garbage; the rest zeros, which cost nothing.
constexpr std::size_t kGarbageBytes = std::size_t{64} << 20;
constexpr int kGarbage = 0xFB;

constexpr std::size_t round_up(std::size_t bytes, std::size_t to) {
  return (bytes + to - 1) / to * to;
}

/// Of large pages where the system has them: the memory is opened and closed for each launch, which
/// takes time for every page.
std::uintptr_t reserve_range() {
  void* range = mmap(nullptr, kRangeBytes + kLargePageBytes, PROT_NONE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (range == MAP_FAILED) std::abort();
  const std::uintptr_t begin = round_up(reinterpret_cast<std::uintptr_t>(range), kLargePageBytes);
  (void)madvise(reinterpret_cast<void*>(begin), kRangeBytes, MADV_HUGEPAGE);
  return begin;
}

/// What an allocation takes of the card: pages of 2 MiB, which small ones share.
constexpr std::size_t cost(std::size_t bytes) {
  constexpr std::size_t kMib = std::size_t{1} << 20;
  return bytes < kMib ? round_up(bytes, std::size_t{512}) : round_up(bytes, 2 * kMib);
}

struct Memory {
  std::map<std::uintptr_t, Allocation> allocations;  ///< by their end
  std::map<std::uintptr_t, std::size_t> pinned;      ///< by their begin
  std::uintptr_t next = 0;                           ///< offset of the next allocation's first page
  std::uintptr_t high = 0;                           ///< beyond the last page that was in use
  std::array<std::size_t, kMostDevices> used{};
  std::size_t peak = 0;
  int open = 0;
};
Memory& memory() {
  static auto* all = new Memory;  // outlives those who free at the end
  return *all;
}

std::size_t capacity() {
  const std::size_t card_bytes = static_cast<std::size_t>(card().memory_bytes) - kContextBytes;
  const auto& limit = switches().out_of_memory_bytes;
  return limit ? std::min(card_bytes, static_cast<std::size_t>(*limit)) : card_bytes;
}

void protect(int protection) {
  if (memory().high == 0) return;
  const std::size_t bytes = round_up(memory().high, kLargePageBytes);
  if (mprotect(reinterpret_cast<void*>(device_range.begin), bytes, protection) != 0) {
    std::abort();
  }
}

/// The host touched device memory: nothing can be thrown from here.
void on_fault(int signal, siginfo_t* info, void*) {
  if (device_range.contains(info->si_addr)) {
    constexpr char kMessage[] =
        "emulated card: broken rule: the host: touched device memory by its address\n";
    (void)!write(STDERR_FILENO, kMessage, sizeof kMessage - 1);
    _exit(kBrokenRuleStatus);
  }
  (void)::signal(signal, SIG_DFL);
}

void watch_the_host() {
  static const bool watches = [] {
    struct sigaction action {};
    action.sa_sigaction = on_fault;
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    return sigaction(SIGSEGV, &action, nullptr) == 0;
  }();
  (void)watches;
}

/// Addresses are used anew only when the range has come to its end, so that memory that was freed
/// is known as such for long.
char* take_addresses(std::size_t bytes) {
  Memory& all = memory();
  const std::uintptr_t need = round_up(kAlignment + bytes, kPageBytes) + kPageBytes;
  if (all.next + need > kRangeBytes) all.next = 0;
  while (true) {
    const auto after = all.allocations.upper_bound(device_range.begin + all.next);
    if (after == all.allocations.end()) break;
    const auto begin = reinterpret_cast<std::uintptr_t>(after->second.begin);
    if (begin - device_range.begin >= all.next + need) break;
    all.next = round_up(after->first - device_range.begin, kPageBytes) + kPageBytes;
    if (all.next + need > kRangeBytes) return nullptr;
  }
  const std::uintptr_t begin = device_range.begin + all.next + kAlignment;
  all.next += need;
  all.high = std::max(all.high, all.next);
  return reinterpret_cast<char*>(begin);
}

std::string described(const void* pointer) {
  return fmt::format("{} is not the beginning of an allocation", pointer);
}

}  // namespace

const DeviceRange device_range{reserve_range(), kRangeBytes};

const Allocation* allocation_at(const void* pointer) {
  const auto address = reinterpret_cast<std::uintptr_t>(pointer);
  const auto& all = memory().allocations;
  const auto after = all.upper_bound(address);
  if (after == all.end() || address < reinterpret_cast<std::uintptr_t>(after->second.begin)) {
    return nullptr;
  }
  return &after->second;
}

bool is_device_memory(const void* begin, std::size_t bytes) {
  const Allocation* found = allocation_at(begin);
  return found != nullptr && static_cast<const char*>(begin) + bytes <= found->begin + found->bytes;
}

bool is_pinned_memory(const void* begin, std::size_t bytes) {
  const auto address = reinterpret_cast<std::uintptr_t>(begin);
  const auto& all = memory().pinned;
  auto found = all.upper_bound(address);
  if (found == all.begin()) return false;
  --found;
  return address + bytes <= found->first + found->second;
}

DeviceMemoryOpen::DeviceMemoryOpen() {
  if (memory().open++ == 0) protect(PROT_READ | PROT_WRITE);
}
DeviceMemoryOpen::~DeviceMemoryOpen() {
  if (--memory().open == 0) protect(PROT_NONE);
}
bool device_memory_is_open() { return memory().open > 0; }

std::size_t peak_device_bytes() { return memory().peak; }

std::string memory_not_freed() {
  const Memory& all = memory();
  std::size_t bytes = 0;
  for (const auto& [end, allocation] : all.allocations) bytes += allocation.bytes;
  std::string text;
  if (bytes > 0) {
    text =
        fmt::format("{} bytes of device memory in {} allocations", bytes, all.allocations.size());
  }
  if (!all.pinned.empty()) {
    text += fmt::format("{}{} allocations of pinned memory", text.empty() ? "" : ", ",
                        all.pinned.size());
  }
  return text;
}

}  // namespace gpugauge::emulated

using namespace gpugauge::emulated;  // NOLINT: the API below

bool emulated_is_device_memory(const void* begin, std::size_t bytes) {
  return is_device_memory(begin, bytes);
}

cudaError_t cudaMalloc(void** pointer, std::size_t bytes) {
  if (const cudaError_t error = driver_error()) return error;
  forbid_in_capture("cudaMalloc");
  if (pointer == nullptr) broken("cudaMalloc", "no place for the pointer");
  *pointer = nullptr;
  if (bytes == 0) return cudaSuccess;
  Memory& all = memory();
  std::size_t& used = all.used.at(static_cast<std::size_t>(current_device()));
  if (used + cost(bytes) > capacity()) return failed(cudaErrorMemoryAllocation);
  char* begin = take_addresses(bytes);
  if (begin == nullptr) return failed(cudaErrorMemoryAllocation);
  watch_the_host();
  used += cost(bytes);
  all.peak = std::max(all.peak, used);
  all.allocations[reinterpret_cast<std::uintptr_t>(begin) + bytes] = {begin, bytes,
                                                                      current_device()};
  {
    const DeviceMemoryOpen open;
    std::memset(begin, kGarbage, std::min(bytes, kGarbageBytes));
  }
  *pointer = begin;
  return cudaSuccess;
}

cudaError_t cudaFree(void* pointer) {
  if (pointer == nullptr) return cudaSuccess;
  if (const cudaError_t error = context_error()) return error;
  forbid_in_capture("cudaFree");
  finish_all_streams();
  const Allocation* found = allocation_at(pointer);
  if (found == nullptr || found->begin != pointer) broken("cudaFree", described(pointer));
  Memory& all = memory();
  all.used.at(static_cast<std::size_t>(found->device)) -= cost(found->bytes);
  const std::size_t bytes = round_up(kAlignment + found->bytes, kPageBytes);
  all.allocations.erase(reinterpret_cast<std::uintptr_t>(found->begin) + found->bytes);
  (void)madvise(static_cast<char*>(pointer) - kAlignment, bytes, MADV_DONTNEED);
  return cudaSuccess;
}

cudaError_t cudaMemGetInfo(std::size_t* free_bytes, std::size_t* total_bytes) {
  if (const cudaError_t error = driver_error()) return error;
  *total_bytes = static_cast<std::size_t>(card().memory_bytes);
  *free_bytes = capacity() - memory().used.at(static_cast<std::size_t>(current_device()));
  return cudaSuccess;
}

cudaError_t cudaMallocHost(void** pointer, std::size_t bytes) {
  if (const cudaError_t error = driver_error()) return error;
  forbid_in_capture("cudaMallocHost");
  *pointer = nullptr;
  if (bytes == 0) return cudaSuccess;
  void* begin = ::operator new (bytes, std::align_val_t{kPageBytes}, std::nothrow);
  if (begin == nullptr) return failed(cudaErrorMemoryAllocation);
  std::memset(begin, kGarbage, std::min(bytes, kGarbageBytes));
  memory().pinned[reinterpret_cast<std::uintptr_t>(begin)] = bytes;
  *pointer = begin;
  return cudaSuccess;
}

cudaError_t cudaFreeHost(void* pointer) {
  if (pointer == nullptr) return cudaSuccess;
  if (const cudaError_t error = context_error()) return error;
  forbid_in_capture("cudaFreeHost");
  finish_all_streams();
  if (memory().pinned.erase(reinterpret_cast<std::uintptr_t>(pointer)) == 0) {
    broken("cudaFreeHost", described(pointer));
  }
  ::operator delete (pointer, std::align_val_t{kPageBytes});
  return cudaSuccess;
}
