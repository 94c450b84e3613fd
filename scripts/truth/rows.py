"""End-to-end measurements of real engines: aiconfigurator's silicon_sample.csv, and published.csv of this folder."""

import csv
import dataclasses
import io
import math
import re

from result_file import WrongInput

# Of the file's `model_path`, by what it ends with.
MODELS = {"Llama-3.1-8B-Instruct": "llama-3.1-8b", "Llama-3.1-8B-Instruct-FP8": "llama-3.1-8b",
          "Llama-3.1-70B": "llama-3.1-70b", "Qwen3-32B": "qwen3-32b"}
PRECISIONS = {"": "bf16", "fp8": "fp8"}
# The file does not state the type of the KV cache. TensorRT-LLM's FP8 checkpoints carry scales for an FP8 cache.
FP8_CACHE_BACKEND = "trtllm"
FITTED_SYSTEM, FITTED_BACKENDS = "h100_sxm", ("trtllm", "vllm")
COLUMNS = ("id", "backend", "backend_version", "model_path", "system", "gemm_quant_mode", "mode", "isl", "osl",
           "batch_size", "tp_size", "pp_size", "attention_dp_size", "silicon_ttft_ms", "silicon_tpot_ms",
           "silicon_data_source")


PUBLISHED_COLUMNS = ("id", "system", "backend", "version", "model", "precision", "kv", "isl", "osl", "batch", "tp",
                     "ttft_ms", "tpot_ms", "tokens_per_second", "source")
LARGEST = 0  # as many requests as fit the memory
# Of rows with this in silicon_data_source the lengths are uniform between 0.8 and 1.0 of isl and osl, and the checkpoint
# has static scales (InferenceMAX: --random-range-ratio 0.8, --max-num-batched-tokens 8192, --quantization modelopt).
RANDOM_LENGTHS, MEAN_LENGTH, SPREAD, CHUNK_TOKENS = "source_file=2026-04-06.csv", 0.9, 0.222, 8192
MORE_CHUNK_TOKENS = 1500  # the others' budget of a step is isl + 1500 + batch (aiconfigurator's rules of a deployment)


@dataclasses.dataclass(frozen=True)
class Row:
    """One benchmark: `batch` requests at a time of `isl` tokens in and `osl` out, on `tp` cards."""
    id: str
    system: str
    backend: str
    version: str
    model: str
    precision: str
    kv: str
    isl: int
    osl: int
    batch: int
    tp: int
    spread: float  # lengths are uniform: (longest - shortest) / mean
    chunk_tokens: int  # most tokens of a step
    static_scales: bool  # of the checkpoint's activations, where it is FP8
    measured: tuple  # (figure, value) of tpot and ttft in ms, and throughput in output tokens a second of all cards
    source: str
    is_published: bool = False

    @property
    def group(self):
        return (self.is_published, self.system, self.backend, self.model, self.precision, self.tp)

    @property
    def is_fitted(self):
        """Whether constants were fitted on such rows."""
        return self.system == FITTED_SYSTEM and self.backend in FITTED_BACKENDS and not self.is_published

    @property
    def has_engine(self):
        """Whether the order in which its engine takes prompts and steps is modelled."""
        return self.backend in FITTED_BACKENDS

    @property
    def figures(self):
        return dict(self.measured)


def throughput(batch, osl, ttft_ms, tpot_ms):
    """A request lasts TTFT and then TPOT for each further token."""
    return 1000 * batch * osl / (ttft_ms + (osl - 1) * tpot_ms)


def kv_of(backend, precision):
    return "fp8_e4m3" if backend == FP8_CACHE_BACKEND and precision == "fp8" else "bf16"


def reason_against(row):
    """Why gpugauge cannot derive this row, or an empty text."""
    if row["model_path"].split("/")[-1] not in MODELS and not row["model_path"].endswith("Qwen3-32B-NVFP4"):
        return "model of no shipped config: " + row["model_path"]
    if row["mode"] != "agg":
        return "prefill and decode on separate cards"
    if row["gemm_quant_mode"] not in PRECISIONS:
        return "weights in " + row["gemm_quant_mode"]
    concurrency = re.search(r"silicon_concurrency=(\d+)", row["silicon_data_source"])
    if concurrency and concurrency[1] != row["batch_size"]:
        return "more requests at a time than the batch: several workers behind one router"
    if row["pp_size"] not in ("", "1") or row["attention_dp_size"] not in ("", "0", "1"):
        return "pipeline or data parallelism"
    return ""


