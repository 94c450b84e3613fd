"""A row of a table as an op of gpugauge, or the reason why there is none. Work is counted as kernels/ops counts it."""

import dataclasses
import re

DTYPES = {"bfloat16": "bf16", "fp8": "fp8_e4m3"}
BYTES = {"bf16": 2, "fp8_e4m3": 1}
NCCL_DTYPES = ("half", "bfloat16")
CARDS = (2, 4, 8)
PAGE_TOKENS = 16  # vLLM's default block size on CUDA (vllm/config/cache.py)


@dataclasses.dataclass(frozen=True)
class Converted:
    """An op, its part of a case's name, its work, and whose kernel ran it."""
    op: dict
    path: str
    flops: float
    bytes: float
    implementation: str
    quantizes_input: bool = False


def gemm(row):
    dtype = DTYPES.get(row.text("gemm_dtype"))
    if dtype is None:
        return f"GEMMs in {row.text('gemm_dtype')}"
    m, n, k = (row.whole(column) for column in "mnk")
    op = {"kind": "gemm", "m": m, "n": n, "k": k, "activations": dtype, "weights": dtype, "output": "bf16"}
    # An FP8 one was given a BF16 input, and quantised it within the time (collector/*/collect_gemm.py).
    return Converted(op, f"gemm/{dtype}/m:{m}/n:{n}/k:{k}", 2 * m * n * k,
                     (m * k + n * k) * BYTES[dtype] + m * n * BYTES["bf16"], row.text("kernel_source"),
                     quantizes_input=dtype != "bf16")


def heads_of(row):
    """(query heads, key and value heads, elements a head), or the reason why this is not attention of ours."""
    if row.values.get("window_size") is not None and row.whole("window_size", 0) > 0:
        return f"a window of {row.whole('window_size')} tokens"
    if row.whole("beam_width") > 1:
        return "several beams"
    if row.text("attn_dtype") != "bfloat16":
        return f"attention computed in {row.text('attn_dtype')}"
    return tuple(row.whole(column) for column in ("num_heads", "num_key_value_heads", "head_dim"))


def decode(row):
    heads, kv = heads_of(row), DTYPES.get(row.text("kv_cache_dtype"))
    if isinstance(heads, str):
        return heads
    if kv is None:
        return f"a KV cache in {row.text('kv_cache_dtype')}"
    (h, kv_heads, d), b = heads, row.whole("batch_size")
    c = row.whole("isl") + row.whole("step", 0)  # what is cached with the token of this step
    op = {"kind": "attention_decode", "batch": b, "context": c, "heads": h, "kv_heads": kv_heads, "head_dim": d,
          "kv": kv, "page_tokens": PAGE_TOKENS}
    return Converted(op, f"attention_decode/{kv}/b:{b}/c:{c}/h:{h}/kv:{kv_heads}/d:{d}/p:{PAGE_TOKENS}",
                     4 * b * c * h * d, 2 * b * c * kv_heads * d * BYTES[kv] + 2 * b * h * d * BYTES["bf16"],
                     row.text("kernel_source"))


def prefill(row):
    heads = heads_of(row)
    if isinstance(heads, str):
        return heads
    if row.text("kv_cache_dtype") != "bfloat16":
        return f"prefill with a KV cache in {row.text('kv_cache_dtype')}"
    if row.whole("step", 0) > 0:
        return "prefill after cached tokens"
    (h, kv_heads, d), b, t = heads, row.whole("batch_size"), row.whole("isl")
    op = {"kind": "attention_prefill", "batch": b, "tokens": t, "heads": h, "kv_heads": kv_heads, "head_dim": d,
          "dtype": "bf16"}
    return Converted(op, f"attention_prefill/bf16/b:{b}/t:{t}/h:{h}/kv:{kv_heads}/d:{d}", 2 * b * h * d * t * (t + 1),
                     2 * b * t * (h + kv_heads) * d * BYTES["bf16"], row.text("kernel_source"))


def all_reduce(row, dtype_column, implementation):
    if row.text("op_name") != "all_reduce":
        return row.text("op_name")
    if row.text(dtype_column) not in NCCL_DTYPES:
        return f"all-reduces of {row.text(dtype_column)}"
    cards = row.whole("num_gpus")
    if cards not in CARDS:
        return f"all-reduces over {cards} cards"
    bytes_ = row.whole("message_size") * BYTES["bf16"]  # a message is counted in elements
    op = {"kind": "all_reduce", "cards": cards, "bytes": bytes_}
    return Converted(op, f"all_reduce/cards:{cards}/{exact(bytes_)}", 0, 2 * (cards - 1) * bytes_ / cards,
                     implementation)


def collective(row):
    return all_reduce(row, "nccl_dtype", row.text("kernel_source"))


def custom_all_reduce(row):
    """An engine's own: vllm_graph, sglang_graph, trtllm, …"""
    implementation = row.values.get("backend") or row.text("kernel_source").lower()
    if implementation.endswith("_eager"):
        return "launched one by one (eager): the host's time is in them"
    return all_reduce(row, "allreduce_dtype", implementation)


def exact(bytes_):
    """As harness/base/byte_size.cpp."""
    units = ["B", "KiB", "MiB", "GiB", "TiB"]
    while len(units) > 1 and bytes_ % 1024 == 0:
        bytes_ //= 1024
        units.pop(0)
    return f"{bytes_}{units[0]}"


CONVERTERS = {"gemm_perf": gemm, "generation_attention_perf": decode, "context_attention_perf": prefill,
              "custom_allreduce_perf": custom_all_reduce, "nccl_perf": collective}


def in_a_name(text):
    return re.sub(r"[^A-Za-z0-9_.-]", "_", text)
