"""y = scale · x·wᵀ in Triton, for scripts/pytorch_side.py: plain pointers, no split of K.

Importing it needs Triton.
"""

import collections

import torch
import triton
import triton.language as tl

Config = collections.namedtuple("Config", "block_m block_n block_k_bytes stages warps")

BAND = 8  # rows of tiles that are walked column by column, so that what runs at once shares x and w in the L2

LARGE = [Config(128, 256, 128, 3, 8), Config(256, 128, 128, 3, 8), Config(128, 128, 128, 4, 8),
         Config(128, 128, 128, 4, 4), Config(64, 256, 128, 4, 4)]
FEW_ROWS = [Config(16, 16, 512, 4, 4), Config(16, 32, 256, 5, 4), Config(16, 64, 256, 4, 4),
            Config(16, 128, 128, 5, 4)]
SOME_ROWS = [Config(64, 32, 256, 4, 4), Config(64, 64, 256, 4, 4), Config(64, 128, 128, 4, 4)]


@triton.jit
def matmul_kernel(x, w, y, scale, m, n, k, BLOCK_M: tl.constexpr, BLOCK_N: tl.constexpr, BLOCK_K: tl.constexpr,
                  BAND: tl.constexpr):
    tiles_m = tl.cdiv(m, BLOCK_M)
    tiles_n = tl.cdiv(n, BLOCK_N)
    tile = tl.program_id(0)
    first = tile // (BAND * tiles_n) * BAND
    rows = tl.minimum(tiles_m - first, BAND)
    within = tile % (BAND * tiles_n)
    i = (first + within % rows) * BLOCK_M + tl.arange(0, BLOCK_M)
    j = within // rows * BLOCK_N + tl.arange(0, BLOCK_N)
    steps = tl.arange(0, BLOCK_K)
    # What lies beyond the matrix is read from its beginning again, and not stored.
    x_tile = x + (i % m).to(tl.int64)[:, None] * k + steps[None, :]
    w_tile = w + (j % n).to(tl.int64)[None, :] * k + steps[:, None]
    sums = tl.zeros((BLOCK_M, BLOCK_N), dtype=tl.float32)
    for _ in range(0, k, BLOCK_K):
        sums = tl.dot(tl.load(x_tile), tl.load(w_tile), sums)
        x_tile += BLOCK_K
        w_tile += BLOCK_K
    place = y + i.to(tl.int64)[:, None] * n + j[None, :]
    tl.store(place, (sums * scale).to(y.dtype.element_ty), mask=(i[:, None] < m) & (j[None, :] < n))


def configs(m, k, element_bytes):
    """Those worth trying; none where K is no multiple of what a step takes."""
    wanted = FEW_ROWS if m <= 16 else SOME_ROWS if m <= 64 else LARGE
    return [config for config in wanted if k % (config.block_k_bytes // element_bytes) == 0]


def matmul(x, w, y, scale, config):
    m, k = x.shape
    n = w.shape[0]
    tiles = triton.cdiv(m, config.block_m) * triton.cdiv(n, config.block_n)
    matmul_kernel[(tiles,)](x, w, y, scale, m, n, k, BLOCK_M=config.block_m, BLOCK_N=config.block_n,
                            BLOCK_K=config.block_k_bytes // x.element_size(), BAND=BAND, num_stages=config.stages,
                            num_warps=config.warps)


def too_large(error):
    """Whether a configuration asks for more than this card has."""
    return isinstance(error, (triton.runtime.errors.OutOfResources, torch.cuda.OutOfMemoryError))
