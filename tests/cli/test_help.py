"""Help: where it goes, how wide it is, and what is said of what is missing."""

import re
import shutil
import unicodedata

import pytest
from conftest import ROOT, assert_one_line_error

COMMANDS = ["run", "list", "show", "datasheet", "tokens", "cost", "serve", "export", "break-even", "forward", "compare", "ab",
            "selftest", "audit", "track", "track add", "track check", "track show", "track ack", "advise", "report",
            "explain", "help", "man", "completion", "doctor"]


def columns(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_one_text_of_at_most_80_columns(gpugauge, command):
    asked = gpugauge("help", *command.split())
    assert (asked.returncode, asked.stderr) == (0, "")
    assert asked.stdout == gpugauge(*command.split(), "--help").stdout
    assert f"Usage: gpugauge {command}".rstrip() in asked.stdout
    for line in asked.stdout.splitlines():
        assert columns(line) <= 80, line


def test_every_command_has_been_looked_at(gpugauge):
    offered = gpugauge("__complete", "help", "").stdout.split()
    assert sorted(offered) == sorted(command for command in COMMANDS if " " not in command)


def test_help_of_no_command_names_the_nearest(gpugauge):
    assert_one_line_error(gpugauge("help", "csot"), 2, "unknown command 'csot'", "did you mean 'cost'?")
    assert_one_line_error(gpugauge("help", "track", "chek"), 2, "did you mean 'check'?")


@pytest.mark.parametrize("arguments, begin", [([], "gpugauge measures what a GPU does"), (["-q"], "gpugauge measures"),
                                              (["track"], "compare the nights of a card")])
def test_a_command_that_is_missing_gets_help_and_status_2(gpugauge, arguments, begin):
    result = gpugauge(*arguments)
    assert (result.returncode, result.stderr) == (2, "") and result.stdout.startswith(begin)


def continued(text):
    return re.sub(r" \\\n +", " ", text)


def test_a_long_example_is_still_one_command_for_a_shell(gpugauge):
    text = gpugauge("serve", "--help").stdout
    assert " \\\n" in text
    assert "--model llama-3.1-8b --precision fp8 --input-tokens 1024 --output-tokens 256 --batch 8,32" in continued(text)


MISSING = {
    "serve": "serve needs FILE (.*), --model (.*), --input-tokens (.*) and --output-tokens (.*); e.g. ",
    "break-even": "break-even needs FILE .*, --model .*, --input-tokens .* and --output-tokens ",
    "advise": r"advise needs --model \(.*\); e.g. ", "tokens": "tokens needs FILE", "cost": "cost needs FILE",
    "compare": "compare needs BASE OTHER", "audit": "audit needs CLAIMS", "report": "report needs FILE",
}


@pytest.mark.parametrize("command", MISSING)
def test_all_that_is_missing_is_named_at_once_with_an_example_that_works(gpugauge, command):
    shutil.copytree(ROOT / "results" / "imported", gpugauge.folder / "results" / "imported")
    result = gpugauge(command)
    assert_one_line_error(result, 2, f"{command} needs ", "; e.g. gpugauge ")
    assert re.search(MISSING[command], result.stderr)
    example = result.stderr.strip().rsplit("; e.g. gpugauge ", 1)[1]
    done = gpugauge(*example.split())
    assert done.returncode == 0, (example, done.stderr)


def test_a_second_file_that_is_missing_is_named(gpugauge):
    assert_one_line_error(gpugauge("compare", "a.json"), 2, "compare needs another BASE OTHER")
    assert_one_line_error(gpugauge("export"), 2, "export needs FILE", "--format (the output format)")
    assert_one_line_error(gpugauge("track", "ack"), 2, "track ack needs CASE", "and --reason", "; e.g. gpugauge track ack 'gemm")
