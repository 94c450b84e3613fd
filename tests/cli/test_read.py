import csv
import gzip
import io
import json
import shutil

import pytest
from conftest import assert_one_line_error, load

READERS = ["show", "datasheet", "tokens", "cost"]


@pytest.mark.parametrize("command", READERS)
@pytest.mark.parametrize("format", ["table", "json", "csv", "markdown"])
def test_every_reader_prints_every_format(measured, command, format):
    result = measured(command, "result.json", "--format", format)
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip()
    if format == "json":
        assert json.loads(result.stdout)
    if format == "csv":
        first = result.stdout.split("\n\n")[0]
        rows = list(csv.reader(io.StringIO(first)))
        assert len({len(row) for row in rows}) == 1 and len(rows) > 1
    if format == "markdown":
        assert "|--" in result.stdout.replace(" ", "").replace(":", "")


@pytest.mark.parametrize("command", READERS)
def test_several_files_stay_apart(measured, command):
    shutil.copy(measured.folder / "result.json", measured.folder / "other.json")
    result = measured(command, "result.json", "other.json", "--format", "json")
    assert result.returncode == 0, result.stderr
    tables = json.loads(result.stdout)
    files = {row["file"] for rows in tables.values() for row in rows if "file" in row}
    assert {"result.json", "other.json"} <= {name.rsplit("/", 1)[-1] for name in files}


def test_the_numbers_shown_are_the_files(measured):
    result = json.loads(measured("show", "result.json", "--format", "json").stdout)
    written = {entry["name"]: entry["gpugauge"]["time_ns"]["median"] for entry in load(measured.folder / "result.json")["benchmarks"]}
    shown = {row["case"]: row["time_ns"] for row in result["cases"]}
    assert shown == pytest.approx(written)


def test_the_cost_formula(measured):
    """(hourly_rate x num_gpus / tok_per_second) x 1,000,000 / 3600, from the file's own tok/s."""
    arguments = ["result.json", "--model", "micro", "--precision", "fp32", "--batch", "4", "--context", "128", "--format", "json"]
    (tokens,) = json.loads(measured("tokens", *arguments).stdout)["tokens"]
    (cost,) = json.loads(measured("cost", *arguments, "--hourly", "3.6", "--billed-gpus", "2").stdout)["cost"]
    assert cost["library_dollars_per_million"] == pytest.approx(3.6 * 2 / tokens["library_tok_per_s"] * 1e6 / 3600)


def test_without_a_price_the_cost_is_per_dollar_an_hour_and_says_so(measured):
    assert "$1.00/h" in measured("cost", "result.json").stdout


def test_a_price_list_can_be_given(measured):
    path = measured.folder / "mine.csv"
    path.write_text((sorted((measured.configs / "prices").glob("*.csv"))[-1]).read_text())
    assert measured("cost", "result.json", "--prices", "mine.csv").returncode == 0


@pytest.mark.parametrize("hourly", ["0", "-1", "nan", "inf", "cheap"])
def test_a_price_is_a_positive_number(measured, hourly):
    assert_one_line_error(measured("cost", "result.json", f"--hourly={hourly}"), 2, "hourly")


@pytest.mark.parametrize("price", ["0", "-5.76", "nan", "free"])
def test_a_price_list_with_an_absurd_price_is_refused(measured, price):
    path = measured.folder / "bad.csv"
    path.write_text("InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,Price,Region,GpuInfo,SpotPrice,"
                    "Provider,form_factor,min_gpus,observed_at,source,notes\n"
                    f"a,L40S,8,,,{price},,,,Somebody,,1,2026-01-01,here,\n")
    assert_one_line_error(measured("cost", "result.json", "--prices", "bad.csv"), 2, "bad.csv:2", "Price")


@pytest.mark.parametrize("command", ["tokens", "cost"])
@pytest.mark.parametrize("arguments, word", [
    (["--model", "nothing-7b"], "nothing-7b"),
    (["--batch", "0"], "--batch"),
    (["--context", "0"], "--context"),
    (["--precision", "fp9"], "fp9"),
])
def test_bad_selections_are_one_line(measured, command, arguments, word):
    assert_one_line_error(measured(command, "result.json", *arguments), 2, word)


