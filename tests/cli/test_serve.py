import csv
import io
import json
import shutil

import pytest
from conftest import assert_one_line_error

ASKED = ["--model", "micro", "--precision", "fp32", "--input-tokens", "64", "--output-tokens", "16"]


def rows(result):
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)["serving"]


@pytest.mark.parametrize("format", ["table", "json", "csv", "markdown"])
def test_serve_prints_every_format(measured, format):
    result = measured("serve", "result.json", *ASKED, "--batch", "2", "--format", format)
    assert result.returncode == 0, result.stderr
    assert "micro" in result.stdout
    if format == "json":
        assert len(json.loads(result.stdout)["serving"]) == 2
    if format == "csv":
        lines = list(csv.reader(io.StringIO(result.stdout)))
        assert len({len(line) for line in lines}) == 1 and len(lines) == 3


def serving(measured, *arguments):
    return rows(measured("serve", "result.json", *ASKED, *arguments, "--format", "json"))


def test_the_formulas(measured):
    """TPOT = D + P (B - 1) / osl and out tok/s = B osl / (osl D + B P) of the same rows, one prompt in a step."""
    alone, three = serving(measured, "--batch", "1,3", "--chunk-tokens", "64")[:2]
    prefill = alone["ttft_ms"]
    assert alone["tpot_ms"] == pytest.approx(alone["decode_ms"])
    assert three["tpot_ms"] == pytest.approx(three["decode_ms"] + prefill * 2 / 16)
    assert three["ttft_unloaded_ms"] == alone["ttft_unloaded_ms"] == pytest.approx(prefill)
    assert three["ttft_ms"] > prefill
    seconds = (16 * three["decode_ms"] + 3 * prefill) / 1e3
    assert three["library_output_tok_per_s"] == pytest.approx(3 * 16 / seconds)
    assert three["library_output_low_tok_per_s"] <= three["library_output_tok_per_s"] <= three["library_output_high_tok_per_s"]


def test_the_serving_engine_is_named_or_a_file(measured):
    engine = measured.folder / "slow.yaml"
    engine.write_text("name: slow\ntitle: A slow one\n" + "".join(
        f"{key}: {{value: {value}, source: here}}\n" for key, value in {
            "chunk_tokens": 8192, "steps_behind": 0, "all_reduce_gap_ns": 0, "sequence_ns": 1e7, "host_ns": 0,
            "host_sequence_ns": 0}.items()))
    plain, slow = (serving(measured, "--batch", "2", "--serving", name)[0] for name in ("vllm", str(engine)))
    assert slow["tpot_ms"] == pytest.approx(plain["tpot_ms"] + 20)
    assert_one_line_error(measured("serve", "result.json", *ASKED, "--serving", "vlm"), 2, "vllm")


def test_a_target_for_ttft_is_one_for_the_wait_under_load(measured):
    two = serving(measured, "--batch", "2", "--chunk-tokens", "64")[0]
    between = (two["ttft_unloaded_ms"] + two["ttft_ms"]) / 2
    largest = serving(measured, "--ttft", str(between), "--chunk-tokens", "64")[0]
    assert two["ttft_unloaded_ms"] < between and largest["batch"] == 1 and largest["batch_limit"] == "ttft"


def test_the_decode_step_is_that_of_tokens(measured):
    (served, _) = rows(measured("serve", "result.json", *ASKED, "--batch", "4", "--format", "json"))
    tokens = json.loads(measured("tokens", "result.json", "--model", "micro", "--precision", "fp32", "--batch", "4",
                                 "--context", "72", "--format", "json").stdout)["tokens"][0]
    assert served["decode_ms"] == pytest.approx(4e3 / tokens["library_tok_per_s"])


def test_each_card_at_equal_batch_and_at_its_own_largest(measured):
    shutil.copy(measured.folder / "result.json", measured.folder / "other.json")
    found = rows(measured("serve", "result.json", "other.json", *ASKED, "--batch", "2", "--format", "json"))
    assert [row["batch_is"] for row in found] == ["given", "largest"] * 2
    assert {row["batch"] for row in found if row["batch_is"] == "largest"} == {4}
    assert {row["batch_limit"] for row in found if row["batch_is"] == "largest"} == {"measured"}


def test_a_target_that_nothing_meets_is_said_so(measured):
    (row,) = rows(measured("serve", "result.json", *ASKED, "--tpot", "0.000001", "--format", "json"))
    assert row["batch"] == 0 and row["tpot_ms"] is None
    assert "above the target" in row["reason"]


def test_a_model_that_does_not_fit_is_said_so(measured):
    (row, _) = rows(measured("serve", "result.json", *ASKED, "--batch", "2", "--reserve", "100000000", "--format", "json"))
    assert row["fits"] is False and row["library_output_tok_per_s"] is None
    assert "does not fit" in row["reason"]


def test_two_cards_share_the_model(measured):
    (row, _) = rows(measured("serve", "result.json", *ASKED, "--batch", "2", "--gpus", "2", "--link", "nvlink", "--format", "json"))
    (whole, _) = rows(measured("serve", "result.json", *ASKED, "--batch", "2", "--format", "json"))
    assert row["cards"] == 2
    assert row["weight_bytes"] < 0.6 * whole["weight_bytes"]
    assert row["modelled_percent"] > whole["modelled_percent"]


def test_a_model_that_was_not_measured_is_refused_with_what_to_measure(measured):
    result = measured("serve", "result.json", "--model", "llama-3.1-8b", "--input-tokens", "64", "--output-tokens", "16")
    assert result.returncode == 0
    assert "gpugauge run" in result.stdout


@pytest.mark.parametrize("arguments, word", [
    (["--model", "micro", "--output-tokens", "16"], "--input-tokens"),
    (["--input-tokens", "64", "--output-tokens", "16"], "--model"),
    ([*ASKED, "--input-tokens", "0"], "--input-tokens"),
    ([*ASKED, "--batch", "0"], "--batch"),
    ([*ASKED, "--batch", "99999999"], "--batch"),
    ([*ASKED, "--precision", "fp9"], "fp9"),
    ([*ASKED, "--kv", "fp9"], "fp9"),
    ([*ASKED, "--tpot", "-1"], "--tpot"),
    ([*ASKED, "--tpot", "nan"], "--tpot"),
    ([*ASKED, "--gpus", "3"], "--gpus"),
    ([*ASKED, "--gpus", "8"], "8 cards"),
    ([*ASKED, "--link", "rope"], "rope"),
    ([*ASKED, "--memory-utilisation", "1.5"], "--memory-utilisation"),
    ([*ASKED, "--reserve", "nan"], "reserve"),
    ([*ASKED, "--serving", "nothing"], "nothing"),
    ([*ASKED, "--chunk-tokens", "0"], "--chunk-tokens"),
    ([*ASKED, "--length-spread", "2"], "--length-spread"),
    (["--model", "nothing-7b", "--input-tokens", "64", "--output-tokens", "16"], "nothing-7b"),
])
def test_bad_requests_are_one_line(measured, arguments, word):
    assert_one_line_error(measured("serve", "result.json", *arguments), 2, word)
