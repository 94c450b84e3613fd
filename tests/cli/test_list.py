import csv
import io
import json
import re

import pytest
from conftest import assert_one_line_error


def plan(program, *arguments):
    result = program("list", *arguments, "--format", "json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)["plan"]


def test_lists_every_case_of_a_suite_with_its_work(gpugauge):
    cases = {row["case"]: row for row in plan(gpugauge, "--suite", "tiny", "--device", "cpu")}
    read = cases["memory/read/8MiB/openmp/cold"]
    assert read["bytes"] == 8 * 1024 * 1024
    gemm = cases["gemm/fp32/m:256/n:256/k:256/onednn/cold"]
    assert gemm["flops"] == 2 * 256**3
    assert gemm["bytes"] == 3 * 256 * 256 * 4
    assert cases["gemm/fp8_e4m3/m:256/n:256/k:256/onednn/cold"]["unsupported"]


def test_measures_nothing(gpugauge):
    assert gpugauge("list", "--suite", "tiny").returncode == 0
    assert not (gpugauge.folder / "results").exists()


def test_gives_an_estimate_of_the_whole(gpugauge):
    result = gpugauge("list", "--suite", "quick", "--device", "cpu")
    assert "at most about" in result.stdout


def test_says_how_long_every_suite_takes(gpugauge):
    lines = gpugauge("list", "--suite", "quick", "--device", "cpu").stdout.splitlines()
    assert any(line.endswith("22 cases; at most about 48 s of sampling") for line in lines)
    whole = next(line for line in lines if "whole suites, at most: " in line)
    assert re.search(r"quick 48 s, datasheet \d+ min \d+ s, nightly .*, full ", whole), whole
    filtered = gpugauge("list", "--suite", "quick", "--device", "cpu", "--filter", "memory/read").stdout
    assert "1 case; at most about 4.100 s" in filtered and whole in filtered
    assert "how long each takes: gpugauge list" in " ".join(gpugauge("run", "--help").stdout.split())


@pytest.mark.parametrize("suite", ["quick", "datasheet", "nightly", "full"])
@pytest.mark.parametrize("device", ["cpu", "h100-sxm5"])
def test_every_shipped_suite_plans_on_every_kind_of_device(gpugauge, suite, device):
    cases = plan(gpugauge, "--suite", suite, "--device", device)
    assert cases
    assert len({row["case"] for row in cases}) == len(cases)


def test_a_card_that_is_not_here_has_roof_times_from_its_datasheet(gpugauge):
    cases = {row["case"]: row for row in plan(gpugauge, "--suite", "quick", "--device", "h100-sxm5")}
    read = cases["memory/read/4GiB/stream/cold"]
    assert read["roof_us"] == pytest.approx(4 * 2**30 / 3352e9 * 1e6)


def test_the_command_lines_models_and_batches_replace_the_suites(gpugauge):
    cases = plan(gpugauge, "--suite", "tiny", "--device", "cpu", "--model", "llama-3.1-8b", "--batch", "7")
    linears = [row["case"] for row in cases if "llama" in row["case"]]
    assert len(linears) == 5
    assert all("/m:7/" in name for name in linears)
    assert not any("micro" in row["case"] for row in cases)


def test_filter_keeps_matches(gpugauge):
    cases = plan(gpugauge, "--suite", "tiny", "--device", "cpu", "--filter", "hot$")
    assert {row["case"].rsplit("/", 1)[1] for row in cases} == {"hot"}


def test_csv_has_the_same_rows(gpugauge):
    rows = plan(gpugauge, "--suite", "tiny", "--device", "cpu")
    text = gpugauge("list", "--suite", "tiny", "--device", "cpu", "--format", "csv").stdout
    assert [row["case"] for row in csv.DictReader(io.StringIO(text))] == [row["case"] for row in rows]


def test_an_unknown_card_names_the_nearest(gpugauge):
    assert_one_line_error(gpugauge("list", "--device", "h100-sxn5"), 2, "did you mean 'h100-sxm5'?")


def test_an_unknown_format_names_the_nearest(gpugauge):
    assert_one_line_error(gpugauge("list", "--format", "jsn"), 2, "did you mean 'json'?")


def test_a_filter_that_matches_nothing_is_an_error(gpugauge):
    assert_one_line_error(gpugauge("list", "--suite", "tiny", "--device", "cpu", "--filter", "nothing"), 2, "nothing")
