"""Embeddings and images per hour of a file whose GEMMs are those of the encoder."""

import csv
import io
import json

import pytest
from conftest import assert_one_line_error
from test_import import COMMON, import_system

# The four linears of bge-large at 32 sequences of 512 tokens, 2 ms each.
M = 32 * 512
GEMMS = [{**COMMON, "op_name": "gemm", "kernel_source": "linear", "gemm_dtype": "bfloat16", "m": M, "n": n, "k": k,
          "latency": 2} for n, k in ((3072, 1024), (1024, 1024), (4096, 1024), (1024, 4096))]
CAUSAL = {**COMMON, "op_name": "context_attention", "kernel_source": "fa2", "batch_size": 32, "isl": 512,
          "num_heads": 16, "num_key_value_heads": 16, "head_dim": 64, "beam_width": 1, "attn_dtype": "bfloat16",
          "kv_cache_dtype": "bfloat16", "step": 0, "window_size": 0, "latency": 0.5}
PASS_MS = 24 * (4 * 2 + 2 * 0.5)


@pytest.fixture
def toy(gpugauge):
    systems = gpugauge.folder / "systems"
    tables = systems / "data" / "toy" / "vllm" / "1.2"
    tables.mkdir(parents=True)
    (systems / "toy.yaml").write_text("gpu:\n  mem_bw: 800000000000\n  mem_capacity: 48000000000\n  sm_version: 89\n")
    for name, rows in (("gemm_perf", GEMMS), ("context_attention_perf", [CAUSAL])):
        with (tables / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
    result = import_system(systems, "toy", gpugauge.folder / "toy.json")
    assert result.returncode == 0, result.stderr
    return gpugauge


def rows(result, name):
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)[name]


@pytest.mark.parametrize("format", ["table", "json", "csv", "markdown"])
def test_forward_prints_every_format(toy, format):
    result = toy("forward", "toy.json", "--model", "bge-large", "--hourly", "2", "--format", format)
    assert result.returncode == 0, result.stderr
    assert "bge-large" in result.stdout
    if format == "csv":
        lines = list(csv.reader(io.StringIO(result.stdout)))
        assert len({len(line) for line in lines}) == 1 and len(lines) == 4
    if format == "table":
        assert max(map(len, result.stdout.splitlines())) <= 120


def test_embeddings_are_the_sum_of_what_is_known(toy):
    row, = rows(toy("forward", "toy.json", "--model", "bge-large", "--batch", "32", "--tokens", "512", "--hourly", "2",
                    "--format", "json"), "embeddings")
    assert row["pass_ms"] == pytest.approx(PASS_MS)
    assert row["library_embeddings_per_hour"] == pytest.approx(32 * 3600e3 / PASS_MS)
    assert row["dollars_per_million"] == pytest.approx(2 * 1e6 / row["library_embeddings_per_hour"])
    assert row["imported_percent"] == pytest.approx(100)
    assert row["attention_percent"] == pytest.approx(100 / 9)
    assert row["fits"] is True


def test_an_image_takes_all_its_steps(toy):
    asked = ["forward", "toy.json", "--model", "sdxl", "--batch", "1", "--format", "json", "--hourly", "1"]
    (thirty,) = rows(toy(*asked, "--steps", "30"), "images")
    (fifty,) = rows(toy(*asked), "images")
    assert (fifty["steps"], fifty["guidance_passes"], fifty["side_pixels"]) == (50, 2, 1024)
    assert thirty["library_images_per_hour"] == pytest.approx(fifty["library_images_per_hour"] * 50 / 30)
    assert fifty["dollars_per_thousand"] == pytest.approx(1000 / fifty["library_images_per_hour"])
    (alone,) = rows(toy(*asked, "--guidance", "1"), "images")
    assert alone["library_images_per_hour"] > 1.5 * fifty["library_images_per_hour"]


def test_the_ops_say_where_they_are_from(toy):
    ops = rows(toy("forward", "toy.json", "--model", "bge-large", "--batch", "32", "--ops", "--format", "json"), "ops")
    assert {op["op"]: op["origin"] for op in ops} == dict.fromkeys(("qkv", "attention", "o", "mlp_up", "mlp_down"),
                                                                   "imported")
    assert sum(op["share_percent"] for op in ops) == pytest.approx(100)


def test_what_nothing_is_known_of_is_refused_with_what_to_measure(toy):
    row, = rows(toy("forward", "toy.json", "--model", "bge-large", "--precision", "fp8", "--batch", "8", "--format",
                    "json"), "embeddings")
    assert row["library_embeddings_per_hour"] is None
    assert "gpugauge run --suite datasheet --filter 'gemm/fp8_e4m3/'" in row["reason"]


@pytest.mark.parametrize("arguments, expected", [
    (["--model", "bge-lareg"], "did you mean 'bge-large'?"),
    (["--model", "llama-3.1-8b"], "unknown encoder or image model"),
    (["--model", "bge-large", "--tokens", "513"], "1 to 512 tokens"),
    (["--model", "sdxl", "--resolution", "1000"], "multiple of"),
    (["--model", "sdxl", "--steps", "0"], "--steps"),
    (["--model", "bge-large", "--steps", "20"], "--steps, --resolution and --guidance need an image model"),
    (["--model", "sdxl", "--tokens", "20"], "--tokens needs an encoder"),
    (["--model", "sdxl", "--batch", "x"], "--batch"),
    (["--model", "sdxl", "--hourly", "-1"], "-1"),
    ([], "--model"),
])
def test_wrong_options_say_what_is_wrong(toy, arguments, expected):
    assert_one_line_error(toy("forward", "toy.json", *arguments), 2, expected)
