import json
import os
import re
import shlex
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, assert_one_line_error, load

SCHEMA_CHECK = [sys.executable, str(ROOT / "tests" / "cli" / "validate_result.py")]


def own(entry):
    return entry["gpugauge"]


def test_measures_verifies_and_writes_a_file(fresh):
    result = load(fresh.folder / "result.json")
    context = own(result["context"])
    assert context["complete"] is True
    assert result["benchmarks"]
    for entry in result["benchmarks"]:
        assert entry["real_time"] > 0
        assert own(entry)["verification"]["passed"] is True
        assert own(entry)["verification"]["checked"] > 0


def test_a_cpu_has_no_health_to_tell(fresh):
    (session,) = own(load(fresh.folder / "result.json")["context"])["sessions"]
    assert set(session) == {"started_utc", "ended_utc", "argv"}


def test_every_planned_case_has_a_number_or_a_reason(fresh):
    result = load(fresh.folder / "result.json")
    context = own(result["context"])
    names = {entry["name"] for entry in result["benchmarks"]}
    reasons = {case["name"]: case["reason"] for case in context["not_measured"]}
    assert set(context["planned"]) == names | set(reasons)
    assert not names & set(reasons)
    assert "fp8_e4m3" in " ".join(reasons)
    assert all(reasons.values())


def test_the_file_matches_the_schema(fresh):
    check = subprocess.run([*SCHEMA_CHECK, str(fresh.folder / "result.json")], capture_output=True, text=True)
    assert check.returncode == 0, check.stdout + check.stderr


@pytest.mark.parametrize("spoil", [
    lambda result: result["benchmarks"][0]["gpugauge"].pop("verification"),
    lambda result: result["benchmarks"][0]["gpugauge"]["time_ns"].update(median="fast"),
    lambda result: result["context"]["gpugauge"].update(surprise=1),
    lambda result: result["context"]["gpugauge"].pop("run_id"),
])
def test_the_schema_refuses_a_spoilt_file(fresh, tmp_path, spoil):
    result = load(fresh.folder / "result.json")
    spoil(result)
    spoilt = tmp_path / "spoilt.json"
    spoilt.write_text(json.dumps(result))
    assert subprocess.run([*SCHEMA_CHECK, str(spoilt)], capture_output=True).returncode != 0


def test_tables_go_to_stdout_and_no_progress_is_drawn_off_a_terminal(gpugauge):
    result = gpugauge("run", "--suite", "tiny", "--device", "cpu", "-o", "x.json")
    assert result.returncode == 0
    assert "memory/read/8MiB/openmp/cold" in result.stdout
    assert "tok/s" in result.stdout
    assert "$" in result.stdout
    assert "file     x.json" in result.stdout.splitlines()[-10:]
    assert "\r" not in result.stderr
    assert "\x1b" not in result.stdout + result.stderr


def test_quiet_says_nothing_on_stderr(gpugauge):
    assert gpugauge("run", "-q", "--suite", "tiny", "--device", "cpu", "-o", "x.json").stderr == ""


@pytest.mark.skipif(not os.path.exists("/dev/ptmx"), reason="no pseudo-terminals here")
def test_progress_and_colour_on_a_terminal(gpugauge):
    def stderr_on_a_terminal(**environment):
        gpugauge.environment.update(environment)
        command = shlex.join(gpugauge.command("run", "--overwrite", "--suite", "tiny", "--device", "cpu", "-o", "x.json"))
        return subprocess.run(["script", "-qec", command, "/dev/null"], cwd=gpugauge.folder, env=gpugauge.environment,
                              capture_output=True, text=True, timeout=120).stdout

    shown = stderr_on_a_terminal(NO_COLOR="")
    assert re.search(r"\[\d+/\d+\] \d+% \d+:\d\d left", shown)
    assert "\x1b[32m" in shown or "\x1b[1m" in shown
    plain = stderr_on_a_terminal(NO_COLOR="1")
    assert "\x1b[32m" not in plain and "\x1b[1m" not in plain


def test_the_default_file_is_named_by_device_time_and_suite(gpugauge):
    assert gpugauge("run", "--suite", "tiny", "--device", "cpu", "--filter", "hot").returncode == 0
    files = list((gpugauge.folder / "results").rglob("*.json"))
    assert len(files) == 1
    assert re.fullmatch(r"\d{8}T\d{6}Z_tiny\.json", files[0].name)


def test_an_existing_file_is_not_touched(gpugauge):
    path = gpugauge.folder / "x.json"
    path.write_text("precious")
    assert_one_line_error(gpugauge("run", "--suite", "tiny", "--device", "cpu", "-o", "x.json"), 2, "x.json", "--overwrite")
    assert path.read_text() == "precious"


