#include "tests/simt/wgmma.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "tests/simt/work.hpp"

namespace gpugauge {
namespace simt {
namespace {

constexpr std::uint32_t field(std::uint64_t descriptor, int first_bit, int bits) {
  return static_cast<std::uint32_t>(descriptor >> first_bit & ((std::uint64_t{1} << bits) - 1));
}

constexpr int kSwizzleBytes[] = {0, 128, 64, 32};  // by the descriptor's two top bits

WarpProducts& own_products() { return self().block->warps[self().warp].products; }

void commit_lanes(const Lanes<Nothing>&) { own_products().groups.commit(); }

void fence_lanes(const Lanes<Nothing>&) { own_products().fenced = true; }

struct Wait {
  std::size_t pending;
};
void wait_lanes(const Lanes<Wait>& lanes) {
  WarpProducts& products = own_products();
  for (const auto& group : products.groups.take_all_but(lanes[0]->pending)) {
    for (const WarpProducts::Product& product : group) {
      product.run(product.d->values);
      --product.d->products;
    }
  }
  std::erase_if(products.accumulators, [](const auto& d) {
    if (d->products > 0) return false;
    const std::size_t bytes = d->values.size() / 32 * sizeof(std::uint32_t);
    for (std::size_t lane = 0; lane < 32; ++lane) {
      std::memcpy(d->registers[lane], &d->values[lane * d->values.size() / 32], bytes);
    }
    return true;
  });
  if (products.accumulators.empty()) products.fenced = false;
}

}  // namespace

DescribedOperand::DescribedOperand(std::uint64_t descriptor)
    : start(field(descriptor, 0, 14) * 16),
      leading(field(descriptor, 16, 14) * 16),
      stride(field(descriptor, 32, 14) * 16),
      base_offset(field(descriptor, 49, 3)),
      swizzle_bytes(kSwizzleBytes[field(descriptor, 62, 2)]) {}

std::uint32_t DescribedOperand::address(unsigned row, unsigned byte) const {
  const std::uint32_t eight_rows = start + row / 8 * stride;
  // Without a swizzle, core matrices of eight rows of 16 bytes; with it, rows as wide as it is.
  if (swizzle_bytes == 0) return eight_rows + byte / 16 * leading + row % 8 * 16 + byte % 16;
  const auto width = static_cast<std::uint32_t>(swizzle_bytes);
  const std::uint32_t plain = eight_rows + row % 8 * width + byte;
  return plain ^ (((plain >> 7) - base_offset) & (width / 16 - 1)) << 4;
}

std::vector<unsigned char> DescribedOperand::read(const Block& block, unsigned first, unsigned rows,
                                                  unsigned bytes) const {
  const std::uint32_t origin = shared_address(block.shared);
  std::vector<unsigned char> read(std::size_t{rows} * bytes);
  for (unsigned row = 0; row < rows; ++row) {
    for (unsigned byte = 0; byte < bytes; byte += 16) {
      const std::uint32_t from = address(first + row, byte);
      if (from < origin || from + 16 > origin + block.shared_bytes) {
        machine().fail("wgmma reads shared address " + std::to_string(from) +
                       ", which is not in the block's shared memory");
      }
      block.read_async(from - origin, 16, &read[std::size_t{row} * bytes + byte]);
    }
  }
  return read;
}

void begin_product(const Lanes<ProductLane>& lanes, std::size_t registers,
                   std::function<void(std::vector<std::uint32_t>&)> run) {
  WarpProducts& products = own_products();
  if (self().warp / 4 * 4 + 4 > self().block->warps.size()) {
    machine().fail("wgmma in a warpgroup of fewer than four warps");
  }
  if (!products.fenced) machine().fail("wgmma without a wgmma_fence before it");
  for (const ProductLane* lane : lanes) {
    if (lane->operands != lanes[0]->operands) {
      machine().fail("lanes of a warp give different operands to wgmma");
    }
  }
  products.history = products.history * 0x2545F4914F6CDD1DULL + lanes[0]->operands + registers;

  auto& all = products.accumulators;
  auto found =
      std::ranges::find_if(all, [&](const auto& d) { return d->registers[0] == lanes[0]->d; });
  if (found == all.end()) {
    auto d = std::make_shared<WarpAccumulator>();
    d->values.resize(32 * registers);
    for (std::size_t lane = 0; lane < 32; ++lane) {
      d->registers[lane] = lanes[lane]->d;
      std::memcpy(&d->values[lane * registers], lanes[lane]->d, registers * sizeof(std::uint32_t));
      machine().chance().fill_with_garbage(lanes[lane]->d, registers * sizeof(std::uint32_t));
    }
    found = all.insert(all.end(), std::move(d));
  }
  if ((*found)->values.size() != 32 * registers) {
    machine().fail("wgmma of another shape into an accumulator that is under way");
  }
  ++(*found)->products;
  products.groups.open.push_back({*found, std::move(run)});
  count_product(2 * registers);
}

void wait_for_products(std::size_t pending) {
  Wait wait{pending};
  warp_collective<wait_lanes>("wgmma_wait", kFullWarp, wait);
}

void require_same_products(const Block& block) {
  for (std::size_t warp = 0; warp < block.warps.size(); ++warp) {
    if (block.warps[warp].products.history != block.warps[warp / 4 * 4].products.history) {
      machine().fail("warps " + std::to_string(warp / 4 * 4) + " and " + std::to_string(warp) +
                     " are of one warpgroup and did not execute the same wgmma");
    }
  }
}

}  // namespace simt

void wgmma_fence() {
  simt::Nothing nothing;
  simt::warp_collective<simt::fence_lanes>("wgmma_fence", simt::kFullWarp, nothing);
}

void wgmma_commit() {
  simt::Nothing nothing;
  simt::warp_collective<simt::commit_lanes>("wgmma_commit", simt::kFullWarp, nothing);
}

}  // namespace gpugauge
