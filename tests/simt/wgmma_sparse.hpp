#pragma once

// What kernels/cuda/machine/wgmma_sparse.hpp offers, by definition of the PTX ISA 9.0.

#include <algorithm>
#include <memory>

#include "tests/simt/sparse_mma.hpp"
#include "tests/simt/wgmma.hpp"

namespace gpugauge {
namespace simt {

struct SparseWgmmaLane : ProductLane {
  const std::uint32_t* a;
  std::uint64_t b;
  std::uint32_t metadata;
  bool accumulate;
};

template <WgmmaType type>
void multiply_sparse_rows(const Lanes<SparseWgmmaLane>& lanes) {
  using Element = typename WgmmaElementOf<type>::Type;
  constexpr unsigned kColumns = 256, kDepthBytes = 64;
  std::uint32_t a[32][4], metadata[32];
  for (std::size_t lane = 0; lane < 32; ++lane) {
    std::copy_n(lanes[lane]->a, 4, a[lane]);
    metadata[lane] = lanes[lane]->metadata;
  }
  SparseRow<Element> rows[16];
  expand_rows(a, metadata, rows);
  std::vector<typename Element::Sum> left;
  for (const auto& row : rows) left.insert(left.end(), std::begin(row.k), std::end(row.k));

  Lanes<ProductLane> products;
  std::ranges::copy(lanes, products.begin());
  begin_product(products, kColumns / 2,
                [block = self().block, lane = *lanes[0], left](std::vector<std::uint32_t>& d) {
                  const auto b = DescribedOperand(lane.b).read(*block, 0, kColumns, kDepthBytes);
                  multiply_warp_rows<WgmmaAccumulator<type>>(d, left, elements<Element>(b),
                                                             kColumns, lane.accumulate,
                                                             of_sparse(Element::kWgmma));
                });
}

}  // namespace simt

template <WgmmaType type>
void wgmma_sparse(WgmmaAccumulator<type> (&d)[128], const std::uint32_t (&a)[4],
                  std::uint64_t b_descriptor, std::uint32_t metadata, bool accumulate) {
  const std::uint64_t operands = b_descriptor * 31 + accumulate;
  simt::SparseWgmmaLane lane{{d, operands}, a, b_descriptor, metadata, accumulate};
  simt::warp_collective<simt::multiply_sparse_rows<type>>("wgmma_sparse", simt::kFullWarp, lane);
}

}  // namespace gpugauge