def test_overwrite_replaces_it(gpugauge):
    path = gpugauge.measure()
    first = own(load(path)["context"])["run_id"]
    gpugauge.measure("result.json", "--overwrite")
    assert own(load(path)["context"])["run_id"] != first


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere; the next test covers a path that cannot be made")
def test_an_unwritable_folder_is_an_environment_error(gpugauge):
    folder = gpugauge.folder / "locked"
    folder.mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)
    assert_one_line_error(gpugauge("run", "--suite", "tiny", "-o", "locked/x.json"), 3, "locked")


def test_a_folder_that_cannot_be_made_is_an_environment_error(gpugauge):
    (gpugauge.folder / "file").write_text("")
    assert_one_line_error(gpugauge("run", "--suite", "tiny", "--device", "cpu", "-o", "file/x.json"), 3, "file")


def test_redact_leaves_out_whose_machine_it_was(gpugauge):
    path = gpugauge.measure("x.json", "--redact", "--filter", "hot")
    assert os.uname().nodename not in path.read_text()
    assert load(path)["context"]["host_name"] == "redacted"


def test_google_benchmarks_own_options_work(gpugauge):
    result = gpugauge("run", "--suite", "tiny", "--device", "cpu", "-o", "x.json", "--",
                      "--benchmark_filter=memory/read.*hot", "--benchmark_repetitions=3",
                      "--benchmark_out=gb.json", "--benchmark_out_format=json")
    assert result.returncode == 0, result.stderr
    ours = load(gpugauge.folder / "x.json")["benchmarks"]
    assert [entry["repetition_index"] for entry in ours] == [0, 1, 2]
    theirs = load(gpugauge.folder / "gb.json")["benchmarks"]
    assert len([entry for entry in theirs if entry["run_type"] == "iteration"]) == 3
    assert theirs[0]["bytes_per_second"] > 0


def test_google_benchmarks_format_takes_over_stdout(gpugauge):
    result = gpugauge("run", "--suite", "tiny", "--device", "cpu", "--filter", "hot", "-o", "x.json", "--",
                      "--benchmark_format=json")
    assert result.returncode == 0
    assert json.loads(result.stdout)["benchmarks"]


def test_google_benchmarks_list_runs_nothing(gpugauge):
    result = gpugauge("run", "--suite", "tiny", "--device", "cpu", "--", "--benchmark_list_tests")
    assert result.returncode == 0
    assert "memory/read/8MiB/openmp/cold/iterations:1/manual_time" in result.stdout
    assert not (gpugauge.folder / "results").exists()


@pytest.mark.parametrize("argument", ["--suite=quick", "--benchmark_nonsense=1", "--benchmark_format=xml", "--benchmark_min_warmup_time=1"])
def test_what_google_benchmark_does_not_know_is_an_error(gpugauge, argument):
    result = gpugauge("run", "--suite", "tiny", "--device", "cpu", "-o", "x.json", "--", argument)
    assert_one_line_error(result, 2, argument.split("=")[0])


def test_compare_py_reads_the_file(fresh):
    tool = Path("/usr/share/benchmark/compare.py")
    if not tool.exists():
        pytest.skip("libbenchmark-tools is not installed")
    pytest.importorskip("scipy", reason="compare.py needs scipy")
    path = str(fresh.folder / "result.json")
    result = subprocess.run([sys.executable, str(tool), "benchmarks", path, path], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert "memory/read/8MiB/openmp/cold" in result.stdout


@pytest.mark.parametrize("hourly", ["h100=2", "1,2"])
def test_a_price_that_does_not_fit_the_card_is_refused_before_anything_is_measured(gpugauge, hourly):
    result = gpugauge("run", "--suite", "tiny", "--device", "cpu", "-o", "x.json", "--hourly", hourly)
    assert_one_line_error(result, 2, "--hourly", "expected")
    assert not list(gpugauge.folder.glob("x.json*"))


def test_a_warning_of_a_price_list_is_said_once(gpugauge):
    (gpugauge.folder / "mine.csv").write_text("AcceleratorName,AcceleratorCount,Price,SpotPrice,price_per_gpu\nH100,8,16,,2\n")
    run = gpugauge("run", "--suite", "tiny", "--device", "cpu", "-o", "x.json", "--filter", "memory/", "--prices", "mine.csv")
    assert run.returncode == 0, run.stderr
    assert run.stderr.count("mine.csv: 1 of 1 offers do not name their source") == 1, run.stderr


def test_nothing_measurable_is_an_environment_error(gpugauge):
    result = gpugauge("run", "--suite", "tiny", "--device", "cpu", "--filter", "fp8", "-o", "x.json")
    assert_one_line_error(result, 3, "fp8")


def test_a_gpu_that_is_not_here_is_an_environment_error(gpugauge):
    assert_one_line_error(gpugauge("run", "--suite", "tiny", "--device", "cuda:63"), 3, "CUDA")
