"""What scripts/pytorch_side.py times: an op's buffers, a launch on one set of them, and whether it was right.

Importing it needs PyTorch; Triton is looked for where it is asked for.
"""

import math

import torch

CACHE_MULTIPLE = 5  # kernels/rotation.cpp
UNKNOWN_CACHE_BYTES = 512 << 20
FLOATS = {"fp32": torch.float32, "tf32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16,
          "fp8_e4m3": torch.float8_e4m3fn}
E4M3_SCALE = 6 / 448  # true for normal data: its largest element, of billions, becomes the type's largest
# Of ‖y − reference‖ / ‖reference‖ in these types: several times their rounding, far under what any wrong element makes.
LIMITS = {"fp32": 1e-4, "tf32": 3e-3, "bf16": 1e-2, "fp16": 1e-2, "fp8_e4m3": 2e-2}


class NoCounterpart(Exception):
    """Why a case cannot be measured here."""


class WrongResult(Exception):
    """What was computed is not what should have been."""


def rotation_slots(bytes_per_slot, cache_bytes, least=1):
    """Sets of buffers that are several times the cache together, and no fewer than the other side's."""
    return max(least, math.ceil(CACHE_MULTIPLE * (cache_bytes or UNKNOWN_CACHE_BYTES) / bytes_per_slot))


def relative_error(got, reference):
    return (torch.linalg.vector_norm(got.double() - reference) / torch.linalg.vector_norm(reference)).item()


def verification(error, limit, count):
    """As a result file holds it; NaN never passes."""
    if not error <= limit:
        raise WrongResult(f"relative error {error:.2g}, at most {limit:g} is right")
    return {"passed": True, "max_error": error / limit, "relative_error": error, "checked": count, "reason": ""}


def require_written(output):
    if not torch.isfinite(output).all():
        raise WrongResult("elements that were not written, or are not finite")


class MatrixProduct:
    """torch.mm and torch._scaled_mm of x[m,k] and w[n,k] transposed."""

    def __init__(self, op, rotation, device, implementation):
        self.type = op["weights"]
        self.is_fp8 = self.type == "fp8_e4m3"
        self.fast = implementation == "pytorch_fast_accum"
        output = "fp32" if op["output"] == "tf32" else op["output"]
        if op["activations"] != self.type or self.type not in FLOATS or output not in FLOATS:
            raise NoCounterpart(f"no matmul of {op['activations']} by {self.type} is timed with PyTorch")
        if device.type != "cuda" and (self.fast or self.type == "tf32"):
            raise NoCounterpart("needs a GPU")
        if self.is_fp8 and device.type == "cuda" and torch.cuda.get_device_capability(device) < (8, 9):
            raise NoCounterpart("torch._scaled_mm needs compute capability 8.9")
        torch.backends.cuda.matmul.allow_tf32 = self.type == "tf32"
        m, n, k = op["m"], op["n"], op["k"]
        kind, self.output = FLOATS[self.type], FLOATS[output]
        bytes_ = (m * k + n * k) * kind.itemsize + m * n * self.output.itemsize
        self.slots = rotation(bytes_)
        self.scale = E4M3_SCALE if self.is_fp8 else 1.0  # of x and of w
        self.scale_tensor = torch.tensor(self.scale, device=device)
        self.sets = [(self.random(m, k, kind, device), self.random(n, k, kind, device),
                      torch.empty(m, n, dtype=self.output, device=device)) for _ in range(self.slots)]
        self.details = "torch._scaled_mm" if self.is_fp8 else "torch.mm"

    @staticmethod
    def random(rows, columns, kind, device):
        if kind.itemsize > 1:
            return torch.randn(rows, columns, dtype=kind, device=device)
        values = torch.randn(rows, columns, dtype=torch.bfloat16, device=device)
        return values.div_(E4M3_SCALE).clamp_(-448, 448).to(kind)

    def launch(self, slot):
        x, w, y = self.sets[slot]
        if self.is_fp8:
            torch._scaled_mm(x, w.t(), self.scale_tensor, self.scale_tensor, out_dtype=self.output,
                             use_fast_accum=self.fast, out=y)
        else:
            torch.mm(x, w.t(), out=y)

    def poison(self):
        for _, _, y in self.sets:
            y.fill_(math.nan)

    def check(self):
        worst, count = 0.0, 0
        for x, w, y in self.sets:
            require_written(y)
            rows = torch.randint(x.shape[0], (min(16, x.shape[0]),), device=x.device)
            columns = torch.randint(w.shape[0], (256,), device=x.device)
            # Of an FP8 matrix no rows can be picked: its bytes are.
            x_rows, w_rows = (a.view(torch.uint8)[i].view(a.dtype) if self.is_fp8 else a[i]
                              for a, i in ((x, rows), (w, columns)))
            reference = self.scale ** 2 * (x_rows.double() @ w_rows.double().t())
            worst = max(worst, relative_error(y[rows][:, columns], reference))
            count += reference.numel()
        return verification(worst, LIMITS[self.type], count)



