#include <cstring>

#include "tests/simt/intrinsics.hpp"
#include "tests/simt/work.hpp"

namespace gpugauge {
namespace {

constexpr std::uint32_t kFirstSharedAddress = 1024;

}  // namespace

std::uint32_t shared_address(const void* pointer) {
  return kFirstSharedAddress +
         static_cast<std::uint32_t>(simt::self().block->offset_of(pointer, 0));
}

uint4 load_streaming(const void* pointer) {
  simt::require_aligned(pointer, 16, "load_streaming");
  simt::note_access(pointer, 16, false);
  return *static_cast<const uint4*>(pointer);
}

uint4 load_once_16(const void* pointer) {
  simt::require_aligned(pointer, 16, "load_once_16");
  simt::note_access(pointer, 16, false);
  return *static_cast<const uint4*>(pointer);
}

uint2 load_once_8(const void* pointer) {
  simt::require_aligned(pointer, 8, "load_once_8");
  simt::note_access(pointer, 8, false);
  return *static_cast<const uint2*>(pointer);
}

void store_streaming(void* pointer, uint4 v) {
  simt::require_aligned(pointer, 16, "store_streaming");
  simt::note_access(pointer, 16, true);
  *static_cast<uint4*>(pointer) = v;
}

void copy_async_16(void* shared, const void* global, bool valid) {
  simt::Thread& thread = simt::self();
  thread.block->offset_of(shared, 16);
  simt::require_aligned(shared, 16, "copy_async_16 to shared memory");
  simt::Copy16 copy{shared, {}};
  if (valid) {
    simt::require_aligned(global, 16, "copy_async_16 from device memory");
    simt::note_access(global, copy.data.size(), false);
    std::memcpy(copy.data.data(), global, copy.data.size());
  }
  simt::machine().chance().fill_with_garbage(shared, copy.data.size());
  thread.copies.open.push_back(copy);
}

void copy_async_commit() { simt::self().copies.commit(); }

void copy_async_wait_until(std::size_t pending) {
  for (const auto& group : simt::self().copies.take_all_but(pending)) {
    for (const simt::Copy16& copy : group) {
      std::memcpy(copy.to, copy.data.data(), copy.data.size());
    }
  }
}

void sync_named(int barrier, int threads) {
  if (barrier < 0 || barrier > 15) simt::machine().fail("barriers are numbered 0 to 15");
  if (threads < 32 || threads % 32 != 0) {
    simt::machine().fail("a barrier is for whole warps, not for " + std::to_string(threads) +
                         " threads");
  }
  simt::meet_block(barrier, static_cast<unsigned>(threads), 0);
}

}  // namespace gpugauge
