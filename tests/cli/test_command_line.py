import pathlib
import re

import pytest
from conftest import assert_one_line_error

COMMANDS = ["run", "list", "show", "datasheet", "tokens", "cost", "doctor"]


def test_help_names_every_command_and_the_exit_statuses(gpugauge):
    result = gpugauge("--help")
    assert result.returncode == 0
    for command in COMMANDS:
        assert command in result.stdout
    assert "130" in result.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(gpugauge, command):
    result = gpugauge(command, "--help")
    assert result.returncode == 0
    assert result.stderr == ""
    if command != "doctor":
        assert "Examples:" in result.stdout
        assert f"gpugauge {command}" in result.stdout


def test_version(gpugauge):
    result = gpugauge("--version")
    assert result.returncode == 0
    version, build = result.stdout.splitlines()
    assert re.fullmatch(r"gpugauge \d+\.\d+\.\d+ \(\w+\)", version)
    assert re.fullmatch(r"\w+ [\d.]+ \w+, (no CUDA|CUDA [\d.]+ for \d+\w?(\+PTX)?( \d+\w?(\+PTX)?)*)", build)


def test_run_sh_s_table_of_options_is_the_program_s(gpugauge):
    """Stale? gpugauge __options run > scripts/run_options.tsv"""
    table = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "run_options.tsv"
    assert gpugauge("__options", "run").stdout == table.read_text()


def test_nothing_at_all_says_in_five_lines_what_can_be_asked(gpugauge):
    result = gpugauge()
    assert (result.returncode, result.stderr) == (2, "")
    lines = result.stdout.splitlines()
    assert len(lines) == 5 and max(map(len, lines)) <= 80
    for word in ("with a card", "gpugauge run", "without a card", "gpugauge advise --model llama-3.1-8b", "gpugauge help [COMMAND]"):
        assert word in result.stdout


def test_an_unknown_command_names_the_nearest(gpugauge):
    assert_one_line_error(gpugauge("tokns", "x.json"), 2, "tokns", "did you mean 'tokens'?")


def test_an_unknown_option_names_the_nearest(gpugauge):
    assert_one_line_error(gpugauge("run", "--siute", "quick"), 2, "--siute", "did you mean '--suite'?")


def test_an_unknown_suite_names_the_nearest(gpugauge):
    assert_one_line_error(gpugauge("run", "--suite", "quik"), 2, "quik", "did you mean 'quick'?")


def test_an_unknown_model_names_the_nearest(gpugauge):
    assert_one_line_error(gpugauge("run", "--model", "lama-3.1-8b"), 2, "lama-3.1-8b", "did you mean 'llama-3.1-8b'?")


def test_an_unknown_device_is_an_error(gpugauge):
    assert_one_line_error(gpugauge("run", "--device", "gpu"), 2, "gpu", "cuda:N")


@pytest.mark.parametrize("batch", ["0", "-1", "many"])
def test_a_batch_is_a_positive_number(gpugauge, batch):
    assert_one_line_error(gpugauge("run", f"--batch={batch}"), 2, "--batch")


def test_only_run_passes_arguments_on(gpugauge):
    assert_one_line_error(gpugauge("list", "--", "--benchmark_filter=x"), 2, "--")


def test_missing_configs_are_an_environment_error(gpugauge):
    gpugauge.environment["GPUGAUGE_CONFIGS"] = "/nonexistent"
    assert_one_line_error(gpugauge("list"), 3, "/nonexistent")


def test_a_full_standard_output_is_noticed(measured):
    with open("/dev/full", "w") as full:
        import subprocess
        result = subprocess.run(measured.command("show", "result.json"), cwd=measured.folder, env=measured.environment,
                                stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert result.returncode == 3
    assert "standard output" in result.stderr
