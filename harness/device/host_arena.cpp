#include "harness/device/host_arena.hpp"

#include <fmt/format.h>
#include <omp.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "harness/base/byte_size.hpp"
#include "harness/base/error.hpp"
#include "harness/base/text_file.hpp"
#include "harness/base/units.hpp"
#include "harness/device/static_partition.hpp"

namespace gpugauge {
namespace {

constexpr std::int64_t kHugePage = std::int64_t{2} << 20;

std::int64_t whole_huge_pages(std::int64_t bytes) {
  return (std::max<std::int64_t>(bytes, 1) + kHugePage - 1) / kHugePage * kHugePage;
}

[[noreturn]] void throw_out_of_memory(std::int64_t bytes, const std::string& reason) {
  throw OutOfMemory(
      fmt::format("cpu: cannot allocate {}: {}", format_bytes(as_double(bytes)), reason));
}

}  // namespace

/// Of RLIMIT_AS, less what the process has already, half: libraries and results need addresses,
/// too. Nothing where there is no limit.
std::optional<std::int64_t> addresses_left() {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  const double used =
      read_number("/proc/self/statm").value_or(0) * static_cast<double>(sysconf(_SC_PAGESIZE));
  return static_cast<std::int64_t>(std::max(static_cast<double>(limit.rlim_cur) - used, 0.0) / 2);
}

/// The addresses, and which of them are free.
class HostArena::Region {
 public:
  Region(std::int64_t address_bytes, AvailableBytes available_bytes)
      : available_bytes_(std::move(available_bytes)),
        limit_(addresses_left()),
        mapped_bytes_(whole_huge_pages(std::min(address_bytes, limit_.value_or(address_bytes))) +
                      kHugePage) {
    mapped_ = mmap(nullptr, static_cast<std::size_t>(mapped_bytes_), PROT_NONE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped_ == MAP_FAILED) throw_out_of_memory(mapped_bytes_, std::strerror(errno));
    madvise(mapped_, static_cast<std::size_t>(mapped_bytes_), MADV_HUGEPAGE);  // may be refused
    const auto misaligned =
        static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(mapped_)) % kHugePage;
    base_ = static_cast<char*>(mapped_) + (misaligned == 0 ? 0 : kHugePage - misaligned);
    free_[0] = mapped_bytes_ - kHugePage;
  }
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;
  ~Region() { munmap(mapped_, static_cast<std::size_t>(mapped_bytes_)); }

  char* take(std::int64_t bytes) {
    const std::int64_t length = whole_huge_pages(bytes);
    // The lowest place that fits, which is the likeliest to have been touched before.
    const auto place = std::find_if(free_.begin(), free_.end(),
                                    [=](const auto& range) { return range.second >= length; });
    if (place == free_.end())
      throw_out_of_memory(
          bytes, limit_ ? fmt::format("the limit of the address space (ulimit -v) leaves {} for "
                                      "operands",
                                      format_bytes(as_double(*limit_)))
                        : "no range of addresses is that long");
    const std::int64_t begin = place->first;
    if (const std::int64_t fresh = begin + bytes - touched_end_; fresh > 0) {
      if (const std::int64_t available = available_bytes_(); fresh > available) {
        throw_out_of_memory(bytes, format_bytes(as_double(available)) + " are available");
      }
    }
    if (mprotect(base_ + begin, static_cast<std::size_t>(length), PROT_READ | PROT_WRITE) != 0) {
      throw_out_of_memory(bytes, std::strerror(errno));
    }
    const std::int64_t rest = place->second - length;
    free_.erase(place);
    if (rest > 0) free_[begin + length] = rest;
    touched_end_ = std::max(touched_end_, begin + bytes);
    return base_ + begin;
  }

  void give_back(char* data, std::int64_t bytes) {
    auto range = free_.emplace(data - base_, whole_huge_pages(bytes)).first;
    if (const auto next = std::next(range);
        next != free_.end() && range->first + range->second == next->first) {
      range->second += next->second;
      free_.erase(next);
    }
    if (range == free_.begin()) return;
    if (const auto previous = std::prev(range);
        previous->first + previous->second == range->first) {
      previous->second += range->second;
      free_.erase(range);
    }
  }

 private:
  AvailableBytes available_bytes_;
  std::optional<std::int64_t> limit_;
  std::int64_t mapped_bytes_;
  void* mapped_;
  char* base_;
  std::map<std::int64_t, std::int64_t> free_;  ///< offset to length, never two side by side
  std::int64_t touched_end_ = 0;               ///< beyond it no page was touched
};

HostArena::HostArena(std::int64_t address_bytes, AvailableBytes available_bytes)
    : region_(std::make_shared<Region>(address_bytes, std::move(available_bytes))) {}

Buffer HostArena::allocate(std::int64_t bytes) {
  char* const data = region_->take(bytes);
  Buffer buffer(data, bytes, [region = region_, bytes](void* memory) {
    region->give_back(static_cast<char*>(memory), bytes);
  });
  const std::int64_t page_count = (bytes + kSmallPageBytes - 1) / kSmallPageBytes;
#pragma omp parallel
  {
    const Part pages = static_part(page_count, omp_get_thread_num(), omp_get_num_threads());
    for (std::int64_t page = pages.begin; page < pages.end; ++page) {
      static_cast<volatile char*>(data)[page * kSmallPageBytes] = 0;
    }
  }
  return buffer;
}

void poison_host_memory(void* data, std::int64_t bytes) {
#pragma omp parallel
  {
    const Part part = static_part(bytes, omp_get_thread_num(), omp_get_num_threads());
    std::memset(static_cast<char*>(data) + part.begin, 0xFF, static_cast<std::size_t>(part.size()));
  }
}

}  // namespace gpugauge
