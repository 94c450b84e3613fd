"""explain, man and completion: the same words on the screen, on paper and under the Tab key."""

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import BINARY, assert_one_line_error

ROOT = Path(__file__).resolve().parents[2]
RESULT = ROOT / "results/intel-xeon-2-cores/quick.json"
GEMM = "gemm/bf16/llama-3.1-8b/o/m:8/n:4096/k:4096/cublaslt/cold"


def explain(program, *arguments):
    result = program("explain", *arguments, "--format", "json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def texts(document, aspect):
    return [row["text"] for row in document["explain"] if row["aspect"] == aspect]


def test_a_word_in_any_spelling_and_in_two_arguments(gpugauge):
    expected = explain(gpugauge, "memory read")
    assert texts(expected, "is") and texts(expected, "a bad value") and texts(expected, "try")
    assert explain(gpugauge, "memory", "read") == expected
    assert explain(gpugauge, "Memory-Read") == expected


def test_the_roof_of_a_case_is_computed_from_the_datasheet(gpugauge):
    roof, = texts(explain(gpugauge, GEMM, "--device", "h100-sxm5"), "roof there")
    bytes_moved = 2 * (8 * 4096 + 4096 * 4096 + 8 * 4096)
    assert f": {bytes_moved / 3352e9 * 1e6:.2f} µs: memory" in roof
    assert "GFLOP at 989.0 TFLOPS" in roof


def test_datasheet_rows_of_the_type_alone_with_their_source(gpugauge):
    row, = texts(explain(gpugauge, "bf16 dense GEMM", "--device", "h100-sxm5"), "datasheet")
    assert "989.0 TFLOPS" in row and "datasheet, column H100 SXM" in row
    rows = texts(explain(gpugauge, "dense GEMM", "--device", "h100-sxm5,l40s"), "datasheet")
    assert sum("H100" in row for row in rows) >= 4 and any("L40S" in row for row in rows)


def test_a_file_adds_what_was_measured_there(measured):
    document = explain(measured, "memory read", "result.json")
    assert all(row["case"].startswith("memory/read/") for row in document["cases"])
    assert [row["metric"] for row in document["datasheet"]] == ["memory read"]
    case = document["cases"][0]["case"]
    assert case in [row["case"] for row in explain(measured, case, "result.json")["cases"]]


def test_what_is_usual_has_its_source(gpugauge):
    for words in ("memory read", "bf16 dense GEMM", GEMM):
        document = explain(gpugauge, words)
        assert texts(document, "usual") and len(texts(document, "source")) == 1
    assert not texts(explain(gpugauge, "regret"), "usual")


def cards_of(program):
    return [file.stem for file in sorted(program.configs.glob("devices/*.yaml"))]


def test_cards_are_named_where_none_was(gpugauge):
    text = gpugauge("explain", "memory", "read").stdout
    assert f"--device {', '.join(cards_of(gpugauge))}" in " ".join(text.split())
    assert "--device" not in gpugauge("explain", "memory", "read", "--device", "l40s").stdout
    assert "--device" not in gpugauge("explain", "power-capped").stdout


def test_many_cases_are_cut_on_a_screen_alone(gpugauge):
    file = str(RESULT)
    shown = [row["case"] for row in explain(gpugauge, "gemm", file)["cases"]]
    assert len(shown) > 12

    def on_screen(*more):
        text = gpugauge("explain", "gemm", file, *more).stdout
        return [case for case in shown if case in text], text

    cases, text = on_screen()
    assert cases == shown[:12]
    assert f"{len(shown) - 12} more of {len(shown)} cases; --all shows them" in text
    cases, text = on_screen("--all")
    assert cases == shown and "more of" not in text
    memory = gpugauge("explain", "memory", file).stdout
    assert "more of" not in memory


def test_the_rows_of_some_cases_are_those_of_show(gpugauge):
    rows = {row["case"]: row for row in json.loads(gpugauge("show", str(RESULT), "--format", "json").stdout)["cases"]}
    for word in ("gemm", "onednn", "memory read"):
        for row in explain(gpugauge, word, str(RESULT))["cases"]:
            assert row == rows[row["case"]]


def test_a_device_does_not_take_the_words_after_it(measured):
    document = explain(measured, "--device", "h100-sxm5", "memory read", "result.json")
    assert document["cases"]


def test_lines_fit_a_terminal(gpugauge):
    for arguments in ([GEMM, "--device", "h100-sxm5,l40s"], ["gemm"], ["TPOT"], ["regret"]):
        result = gpugauge("explain", *arguments)
        assert result.returncode == 0
        assert max(map(len, result.stdout.splitlines())) <= 120


def test_what_is_not_known_names_the_nearest(gpugauge):
    assert_one_line_error(gpugauge("explain", "pwer-capped"), 2, "did you mean 'power_capped'?")
    assert_one_line_error(gpugauge("explain", GEMM.replace("gemm", "gem")), 2, "did you mean 'gemm'?")
    assert_one_line_error(gpugauge("explain", "gemm", "--device", "h100-sxn5"), 2, "did you mean 'h100-sxm5'?")
    assert_one_line_error(gpugauge("explain", "gemm", "nowhere.json"), 2, "nowhere.json")
    assert_one_line_error(gpugauge("explain", "h100-sxm5"), 2, "explain memory read --device h100-sxm5")
    assert_one_line_error(gpugauge("explain", "llama-3.1-8b"), 2, "gpugauge tokens FILE --model llama-3.1-8b")
    assert_one_line_error(gpugauge("explain", "result.json"), 2, "no word")
    assert_one_line_error(gpugauge("explain"), 2)


# ---- the manual page ----


def test_the_manual_has_every_command_option_and_word(gpugauge):
    page = gpugauge("man").stdout.replace("\\-", "-")
    usage = gpugauge("--help").stdout
    commands = re.findall(r"^  ([a-z-]+)  ", usage.split("Subcommands:")[1].split("\n\n")[0], re.M)
    assert len(commands) > 15
    for command in commands:
        assert f'.SS "gpugauge {command}"' in page
        for option in re.findall(r"--[a-z][a-z-]+", gpugauge(command, "--help").stdout.split("\n\n\n")[0]):
            assert option in page
    for word in ["memory read", "% of roof", "power_capped", "below pass mark", "cublaslt_search"]:
        assert f"\n.B {word}\n" in page


def section(page, heading):
    return page.split(f"\n.SH {heading}\n")[1].split("\n.SH ")[0].replace("\\-", "-")


def test_the_manual_has_every_exit_status_variable_and_file(gpugauge):
    page = gpugauge("man").stdout
    statuses = re.findall(r"k\w+ = (\d+),", (ROOT / "harness/base/error.hpp").read_text())
    assert len(statuses) == 9
    assert re.findall(r"^\.B (\d+)$", section(page, "EXIT STATUS"), re.M) == statuses
    help_text = gpugauge("--help").stdout.split("Exit status:")[1]
    assert re.findall(r"^  (\d+) ", help_text, re.M) == statuses
    assert page.count("the partial file is kept") == 1
    assert page.count("gpugauge track add night/*.json") == 1  # commands below track do not repeat its examples
    asked = set()
    for file in [*ROOT.glob("harness/**/*.cpp"), *ROOT.glob("kernels/**/*.cpp")]:
        asked |= set(re.findall(r'(?:getenv|environment|envname)\("([A-Z_]+)"\)', file.read_text()))
    # Those of tests alone stand in tests/emulated/README.md.
    asked -= {"PATH", "GPUGAUGE_READ_EMULATED", "GPUGAUGE_SYSTEM_ROOT"}
    assert len(asked) >= 8
    named = set(re.split(r"[ ,\n]+", " ".join(re.findall(r"^\.B (.*)$", section(page, "ENVIRONMENT"), re.M))))
    assert asked == named
    assert "cublaslt.jsonl" in section(page, "FILES")


CHECKS = {
    "man": ["man", "--warnings", "-l"],
    "groff": ["groff", "-man", "-Tutf8", "-Kutf8", "-ww"],
    "mandoc": ["mandoc", "-T", "lint", "-W", "warning"],
}


@pytest.mark.parametrize("tool", CHECKS)
def test_the_manual_is_sound(gpugauge, tool, tmp_path):
    if not shutil.which(tool):
        pytest.skip(f"{tool} is not installed")
    page = tmp_path / "gpugauge.1"
    page.write_text(gpugauge("man").stdout)
    result = subprocess.run([*CHECKS[tool], str(page)], capture_output=True, text=True, env={
        "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANWIDTH": "120", "MANPAGER": "cat"})
    assert result.returncode == 0 and result.stderr == "", result.stdout[-2000:] + result.stderr


# ---- completion ----


def complete(program, *words, command=BINARY):
    """What bash puts in place of the last piece of the words, which it cuts at = and : as a terminal's line."""
    script = ('source <("$GG" completion bash) || exit; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
              'COMP_POINT=${#COMP_LINE}; _gpugauge; printf "%s\\n" "${COMPREPLY[@]}"')
    line = " ".join([str(command), *words])
    pieces = [piece for word in words for piece in re.findall(r"[=:]+|[^=:]+", word) or [""]]
    if words[-1][-1:] in ("=", ":"):
        pieces.append("")
    result = subprocess.run(["bash", "-c", script, "bash", str(command), *pieces], cwd=program.folder, text=True,
                            capture_output=True, env=dict(program.environment, GG=str(BINARY), COMP_LINE=line))
    assert result.returncode == 0 and result.stderr == "", result.stderr
    return result.stdout.split("\n")[:-1]


def test_bash_completes_commands_and_options(gpugauge):
    assert complete(gpugauge, "dat") == ["datasheet"]
    assert complete(gpugauge, "track", "sh") == ["show"]
    assert "--suite" in complete(gpugauge, "run", "--su")
    assert "--quiet" in complete(gpugauge, "run", "--q")
    assert complete(gpugauge, "serve", "--kv", "fp8") == ["fp8_e4m3"]
    assert complete(gpugauge, "show", "--format", "ma") == ["markdown"]


def test_bash_asks_for_names_that_the_configs_have(gpugauge):
    assert complete(gpugauge, "run", "--suite", "ti") == ["tiny"]  # of this test's own configs
    assert complete(gpugauge, "run", "--suite=ti") == ["tiny"]
    assert complete(gpugauge, "run", "--model", "qwen3-8b,mic") == ["qwen3-8b,micro"]
    assert complete(gpugauge, "list", "-d", "h100-s") == ["h100-sxm5"]
    assert complete(gpugauge, "forward", "--model", "bge") == ["bge-large"]
    assert complete(gpugauge, "explain", "power_") == ["power_capped"]
    assert complete(gpugauge, "explain", "memory-r") == ["memory-read"]


def test_bash_puts_words_with_a_colon_together(gpugauge, tmp_path):
    program = tmp_path / "gpugauge"
    program.write_text("""#!/bin/sh
for last; do :; done
printf 'best\\ncuda:0\\ncuda:1\\ncpu\\n' | grep "^${last#*=}"
""")
    program.chmod(0o755)

    def devices(*words):
        return complete(gpugauge, "run", *words, command=program)

    assert devices("--device", "cu") == ["cuda:0", "cuda:1"]
    assert devices("--device", "cuda:") == ["0", "1"]  # what stands before the colon, bash keeps
    assert devices("--device", "cuda:1") == ["1"]
    assert devices("--device=cuda:1") == ["1"]
    assert devices("--device=cu") == ["cuda:0", "cuda:1"]
    assert devices("--device=") == ["best", "cuda:0", "cuda:1", "cpu"]
    assert devices("-d", "cuda:0", "--device", "cp") == ["cpu"]


def test_options_with_a_closed_set_of_values_complete_them(gpugauge):
    for command in ("tokens", "cost", "serve", "report", "advise", "forward", "break-even"):
        assert complete(gpugauge, command, "--precision", "fp8") == ["fp8"], command
    assert complete(gpugauge, "tokens", "--precision", "bf16,i") == ["bf16,int8"]
    assert complete(gpugauge, "audit", "--verdict", "not") == ["not-measured"]
    assert complete(gpugauge, "audit", "--fail-on", "wrong,in") == ["wrong,inconsistent"]
    assert complete(gpugauge, "serve", "--gpus", "") == ["1", "2", "4", "8"]
    assert complete(gpugauge, "track", "check", "--match", "") == ["uuid", "sku"]
    assert complete(gpugauge, "export", "--format", "j") == ["junit"]
    assert complete(gpugauge, "explain", "--device", "") == cards_of(gpugauge)
    assert complete(gpugauge, "completion", "f") == ["fish"]


def test_what_completion_takes_the_program_takes(gpugauge):
    claims = str(ROOT / "configs/claims/l40s-vs-h100.yaml")
    document = json.loads(gpugauge("audit", claims, "--verdict", "not-measured", "--format", "json").stdout)
    assert {row["verdict"] for row in document["audit"]} == {"not measured"}
    assert_one_line_error(gpugauge("audit", claims, "--verdict", "wrng"), 2, "did you mean 'wrong'?")
    assert_one_line_error(gpugauge("tokens", str(RESULT), "--precision", "bf61"), 2, "did you mean 'bf16'?")


def test_old_spellings_complete_their_values_and_are_not_offered(gpugauge):
    assert complete(gpugauge, "explain", "--device", "l40") == ["l40s"]
    assert complete(gpugauge, "cost", "--gp") == [""]
    assert complete(gpugauge, "serve", "--inp") == ["--input-tokens"]


def test_bash_completes_files_where_files_are_taken(gpugauge):
    (gpugauge.folder / "my result.json").write_text("{}")
    assert complete(gpugauge, "show", "my") == ["my result.json"]
    assert complete(gpugauge, "run", "--resume", "my") == ["my result.json"]
    assert complete(gpugauge, "report", "--history", "my") == ["my result.json"]
    assert [word for word in complete(gpugauge, "run", "--hourly", "my") if word] == []
    assert complete(gpugauge, "cost", "--hourly", "l40s=1,h200") == ["l40s=1,h200="]
    assert [word for word in complete(gpugauge, "track", "show", "my") if word] == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_parses(gpugauge, shell):
    script = gpugauge("completion", shell)
    assert script.returncode == 0
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    result = subprocess.run([shell, "-n"], input=script.stdout, text=True, capture_output=True)
    assert result.returncode == 0 and result.stderr == "", result.stderr


def test_fish_completes(gpugauge, tmp_path):
    if not shutil.which("fish"):
        pytest.skip("fish is not installed")
    script = tmp_path / "gpugauge.fish"
    script.write_text(gpugauge("completion", "fish").stdout)

    def offered(line):
        result = subprocess.run(["fish", "-c", f"source {script}; complete -C '{line}'"], text=True, capture_output=True,
                                env=dict(gpugauge.environment, PATH=f"{BINARY.parent}:/usr/bin:/bin", HOME=str(tmp_path)),
                                cwd=gpugauge.folder)
        assert result.returncode == 0, result.stderr
        return [word.split("\t")[0] for word in result.stdout.splitlines()]

    assert offered("gpugauge dat") == ["datasheet"]
    assert offered("gpugauge track sh") == ["show"]
    assert offered("gpugauge run --suite ti") == ["tiny"]
    assert offered("gpugauge serve --kv fp8") == ["fp8_e4m3"]
    assert offered("gpugauge tokens --precision bf16,i") == ["bf16,int8"]
    assert "qwen3-8b,micro" in offered("gpugauge run --model qwen3-8b,mi")


def test_zsh_completes(gpugauge):
    if not shutil.which("zsh"):
        pytest.skip("zsh is not installed")
    # compadd is what the completion system would call; here it prints.
    script = ('compdef() { :; }; compset() { :; }; _files() { print FILES }; compadd() { shift; print -l -- "$@" }\n'
              'source =("$GG" completion zsh); words=("$GG" "$@"); CURRENT=$#words; _gpugauge')

    def offered(*words):
        result = subprocess.run(["zsh", "-fc", script, "zsh", *words], text=True, capture_output=True,
                                env=dict(gpugauge.environment, GG=str(BINARY)), cwd=gpugauge.folder)
        assert result.returncode == 0 and result.stderr == "", result.stderr
        return result.stdout.split()

    assert "datasheet" in offered("dat")
    assert {"add", "check", "show", "ack"} <= set(offered("track", "sh"))
    assert "tiny" in offered("run", "--suite", "ti")
    assert "tiny" in offered("run", "--suite=ti")
    assert offered("serve", "--link", "") == ["nvlink", "pcie"]
    assert "bf16" in offered("tokens", "--precision", "")
    assert offered("show", "") == ["FILES"]


def test_completion_wants_a_shell(gpugauge):
    assert_one_line_error(gpugauge("completion"), 2, "bash, zsh, fish")
    assert_one_line_error(gpugauge("completion", "tcsh"), 2, "tcsh")
