#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include <array>

#include "harness/base/byte_size.hpp"
#include "harness/device/cuda/cuda_error.hpp"
#include "kernels/cuda/memory/memory.hpp"
#include "kernels/cuda/memory/memory_bulk.hpp"
#include "kernels/cuda/memory/memory_workload.hpp"
#include "kernels/cuda/memory/stream_grid.hpp"
#include "kernels/device_limits.hpp"
#include "kernels/implementation.hpp"
#include "kernels/reference/memory_reference.hpp"

namespace gpugauge {
namespace {

Unsupported does_not_fit(const Op& op, const DeviceInfo& info) {
  const auto& stream = std::get<MemoryStream>(op);
  if (array_bytes(stream) == 0) {
    return fmt::format("{} are less than one 4 KiB page per array",
                       format_bytes_exact(stream.bytes));
  }
  return larger_than_memory(stream.bytes, info);
}

// ---- stream: memory.cu

std::unique_ptr<Workload> make_stream(const Op& any, Device& device, const CaseOptions& options) {
  const auto& op = std::get<MemoryStream>(any);
  const std::int64_t pages = array_bytes(op) / stream_grid::kPageBytes;
  const auto streamer = [&](int blocks, std::string_view grid) {
    return Streamer{
        .launch =
            [pattern = op.pattern, pages, blocks](Stream stream, const StreamArrays& arrays) {
              launch_stream(stream, pattern, arrays, pages, blocks);
            },
        .details = fmt::format("{} blocks of {} threads, {}", blocks, stream_grid::kThreads, grid),
        .sums = blocks};
  };
  const int resident = stream_grid::resident_blocks(pages, device.info().compute_units,
                                                    resident_stream_blocks(op.pattern));
  const int tiles = stream_grid::tile_blocks(pages, stream_grid::tile_pages(op.pattern));
  std::vector<Streamer> streamers;
  if (tiles > resident) streamers.push_back(streamer(tiles, "one a tile"));
  streamers.push_back(streamer(resident, "resident"));
  return make_memory_workload(op, device, options, std::move(streamers));
}

// ---- bulk: memory_bulk_sm90a.cu

Unsupported bulk_supports(const Op& op, const DeviceInfo& info) {
  if (info.compute_capability != 90) return "bulk copies of this kind need Hopper (sm_90)";
  return does_not_fit(op, info);
}

std::unique_ptr<Workload> make_bulk(const Op& any, Device& device, const CaseOptions& options) {
  const auto& op = std::get<MemoryStream>(any);
  const std::int64_t bytes = array_bytes(op);
  const int blocks = bulk_ring::blocks(bytes, device.info().compute_units);
  const auto launch = [pattern = op.pattern, bytes, blocks](Stream stream,
                                                            const StreamArrays& arrays) {
    launch_bulk(stream, pattern, arrays, bytes, blocks);
  };
  const int piece = bulk_ring::piece_bytes(bytes, arrays_of(op.pattern).read, blocks);
  return make_memory_workload(
      op, device, options,
      {{.launch = launch,
        .details = fmt::format("{} blocks, pieces of {} KiB", blocks, piece >> 10),
        .sums = blocks}});
}

// ---- driver: what a framework calls

Unsupported driver_supports(const Op& op, const DeviceInfo& info) {
  const MemoryPattern pattern = std::get<MemoryStream>(op).pattern;
  if (pattern != MemoryPattern::kWrite && pattern != MemoryPattern::kCopy) {
    return fmt::format("the driver has memset and memcpy only, no {}", name_of(pattern));
  }
  return does_not_fit(op, info);
}

std::unique_ptr<Workload> make_driver(const Op& any, Device& device, const CaseOptions& options) {
  const auto& op = std::get<MemoryStream>(any);
  const auto bytes = static_cast<std::size_t>(array_bytes(op));
  if (op.pattern == MemoryPattern::kWrite) {
    const auto set = [bytes](Stream stream, const StreamArrays& arrays) {
      check(cudaMemsetAsync(arrays.out, kMemoryWriteByte, bytes,
                            static_cast<cudaStream_t>(stream.native)),
            "cudaMemsetAsync");
    };
    return make_memory_workload(op, device, options,
                                {{.launch = set, .details = "cudaMemsetAsync"}});
  }
  const auto copy = [bytes](Stream stream, const StreamArrays& arrays) {
    check(cudaMemcpyAsync(arrays.out, arrays.b, bytes, cudaMemcpyDeviceToDevice,
                          static_cast<cudaStream_t>(stream.native)),
          "cudaMemcpyAsync");
  };
  return make_memory_workload(op, device, options,
                              {{.launch = copy, .details = "cudaMemcpyAsync"}});
}

constexpr Implementation row(std::string_view name, bool is_library,
                             decltype(Implementation::supports) supports,
                             decltype(Implementation::make) make) {
  return {.name = name,
          .family = "memory",
          .backend = Backend::kCuda,
          .semantics_version = 2,  // 2: cold is a model's footprint
          .is_library = is_library,
          .supports = supports,
          .make = make};
}
constexpr std::array kImplementations{row("stream", false, does_not_fit, make_stream),
                                      row("bulk", false, bulk_supports, make_bulk),
                                      row("driver", true, driver_supports, make_driver)};

}  // namespace

std::span<const Implementation> cuda_memory() { return kImplementations; }

}  // namespace gpugauge