class TritonProduct(MatrixProduct):
    """scripts/triton_matmul.py with one configuration, the first that is worth trying until `use` says another."""

    def __init__(self, op, rotation, device, implementation):
        if device.type != "cuda":
            raise NoCounterpart("Triton compiles for GPUs")
        if op["weights"] not in ("bf16", "fp16", "fp8_e4m3"):
            raise NoCounterpart(f"no matmul of {op['weights']} is timed with Triton")
        try:
            import triton_matmul
        except ImportError as error:
            raise NoCounterpart(f"Triton is not installed: {error}") from error
        self.triton = triton_matmul
        super().__init__(op, rotation, device, implementation)
        x, _, _ = self.sets[0]
        self.configs = triton_matmul.configs(op["m"], op["k"], x.element_size())
        if not self.configs:
            raise NoCounterpart(f"K = {op['k']} is no multiple of what a step takes")
        self.use(self.configs[0])

    def use(self, config):
        self.config = config
        self.details = f"tile {config.block_m}x{config.block_n}, {config.stages} stages, {config.warps} warps"

    def launch(self, slot):
        x, w, y = self.sets[slot]
        self.triton.matmul(x, w, y, self.scale ** 2, self.config)


class Copy:
    """Tensor.copy_ from one half of the bytes to the other."""

    details = "Tensor.copy_"

    def __init__(self, op, rotation, device, implementation):
        if op["pattern"] != "copy":
            raise NoCounterpart(f"no {op['pattern']} of memory is timed with PyTorch")
        self.slots = rotation(op["bytes"])
        count = op["bytes"] // 2 // 4
        self.sets = [(torch.randn(count, device=device), torch.empty(count, device=device)) for _ in range(self.slots)]

    def launch(self, slot):
        source, target = self.sets[slot]
        target.copy_(source)

    def poison(self):
        for _, target in self.sets:
            target.fill_(math.nan)

    def check(self):
        if not all(torch.equal(source, target) for source, target in self.sets):
            raise WrongResult("the copy is not what was copied")
        return verification(0.0, 1.0, sum(target.numel() for _, target in self.sets))


class PromptAttention:
    """scaled_dot_product_attention, causal, of tensors that lie as [batch][tokens][heads][head_dim]."""

    details = "scaled_dot_product_attention"

    def __init__(self, op, rotation, device, implementation):
        if op["dtype"] not in ("bf16", "fp16"):
            raise NoCounterpart(f"no attention of {op['dtype']} is timed with PyTorch")
        kind = FLOATS[op["dtype"]]
        self.limit = LIMITS[op["dtype"]]

        def random(heads):
            shape = (op["batch"], op["tokens"], heads, op["head_dim"])
            return torch.randn(shape, dtype=kind, device=device).transpose(1, 2)
        q_bytes = op["batch"] * op["tokens"] * op["heads"] * op["head_dim"] * kind.itemsize
        bytes_ = 2 * q_bytes * (op["heads"] + op["kv_heads"]) // op["heads"]
        self.slots = rotation(bytes_)
        self.sets = [(random(op["heads"]), random(op["kv_heads"]), random(op["kv_heads"])) for _ in range(self.slots)]
        self.outputs = [None] * self.slots

    def launch(self, slot):
        q, k, v = self.sets[slot]
        self.outputs[slot] = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)

    def poison(self):
        for output in self.outputs:
            output.fill_(math.nan)

    def check(self):
        worst, count = 0.0, 0
        for (q, k, v), output in zip(self.sets, self.outputs):
            require_written(output)
            head = int(torch.randint(q.shape[1], ()))
            kv_head = head * k.shape[1] // q.shape[1]
            for query in torch.randint(q.shape[2], (8,)).tolist():
                seen_k, seen_v = (x[0, kv_head, :query + 1].double() for x in (k, v))
                weights = torch.softmax(seen_k @ q[0, head, query].double() / math.sqrt(q.shape[3]), 0)
                worst = max(worst, relative_error(output[0, head, query], weights @ seen_v))
                count += q.shape[3]
        return verification(worst, self.limit, count)


def counterparts(op):
    """What is held against an op, by the name of the implementation."""
    if op["kind"] == "gemm":
        fast = {"pytorch_fast_accum": MatrixProduct} if op["weights"] == "fp8_e4m3" else {}
        return {"pytorch": MatrixProduct, **fast, "triton": TritonProduct}
    return {"memory": {"pytorch": Copy}, "attention_prefill": {"pytorch": PromptAttention}}.get(op["kind"], {})
