"""--calibration: what an engine measured, beside what is derived."""

import json
import subprocess
import sys

import pytest
from conftest import ROOT, assert_one_line_error, load

SCRIPT = ROOT / "scripts" / "import_vllm.py"
TOKENS = ["tokens", "result.json", "--model", "micro", "--precision", "fp32", "--batch", "2,4", "--context", "64"]
SERVE = ["serve", "result.json", "--model", "micro", "--precision", "fp32", "--input-tokens", "60", "--output-tokens", "8", "--batch", "4"]


@pytest.fixture
def calibrated(measured):
    """Calibrations of the measured file's device, as the script writes them."""
    device = load(measured.folder / "result.json")["context"]["gpugauge"]["device"]["name"]
    bench = measured.folder / "bench.json"
    bench.write_text(json.dumps({"avg_latency": 0.1, "latencies": [0.08, 0.1, 0.125]}))

    def write(name, *arguments, proxy=640):
        result = subprocess.run([sys.executable, SCRIPT, bench, "--proxy", str(proxy), "--batch", "4", "--input-len", "60",
                                 "--output-len", "8", "--model", "micro", "--precision", "fp32", "--device", device,
                                 "-o", measured.folder / name, *arguments], capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        return name
    measured.calibration = write  # 4 * 8 / 0.1 = 320 tok/s: half of the proxy
    return measured


def rows(result):
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_tokens_shows_it_apart_from_the_raw_number(calibrated):
    file = calibrated.calibration("c.json")
    raw = rows(calibrated(*TOKENS, "--hourly", "2", "--format", "json"))
    found = rows(calibrated(*TOKENS, "--hourly", "2", "--calibration", file, "--format", "json"))
    assert found["tokens"] == raw["tokens"]
    two, four = found["calibrated"]
    assert four["derived_tok_per_s"] == pytest.approx(raw["tokens"][1]["library_tok_per_s"])
    assert four["calibrated_tok_per_s"] == pytest.approx(four["derived_tok_per_s"] / 2)
    assert four["calibrated_low_tok_per_s"] == pytest.approx(0.4 * four["derived_low_tok_per_s"])
    assert four["calibrated_high_tok_per_s"] == pytest.approx(0.625 * four["derived_high_tok_per_s"])
    assert four["calibrated_dollars_per_million"] == pytest.approx(2 * four["derived_dollars_per_million"])
    assert (two["extrapolated"], four["extrapolated"]) == (True, False)
    assert two["extrapolated_from"] == "batch 4, 60+8"


@pytest.mark.parametrize("format", ["table", "csv", "markdown"])
def test_every_format(calibrated, format):
    result = calibrated(*TOKENS, "--hourly", "2", "--calibration", calibrated.calibration("c.json"), "--format", format,
                        *(["--table", "calibrated"] if format == "csv" else []))
    assert result.returncode == 0, result.stderr
    assert "batch 4, 60+8" in result.stdout
    if format == "table":
        shown = result.stdout[result.stdout.index("calibrated by"):]
        assert max(map(len, shown.splitlines())) <= 120


def test_cost_takes_it_at_every_rate(calibrated):
    file = calibrated.calibration("c.json")
    cost = rows(calibrated("cost", *TOKENS[1:], "--hourly", "2", "--calibration", file, "--format", "json"))
    assert [row["rate_kind"] for row in cost["calibrated"]] == [row["rate_kind"] for row in cost["cost"]]
    assert [row["derived_dollars_per_million"] for row in cost["calibrated"]] == pytest.approx(
        [row["library_dollars_per_million"] for row in cost["cost"]])


def test_serve_takes_it_and_is_the_measured_rate_at_its_own_point(calibrated):
    """Whatever of it can be derived from a file that was measured on a busy machine."""
    served = rows(calibrated(*SERVE, "--calibration", calibrated.calibration("c.json"), "--format", "json"))
    derived = [row["library_output_tok_per_s"] for row in served["serving"] if row["library_output_tok_per_s"]]
    assert [row["derived_tok_per_s"] for row in served["calibrated"]] == pytest.approx(derived)
    for row in served["calibrated"]:
        assert row["calibrated_tok_per_s"] == pytest.approx(row["derived_tok_per_s"] * row["factor"])
        assert row["extrapolated"] is (row["batch"] != 4)
        if row["batch"] == 4:
            assert row["calibrated_tok_per_s"] == pytest.approx(320)


def test_every_command_repeats_that_requests_failed(calibrated):
    file = calibrated.folder / calibrated.calibration("failed.json")
    file.write_text(json.dumps({**load(file), "failed_requests": 2, "completed_requests": 98}))
    for arguments in (TOKENS, ["cost", *TOKENS[1:], "--hourly", "2"], SERVE):
        result = calibrated(*arguments, "--calibration", "failed.json")
        assert result.returncode == 0, result.stderr
        assert "2 of 100 requests failed" in " ".join((result.stdout + result.stderr).split())


def test_of_another_card_it_applies_to_nothing_and_says_so(calibrated):
    file = calibrated.calibration("other.json", "--device", "NVIDIA Other")
    result = calibrated(*TOKENS, "--calibration", file)
    assert result.returncode == 0, result.stderr
    assert "other.json: not used" in result.stdout
    assert "NVIDIA Other" in result.stdout


@pytest.mark.parametrize("key, value, expected", [
    ("gpugauge_calibration", 2, "'gpugauge_calibration' is '2'"),
    ("factor", float("nan"), "not valid JSON"),
    ("factor", 0, "'factor' is '0'"),
    ("factor", 1e6, "a number from 0.01 to 10"),
    ("factor", 0.9, "to factor_high, 0.625"),
    ("proxy_output_tokens_per_second", 700, "expected measured over proxy"),
    ("precision", "bf15", "bf16"),
    ("fator", 1, "fator"),
])
def test_a_wrong_file_is_refused_with_its_place(calibrated, key, value, expected):
    content = load(calibrated.folder / calibrated.calibration("wrong.json"))
    content[key] = value
    (calibrated.folder / "wrong.json").write_text(json.dumps(content, indent=2))
    assert_one_line_error(calibrated(*TOKENS, "--calibration", "wrong.json"), 2, "wrong.json:", expected)


def test_a_file_that_does_not_say_its_card_says_how_to_make_one(calibrated):
    content = load(calibrated.folder / calibrated.calibration("wrong.json"))
    del content["device"]
    (calibrated.folder / "wrong.json").write_text(json.dumps(content))
    assert_one_line_error(calibrated(*TOKENS, "--calibration", "wrong.json"), 2, "--device")
    assert_one_line_error(calibrated(*TOKENS, "--calibration", "nowhere.json"), 2, "nowhere.json")