def test_tokens_refuses_to_make_up_a_model_that_was_not_measured(measured):
    result = measured("tokens", "result.json", "--model", "llama-3.1-8b")
    assert result.returncode == 0
    assert "gpugauge run" in result.stdout


def test_every_op_says_where_its_time_comes_from(measured):
    rows = json.loads(measured("tokens", "result.json", "--ops", "--format", "json").stdout)["ops"]
    assert {row["origin"] for row in rows} <= {"measured", "interpolated", "modelled"}
    assert any(row["origin"] == "measured" for row in rows)


@pytest.mark.parametrize("command", READERS)
@pytest.mark.parametrize("content, expected", [
    (None, "absent.json"),
    (b"", "empty"),
    (b"{", ":1:"),
    (b"not json", "not valid JSON"),
    (b"[]", "expected"),
    (b'{"context": {}, "benchmarks": []}', "gpugauge"),
    (b"\x00\xff\x00", ""),
])
def test_a_file_that_is_no_result_is_one_line(measured, command, content, expected):
    path = measured.folder / "absent.json"
    path.unlink(missing_ok=True)
    if content is not None:
        path.write_bytes(content)
    assert_one_line_error(measured(command, "absent.json"), 2, "absent.json", expected)
    path.unlink(missing_ok=True)


@pytest.mark.parametrize("command", [*READERS, "compare result.json"])
def test_a_compressed_file_is_read_as_what_it_holds(measured, command):
    plain = (measured.folder / "result.json").read_bytes()
    (measured.folder / "packed").write_bytes(gzip.compress(plain))
    result = measured(*command.split(), "packed", "--format", "csv")
    assert result.returncode == 0, result.stderr
    expected = measured(*command.split(), "result.json", "--format", "csv").stdout
    assert result.stdout.replace("packed", "result.json") == expected


def test_a_folder_may_hold_compressed_files(measured):
    folder = measured.folder / "packed_folder"
    folder.mkdir()
    (folder / "a.json.gz").write_bytes(gzip.compress((measured.folder / "result.json").read_bytes()))
    assert measured("compare", "result.json", "packed_folder").returncode == 0


@pytest.mark.parametrize("content, words", [
    (gzip.compress(b"x" * 1000)[:-9], "the gzip is cut off before its end"),
    (gzip.compress(b"{}") + b"tail", "4 bytes follow the end of the gzip"),
    (gzip.compress(b"no JSON"), "(unpacked):1:2: not valid JSON"),
    (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "git lfs pull"),
    ("{}".encode("utf-16"), "UTF-16"),
])
def test_what_is_no_result_is_called_by_its_name(measured, content, words):
    (measured.folder / "other.json.gz").write_bytes(content)
    assert_one_line_error(measured("show", "other.json.gz"), 2, "other.json.gz", words)


@pytest.mark.parametrize("command", READERS)
def test_a_folder_is_no_result(measured, command):
    assert_one_line_error(measured(command, "configs"), 2, "configs")


def test_a_truncated_file_names_its_place(measured):
    text = (measured.folder / "result.json").read_text()
    (measured.folder / "cut.json").write_text(text[: len(text) // 2])
    assert_one_line_error(measured("show", "cut.json"), 2, "cut.json:", "not valid JSON")


def test_a_newer_schema_is_refused(measured):
    result = load(measured.folder / "result.json")
    result["context"]["gpugauge"]["schema_version"] = 99
    (measured.folder / "newer.json").write_text(json.dumps(result))
    assert_one_line_error(measured("show", "newer.json"), 2, "newer.json", "99")


def test_a_hostile_name_reaches_no_terminal(measured):
    text = (measured.folder / "result.json").read_text()
    result = json.loads(text)
    result["context"]["gpugauge"]["device"]["name"] = "card \x1b[31m|<script>\n"
    (measured.folder / "hostile.json").write_text(json.dumps(result))
    for format in ["table", "csv", "markdown", "json"]:
        shown = measured("datasheet", "hostile.json", "--format", format)
        assert shown.returncode == 0
        assert "\x1b" not in shown.stdout


@pytest.mark.parametrize("command", ["tokens", "cost"])
def test_a_list_before_the_file_does_not_swallow_it(measured, command):
    result = measured(command, "--batch", "1,4", "--model", "micro", "result.json")
    assert result.returncode == 0, result.stderr
