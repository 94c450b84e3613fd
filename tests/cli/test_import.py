"""Files that scripts/import_aiconfigurator.py made, in the hands of the reading commands."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "import_aiconfigurator.py"
VALIDATE = ROOT / "tests" / "cli" / "validate_result.py"
DATA = os.environ.get("GPUGAUGE_AICONFIGURATOR_DATA", "")

COMMON = {"framework": "VLLM", "version": "1.2", "device": "NVIDIA TOY"}
# At 700 GB/s, around every linear of llama-3.1-8b but the LM head, at batches 1 and 16.
GEMMS = [{**COMMON, "op_name": "gemm", "kernel_source": "linear", "gemm_dtype": "bfloat16", "m": m, "n": n, "k": k,
          "latency": 2 * n * k / 700e6} for m in (1, 16) for n in (4096, 32768) for k in (4096, 16384)]
ATTENTION = [{**COMMON, "op_name": "generation_attention", "kernel_source": "fa2", "batch_size": batch, "isl": 1,
              "num_heads": 32, "num_key_value_heads": 8, "head_dim": 128, "beam_width": 1, "attn_dtype": "bfloat16",
              "kv_cache_dtype": "bfloat16", "step": step, "window_size": 0, "latency": batch * (step + 1) / 100e3}
             for batch in (1, 16) for step in (1023, 4095)]


def import_system(folder, system, output, *arguments):
    return subprocess.run([sys.executable, str(SCRIPT), str(folder), "--system", system, "-o", str(output), *arguments],
                          capture_output=True, text=True, check=False)


@pytest.fixture
def toy(gpugauge):
    """A program with a small imported file in its folder."""
    systems = gpugauge.folder / "systems"
    tables = systems / "data" / "toy" / "vllm" / "1.2"
    tables.mkdir(parents=True)
    (systems / "toy.yaml").write_text("gpu:\n  mem_bw: 800000000000\n  mem_capacity: 48000000000\n  sm_version: 89\n")
    for name, rows in (("gemm_perf", GEMMS), ("generation_attention_perf", ATTENTION)):
        with (tables / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
    result = import_system(systems, "toy", gpugauge.folder / "toy.json")
    assert result.returncode == 0, result.stderr
    return gpugauge


def rows_of(gpugauge, command, *arguments):
    result = gpugauge(command, *arguments, "--format", "json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def tokens_of(gpugauge, file, *arguments):
    return rows_of(gpugauge, "tokens", file, "--model", "llama-3.1-8b", "--precision", "bf16", *arguments)["tokens"]


def test_an_imported_file_is_of_the_published_schema(toy):
    result = subprocess.run([sys.executable, str(VALIDATE), str(toy.folder / "toy.json")], capture_output=True,
                            text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("command", ["show", "tokens", "cost"])
def test_every_reader_takes_it(toy, command):
    arguments = [] if command == "show" else ["--model", "llama-3.1-8b"]
    arguments += ["--hourly", "1"] if command == "cost" else []
    result = toy(command, "toy.json", *arguments)
    assert result.returncode == 0, result.stderr
    assert {"show": "linear", "tokens": "imported", "cost": "$1.00"}[command] in result.stdout


def test_the_step_is_the_sum_of_what_was_imported(toy):
    row, = tokens_of(toy, "toy.json", "--batch", "1", "--context", "1024")
    streamed = 2 * (8030261248 - 128256 * 4096)  # all weights but the input embedding
    assert row["memory_bound_tok_per_s"] == pytest.approx(800e9 / (streamed + 1024 * 131072), rel=1e-3)
    layers = 32 * 2 * (6144 * 4096 + 4096 * 4096 + 28672 * 4096 + 4096 * 14336) / 700e9
    attention = 32 * 1024 / 100e6
    head = 2 * 128256 * 4096 / 800e9
    assert row["library_tok_per_s"] < 1 / (layers + attention + head)
    assert row["library_tok_per_s"] > 0.95 / (layers + attention + head)  # the small ops are modelled
    assert row["library_low_tok_per_s"] < row["library_tok_per_s"] < row["library_high_tok_per_s"]
    assert row["interpolated_imported_percent"] > 50
    assert row["interpolated_percent"] == 0 and row["measured_percent"] == 0


def test_every_op_says_whether_it_was_imported_or_interpolated(toy):
    rows = rows_of(toy, "tokens", "toy.json", "--model", "llama-3.1-8b", "--precision", "bf16", "--batch", "1",
                   "--context", "1024", "--ops")["ops"]
    ops = {row["op"]: row["origin"] for row in rows}
    assert ops["o"] == "imported"
    assert ops["attention"] == "imported"
    assert ops["gate_up"] == "interpolated_imported"
    assert ops["lm_head"] == "modelled"


def test_all_reduces_of_several_cards_are_imported(gpugauge):
    systems = gpugauge.folder / "systems"
    systems.mkdir()
    (systems / "toy.yaml").write_text("gpu:\n  mem_bw: 800000000000\n  mem_capacity: 48000000000\n  sm_version: 89\n")
    reduces = [{**COMMON, "op_name": "all_reduce", "kernel_source": "NCCL", "nccl_dtype": "half", "num_gpus": 2,
                "message_size": 4096 * tokens, "latency": 0.04 * tokens} for tokens in (1, 2, 1024)]
    prefill = [{**GEMMS[0], "m": m, "latency": m / 2048} for m in (1024, 2048)]
    for name, rows in (("vllm/1.2/gemm_perf", GEMMS + prefill), ("nccl/2.29.2/nccl_perf", reduces)):
        path = systems / "data" / "toy" / f"{name}.csv"
        path.parent.mkdir(parents=True)
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
    result = import_system(systems, "toy", gpugauge.folder / "toy.json")
    assert result.returncode == 0, result.stderr
    valid = subprocess.run([sys.executable, str(VALIDATE), str(gpugauge.folder / "toy.json")], capture_output=True,
                           text=True, check=False)
    assert valid.returncode == 0, valid.stdout + valid.stderr
    asked = ["serve", "toy.json", "--model", "llama-3.1-8b", "--precision", "bf16", "--input-tokens", "1024", "--output-tokens", "8",
             "--batch", "2", "--gpus", "2"]
    result = gpugauge(*asked)
    assert result.returncode == 0, result.stderr
    assert "all-reduces are imported" in result.stdout, result.stdout
    assert "all-reduces are modelled: ring over pcie" in gpugauge(*asked[:-1], "4").stdout


SERVED = ["--model", "llama-3.1-8b", "--precision", "bf16", "--batch", "1", "--input-tokens", "1000", "--output-tokens", "48"]
DECODED = ["--model", "llama-3.1-8b", "--precision", "bf16", "--batch", "1", "--context", "1024"]
AS_A_FILE_SAYS = "nothing was measured here: modelled, imported, interpolated between imported"


@pytest.mark.parametrize("command, arguments, table", [
    ("tokens", DECODED, "tokens"), ("cost", [*DECODED, "--hourly", "1"], "cost"),
    ("serve", [*SERVED, "--hourly", "1"], "serving"), ("serve", [*SERVED, "--hourly", "1"], "serving_money")])
def test_imported_stays_on_a_number_to_the_last_table(toy, command, arguments, table):
    add_prefill(toy)
    files = ["toy.json"]
    assert AS_A_FILE_SAYS in " ".join(toy(command, *files, *arguments).stdout.split())
    for row in rows_of(toy, command, *files, *arguments)[table]:
        if row["batch"] != 1:
            continue  # the largest
        assert row["interpolated_imported_percent"] > 50 and row["imported_percent"] > 5
        assert row["measured_percent"] == 0 and row["interpolated_percent"] == 0
    assert "interpolated_imported_percent" in toy(command, *files, *arguments, "--format", "csv").stdout
    assert "interpolated between imported" in toy(command, *files, *arguments, "--format", "markdown").stdout


def test_imported_is_said_by_break_even_and_by_the_answer_of_advise(toy):
    add_prefill(toy)
    text = " ".join(toy("break-even", "toy.json", "./toy.json", *SERVED, "--hourly", "toy.json=1,./toy.json=2").stdout.split())
    assert text.count("at batch 1 nothing was measured here: ") == 2
    row = rows_of(toy, "break-even", "toy.json", "./toy.json", *SERVED, "--hourly", "toy.json=1,./toy.json=2")["break_even"][0]
    assert "% interpolated between imported" in row["a_time_is"] and row["b_time_is"] == row["a_time_is"]
    advice = rows_of(toy, "advise", "toy.json", *SERVED, "--hourly", "1")
    assert "nothing was measured here: " in advice["answer"][0]["details"]
    assert "% interpolated between imported" in advice["answer"][0]["details"]
    assert advice["advice"][0]["interpolated_imported_percent"] > 50
    assert advice["answer"][0]["input_tokens"] == 1000


def add_prefill(toy):
    """The batch of a prompt, so that what is served is known."""
    systems = toy.folder / "systems"
    path = systems / "data" / "toy" / "vllm" / "1.2" / "gemm_perf.csv"
    with path.open("a", newline="") as file:
        csv.DictWriter(file, GEMMS[0].keys()).writerows({**row, "m": m, "latency": row["latency"] * m / 256}
                                                        for row in GEMMS[:4] for m in (512, 2048))
    result = import_system(systems, "toy", toy.folder / "toy.json")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("output, said", [
    ("prometheus", 'origin="imported"} '), ("bencher", ' (imported)": {'), ("github-action", 'NVIDIA TOY, imported"'),
    ("junit", '<property name="origin" value="imported"/>'), ("github", "NVIDIA TOY (imported): "),
    ("googlebenchmark", '"label": "imported"')])
def test_imported_stays_on_a_number_in_every_export(toy, output, said):
    assert said in toy("export", "toy.json", "--format", output).stdout


def test_outside_what_was_imported_nothing_is_made_up(toy):
    row, = tokens_of(toy, "toy.json", "--batch", "64", "--context", "1024")
    assert row["library_tok_per_s"] is None
    assert row["reason"]


@pytest.mark.skipif(not DATA, reason="GPUGAUGE_AICONFIGURATOR_DATA does not name aiconfigurator's systems folder")
def test_a_decode_step_is_near_what_was_published(gpugauge):
    """vLLM, Llama-3.1-8B in BF16 on an L40S: 44 to 46 tok/s at batch 1, 325 to 350 at batch 8."""
    for system in ("l40s", "h100_sxm"):
        imported = import_system(DATA, system, gpugauge.folder / f"{system}.json", "--heads", "32/8/128")
        if imported.returncode == 3:
            pytest.skip(imported.stderr.strip())
        assert imported.returncode == 0, imported.stderr
    rates = {system: {row["batch"]: row["library_tok_per_s"] for row in
                      tokens_of(gpugauge, f"{system}.json", "--batch", "1,8", "--context", "1024")}
             for system in ("l40s", "h100_sxm")}
    assert 0.9 * 44 <= rates["l40s"][1] <= 1.1 * 46, rates
    assert 0.9 * 325 <= rates["l40s"][8] <= 1.1 * 350, rates
    for batch in (1, 8):
        # The faster card is faster, by no more than its memory is and the small ops leave room for.
        assert 2 < rates["h100_sxm"][batch] / rates["l40s"][batch] < 1.2 * 3350 / 864, rates
