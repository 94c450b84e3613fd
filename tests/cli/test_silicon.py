"""Result files with rates that no card can have: no reader takes them for evidence, and each says so in one line."""

from pathlib import Path

import pytest
import synthetic_gpu

GEMM = "gemm/bf16/m:8192/n:8192/k:8192/cublaslt/cold"
READ = "memory/read/4GiB/stream/cold"
SAID = {GEMM: "TFLOPS is above the 1071 TFLOPS of 132 SMs at 1980 MHz: not all of the work was done; not used",
        READ: "GB/s is above the 3352 GB/s of the memory pins: a cache was measured; not used"}
DECODE = ["--model", "llama-3.1-8b", "--batch", "1"]
READERS = {
    "show": ["FILE"], "datasheet": ["FILE"], "tokens": ["FILE", *DECODE], "cost": ["FILE", "--hourly", "2", *DECODE],
    "compare": ["FILE", "honest.json"], "export": ["FILE", "--format", "csv"], "report": ["FILE", "-o", "page.html"],
    "serve": ["FILE", *DECODE[:2], "--input-tokens", "100", "--output-tokens", "100"],
    "advise": ["FILE", *DECODE, "--input-tokens", "100", "--output-tokens", "100"],
}


def made_faster(case, factor, drop=()):
    """The file of a healthy H100 of which one case takes a hundredth or so of its time."""
    made = synthetic_gpu.result(synthetic_gpu.H100)
    device = made["context"]["gpugauge"]["device"]
    device["compute_capability"] = 90
    for key in drop:
        del device[key]
    entry = next(entry for entry in made["benchmarks"] if entry["name"] == case)
    ours = entry["gpugauge"]
    for end in ("median", "low", "high"):
        ours["time_ns"][end] /= factor
    ours["samples"]["time_ns"] = [time / factor for time in ours["samples"]["time_ns"]]
    entry["real_time"] = entry["cpu_time"] = ours["time_ns"]["median"]
    return made


@pytest.fixture
def read(gpugauge):
    """Runs a reader on such a file; the file of the healthy card is `honest.json`."""
    synthetic_gpu.write(gpugauge.folder / "honest.json", synthetic_gpu.result(synthetic_gpu.H100))

    def run(command, case, factor=100, drop=()):
        synthetic_gpu.write(gpugauge.folder / "doctored.json", made_faster(case, factor, drop))
        return gpugauge(command, *("doctored.json" if word == "FILE" else word for word in READERS[command]))

    run.gpugauge = gpugauge
    return run


def lines_about(case, result):
    return [line for line in result.stderr.splitlines() if case in line]


@pytest.mark.parametrize("command", READERS)
@pytest.mark.parametrize("case", SAID)
def test_every_reader_refuses_what_no_card_can_do(read, command, case):
    result = read(command, case)
    assert result.returncode in (0, 1), result.stderr
    lines = lines_about(case, result)
    assert len(lines) == 1 and "doctored.json" in lines[0] and SAID[case] in lines[0], result.stderr


@pytest.mark.parametrize("case, fact", [(GEMM, "max_clock_mhz"), (GEMM, "compute_capability"), (READ, "pin_rate_gbps")])
def test_what_an_older_file_does_not_say_the_datasheet_does(read, case, fact):
    assert SAID[case] in "".join(lines_about(case, read("show", case, drop=[fact])))


@pytest.mark.parametrize("case, metric, shape", [(GEMM, "bf16 dense GEMM", "m:8192"), (READ, "memory read", "4GiB")])
def test_datasheet_does_not_pass_it(read, case, metric, shape):
    result = read("datasheet", case)
    assert result.returncode == 1
    row = next(line for line in result.stdout.splitlines() if metric in line)
    assert shape not in row


def test_tokens_take_no_memory_bound_from_it(read):
    assert "no cold memory read in this file" in read("tokens", READ, factor=2).stdout


def test_track_counts_it_as_failed(gpugauge):
    synthetic_gpu.write(gpugauge.folder / "doctored.json", made_faster(GEMM, 100))
    added = gpugauge("track", "add", "doctored.json", "--history", "nights")
    assert added.returncode == 0, added.stderr
    assert SAID[GEMM] in "".join(lines_about(GEMM, added))
    shown = gpugauge("track", "show", "--history", "nights", "--format", "csv", "--table", "cases")
    assert READ in shown.stdout and GEMM not in shown.stdout
    checked = gpugauge("track", "check", "doctored.json", "--history", "nights")
    assert SAID[GEMM] in "".join(lines_about(GEMM, checked))


def test_honest_files_are_taken_as_they_are(gpugauge):
    """Every committed one, and synthetic ones close to the best that was published."""
    root = Path(__file__).resolve().parents[2]
    files = [*root.glob("results/*/*.json"), root / "tests/data/cli/result.json"]
    for card in (synthetic_gpu.H100, synthetic_gpu.L40S):
        files.append(synthetic_gpu.write(gpugauge.folder / f"{card['name']}.json", synthetic_gpu.result(card)))
    result = gpugauge("show", *files)
    assert result.returncode in (0, 1), result.stderr
    assert "above the" not in result.stderr
