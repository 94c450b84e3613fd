"""Each format is given to the program that it is for, where that is here."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import synthetic_gpu
from conftest import DATA, ROOT, assert_one_line_error

RESULT = ROOT / "results" / "intel-xeon-2-cores" / "quick.json"
FORMATS = ["googlebenchmark", "bencher", "github-action", "junit", "prometheus", "csv", "markdown", "github"]


def export(gpugauge, format, *arguments):
    result = gpugauge("export", RESULT, "--format", format, *arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout


def tool(name):
    unpacked = ROOT / ".promtool" / "usr" / "bin" / name  # by scripts/setup.sh
    path = shutil.which(name) or (unpacked if unpacked.exists() else None)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_is_what_stdout_would_be(gpugauge, format):
    text = export(gpugauge, format)
    assert text
    assert export(gpugauge, format, "-o", "out") == ""
    assert (gpugauge.folder / "out").read_text() == text
    assert not list(gpugauge.folder.glob("out.*")), "nothing half-written stays"


def test_compare_py_reads_googlebenchmark(gpugauge):
    compare = Path("/usr/share/benchmark/compare.py")
    if not compare.exists():
        pytest.skip("libbenchmark-tools is not installed")
    pytest.importorskip("scipy", reason="compare.py needs scipy")
    export(gpugauge, "googlebenchmark", "-o", "gb.json")
    result = subprocess.run([sys.executable, compare, "benchmarks", "gb.json", "gb.json"], cwd=gpugauge.folder,
                            text=True, capture_output=True, timeout=60)
    assert result.returncode == 0, result.stderr
    names = [entry["name"] for entry in json.loads(RESULT.read_text())["benchmarks"]]
    assert all(name in result.stdout for name in names)
    assert "OVERALL_GEOMEAN" in result.stdout


def test_promtool_accepts_prometheus(gpugauge):
    text = export(gpugauge, "prometheus")
    result = subprocess.run([tool("promtool"), "check", "metrics"], input=text, text=True, capture_output=True, timeout=60)
    assert result.returncode == 0, result.stderr + result.stdout
    assert not result.stderr.strip(), "it has advice"


def test_junit_follows_its_schema(gpugauge):
    export(gpugauge, "junit", "-o", "junit.xml")
    result = subprocess.run([tool("xmllint"), "--noout", "--schema", DATA / "junit.xsd", "junit.xml"],
                            cwd=gpugauge.folder, text=True, capture_output=True, timeout=60)
    assert result.returncode == 0, result.stderr


def test_bencher_follows_its_rules(gpugauge):
    for name, measures in json.loads(export(gpugauge, "bencher")).items():
        assert len(name) <= 1024 and measures
        for measure, metric in measures.items():
            assert len(measure) <= 64
            assert metric["lower_value"] <= metric["value"] <= metric["upper_value"]


def test_the_values_are_the_files(gpugauge):
    written = {entry["name"]: entry["real_time"] for entry in json.loads(RESULT.read_text())["benchmarks"]}
    bencher = json.loads(export(gpugauge, "bencher"))
    assert {name: measures["latency"]["value"] for name, measures in bencher.items()} == written


def test_bad_input(gpugauge):
    assert_one_line_error(gpugauge("export", RESULT, "--format", "promtheus"), 2, "promtheus", "prometheus")
    assert_one_line_error(gpugauge("export", RESULT), 2, "format")
    assert_one_line_error(gpugauge("export", "nowhere.json", "--format", "csv"), 2, "nowhere.json")
    assert_one_line_error(gpugauge("export", RESULT, RESULT, "--format", "csv"), 2)
    missing = os.path.join("no", "such", "folder", "out")
    assert_one_line_error(gpugauge("export", RESULT, "--format", "csv", "-o", missing), 3, "no/such")


@pytest.mark.parametrize("format", FORMATS)
def test_a_suite_in_which_every_case_failed_is_no_success(gpugauge, format):
    synthetic_gpu.write(gpugauge.folder / "failed.json", synthetic_gpu.only_failed(synthetic_gpu.H100))
    result = gpugauge("export", "failed.json", "--format", format, "-o", "out")
    assert result.returncode == 1
    assert "failed.json: nothing was measured: memory/read/4GiB/stream/cold: failed: out of memory" in result.stderr
    assert (gpugauge.folder / "out").exists()


@pytest.mark.parametrize("command", [["datasheet"], ["show"], ["tokens", "--model", "llama-3.1-8b", "--batch", "1"]])
def test_nor_is_it_for_those_who_read_it(gpugauge, command):
    synthetic_gpu.write(gpugauge.folder / "failed.json", synthetic_gpu.only_failed(synthetic_gpu.H100))
    assert gpugauge(*command, "failed.json").returncode == 1
