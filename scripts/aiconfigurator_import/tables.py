"""Rows of a table, Parquet or CSV, with checked columns."""

import csv
import io
import math
import sys

from result_file import CannotRun, WrongInput

ATTENTION = ("batch_size", "isl", "num_heads", "num_key_value_heads", "head_dim", "beam_width", "attn_dtype",
             "kv_cache_dtype", "step", "latency")
NEEDED = {
    "gemm_perf": ("gemm_dtype", "m", "n", "k", "latency"),
    "generation_attention_perf": ATTENTION,
    "context_attention_perf": ATTENTION,
    "computescale_perf": ("m", "k", "quant_dtype", "latency"),
    "nccl_perf": ("op_name", "nccl_dtype", "num_gpus", "message_size", "latency"),
    "custom_allreduce_perf": ("op_name", "allreduce_dtype", "num_gpus", "message_size", "latency"),
}
# The tables of NCCL 2.23 name no device and no version; window_size 0 is the whole context, as where it is absent.
OPTIONAL = ("framework", "version", "device", "op_name", "window_size", "backend", "implementation", "power",
            "power_limit")


class Row:
    """One row with checked columns; `place` is for messages."""

    def __init__(self, place, values):
        self.place, self.values = place, values

    def text(self, column):
        value = self.values.get(column)
        if not isinstance(value, str) or not value:
            raise WrongInput(f"{self.place}: {column}: found {value!r}, expected a text")
        return value

    def whole(self, column, least=1):
        value = self.values.get(column)
        try:
            number = int(value)
        except (TypeError, ValueError, OverflowError):
            number = None
        if number is None or number < least:
            raise WrongInput(f"{self.place}: {column}: found {value!r}, expected a whole number of at least {least}")
        return number

    def latency_ns(self, may_be_zero=False):
        value = self.values.get("latency")
        try:
            milliseconds = float(value)
        except (TypeError, ValueError):
            milliseconds = math.nan
        if not (math.isfinite(milliseconds) and (milliseconds > 0 or may_be_zero and milliseconds == 0)):
            raise WrongInput(f"{self.place}: latency: found {value!r}, expected milliseconds above 0")
        return round(milliseconds * 1e6, 1)


def check_columns(where, table, columns):
    """A column that is not known could change what a row means, as window_size once did."""
    needed = ("kernel_source", *NEEDED[table])
    for column in needed:
        if column not in columns:
            raise WrongInput(f"{where}: no column {column}, expected {', '.join(needed)}")
    unknown = [column for column in columns if column not in needed and column not in OPTIONAL]
    if unknown:
        raise WrongInput(f"{where}: unknown column {unknown[0]}, expected {', '.join(needed)}, and perhaps "
                         f"{', '.join(OPTIONAL)}")


def parquet(where, content):
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise CannotRun(f"{where}: Parquet needs pyarrow (55 MB): python3 -m venv .venv && .venv/bin/pip install pyarrow; "
                        f"then .venv/bin/python {sys.argv[0]} …") from error
    try:
        return pyarrow.parquet.ParquetFile(io.BytesIO(content))
    except (OSError, pyarrow.ArrowException) as error:
        raise WrongInput(f"{where}: {str(error).splitlines()[0]}") from error


def rows_of(where, content, table):
    """Of a file's bytes; `where` ends with its suffix."""
    if where.endswith(".parquet"):
        file = parquet(where, content)
        check_columns(where, table, file.schema_arrow.names)
        try:
            rows = file.read().to_pylist()
        except Exception as error:  # of a damaged page pyarrow raises several kinds
            raise WrongInput(f"{where}: {str(error).splitlines()[0]}") from error
        first = 1
    else:
        try:
            reader = csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""))
            check_columns(where, table, reader.fieldnames or ())
            rows = list(reader)
        except (UnicodeDecodeError, csv.Error) as error:
            raise WrongInput(f"{where}: {error}") from error
        first = 2
    if not rows:
        raise WrongInput(f"{where}: found no row, expected at least one")
    return [Row(f"{where}:{number}", row) for number, row in enumerate(rows, first)]


def count_rows(where, content):
    """How many rows a table has that is not read further."""
    if where.endswith(".parquet"):
        return parquet(where, content).metadata.num_rows
    return max(content.count(b"\n") - 1, 0)