def number(path, line, row, column, convert):
    try:
        value = convert(row[column])
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise WrongInput(f"{path}:{line}: {column}: found {row[column]!r}, expected a number above 0")
    return value


def row_of(path, line, row):
    precision = PRECISIONS[row["gemm_quant_mode"]]
    whole = {name: number(path, line, row, column, int)
             for name, column in (("isl", "isl"), ("osl", "osl"), ("batch", "batch_size"), ("tp", "tp_size"))}
    is_random = RANDOM_LENGTHS in row["silicon_data_source"]
    chunk_tokens = CHUNK_TOKENS if is_random else whole["isl"] + MORE_CHUNK_TOKENS + whole["batch"]
    if is_random:
        whole |= {name: round(MEAN_LENGTH * whole[name]) for name in ("isl", "osl")}
    static_scales = precision == "fp8" and (is_random or row["model_path"].startswith("nvidia/"))
    ttft, tpot = (number(path, line, row, f"silicon_{figure}_ms", float) for figure in ("ttft", "tpot"))
    # The throughput is not in the file: in a closed loop it follows from the other two.
    measured = (("tpot", tpot), ("ttft", ttft), ("throughput", throughput(whole["batch"], whole["osl"], ttft, tpot)))
    return Row(id=row["id"], system=row["system"], backend=row["backend"], version=row["backend_version"],
               model=MODELS[row["model_path"].split("/")[-1]], precision=precision,
               kv=kv_of(row["backend"], precision), **whole, spread=SPREAD if is_random else 0,
               chunk_tokens=chunk_tokens, static_scales=static_scales, measured=measured,
               source=row["silicon_data_source"])


def lines_of(path, text, columns):
    """(number, row) of each line of a CSV's text that has these columns."""
    try:
        table = csv.DictReader(io.StringIO(text, newline=""))
        missing = [column for column in columns if column not in (table.fieldnames or ())]
        if missing:
            raise WrongInput(f"{path}: no column {missing[0]}, expected {', '.join(columns)}")
        return list(enumerate(table, 2))
    except csv.Error as error:
        raise WrongInput(f"{path}: {error}") from error


def published_rows(path):
    """The rows of published.csv: a batch of `largest` is what fits the memory, a figure may be absent."""
    rows = []
    for line, row in lines_of(path, path.read_text(encoding="utf-8"), PUBLISHED_COLUMNS):
        whole = {name: number(path, line, row, name, int) for name in ("isl", "osl", "tp")}
        batch = LARGEST if row["batch"] == "largest" else number(path, line, row, "batch", int)
        columns = (("tpot", "tpot_ms"), ("ttft", "ttft_ms"), ("throughput", "tokens_per_second"))
        measured = tuple((figure, number(path, line, row, column, float)) for figure, column in columns if row[column])
        rows.append(Row(**{name: row[name] for name in ("id", "system", "backend", "version", "model", "precision", "kv",
                                                        "source")},
                        **whole, batch=batch, spread=0, chunk_tokens=CHUNK_TOKENS,
                        static_scales=row["precision"] == "fp8", measured=measured, is_published=True))
    return rows


def read_rows(path, text):
    """(rows that gpugauge can derive, [(row of the file, reason)] of the others) of silicon_sample.csv."""
    rows, others = [], []
    for line, row in lines_of(path, text, COLUMNS):
        reason = reason_against(row)
        if reason:
            others.append((row, reason))
        else:
            rows.append(row_of(path, line, row))
    return rows, others


def reason_not_usable(row, prompt_ms):
    """Of a row whose TTFT is not that of its batch in a closed loop (the review's rule), with `prompt_ms` the derived
    prefill of one request; else an empty text."""
    ttft_ms = row.figures.get("ttft")
    if row.is_published or ttft_ms is None:
        return ""
    if ttft_ms <= 0.6 * prompt_ms:
        return "TTFT under 0.6 of the derived prefill: the prompt was cached"
    if ttft_ms >= 3 * prompt_ms * max(1, row.batch / 4):
        return "TTFT over 3 max(1, batch / 4) times the derived prefill: requests queued outside the batch"
    if row.backend == "vllm" and row.precision == "fp8" and row.model in ("llama-3.1-8b", "qwen3-32b"):
        return "vLLM FP8 of this model: the concurrency is not the batch"
    return ""
