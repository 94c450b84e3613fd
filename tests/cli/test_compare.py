"""gpugauge compare on a really measured file and edited copies of it."""

import csv
import io
import json
import uuid

import pytest
from conftest import ROOT, assert_one_line_error, load

MEASURED = ROOT / "results" / "intel-xeon-2-cores" / "quick.json"
READ = "memory/read/512MiB/openmp/cold"


def scale(entry, factor):
    ours = entry["gpugauge"]
    for key in ("median", "low", "high"):
        ours["time_ns"][key] *= factor
    ours["samples"]["time_ns"] = [time * factor for time in ours["samples"]["time_ns"]]


@pytest.fixture
def files(gpugauge):
    """Writes the measured file under a name, edited, as another run."""

    def write(name, edit=lambda result: None):
        result = load(MEASURED)
        result["context"]["gpugauge"]["run_id"] = str(uuid.uuid4())
        edit(result)
        path = gpugauge.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(result))
        return name

    write("base.json")
    return write


def slower(result):
    scale(result["benchmarks"][0], 1.05)


def compared(gpugauge, *arguments):
    result = gpugauge("compare", *arguments, "--format", "json")
    assert result.returncode in (0, 1), result.stderr
    return json.loads(result.stdout)


def verdicts(tables):
    return {row["case"]: row["verdict"] for row in tables["cases"]}


def test_a_file_against_itself_has_not_changed(gpugauge, files):
    result = gpugauge("compare", "base.json", files("other.json"), "--fail-on", "slower")
    assert result.returncode == 0, result.stdout
    assert "slower," not in result.stdout and " faster" not in result.stdout.splitlines()[-1]


def test_a_planted_slowdown_is_found_and_can_fail_the_job(gpugauge, files):
    files("slow.json", slower)
    tables = compared(gpugauge, "base.json", "slow.json")
    assert [case for case, verdict in verdicts(tables).items() if verdict == "slower"] == [READ]
    assert gpugauge("compare", "base.json", "slow.json").returncode == 0
    assert gpugauge("compare", "base.json", "slow.json", "--fail-on", "slower").returncode == 1
    assert gpugauge("compare", "slow.json", "base.json", "--fail-on", "slower").returncode == 0


@pytest.mark.parametrize("format", ["table", "json", "csv", "markdown"])
def test_every_format(gpugauge, files, format):
    gpugauge.environment["COLUMNS"] = "120"
    result = gpugauge("compare", "base.json", files("slow.json", slower), "--format", format)
    assert result.returncode == 0, result.stderr
    assert READ in result.stdout
    if format == "table":
        assert max(map(len, result.stdout.splitlines())) <= 120
        assert result.stdout.splitlines()[-1].strip().endswith("ambiguous")
    if format == "csv":
        for part in result.stdout.split("\n\n"):
            assert len({len(row) for row in csv.reader(io.StringIO(part.strip()))}) == 1


def test_what_cannot_be_compared_is_listed(gpugauge, files):
    def edit(result):
        result["benchmarks"][0]["gpugauge"]["case"]["semantics_version"] = 2
        del result["benchmarks"][1]

    rows = compared(gpugauge, "base.json", files("other.json", edit))["not_compared"]
    assert {row["reason"] for row in rows} == {"other semantics version", "only in base"}
    result = gpugauge("compare", "base.json", "other.json", "--fail-on", "missing")
    assert result.returncode == 1


def test_nothing_in_common_does_not_pass_a_check(gpugauge, files):
    def edit(result):
        for entry in result["benchmarks"]:
            entry["gpugauge"]["case"]["semantics_version"] = 2

    files("other.json", edit)
    assert gpugauge("compare", "base.json", "other.json", "--fail-on", "slower").returncode == 1


def test_a_folder_is_one_side_of_several_runs(gpugauge, files):
    for i in range(3):
        files(f"tonight/deep/{i}.json", slower)
    tables = compared(gpugauge, "base.json", "tonight")
    assert {row["other_runs"] for row in tables["cases"]} == {3}
    assert verdicts(tables)[READ] == "slower"


def test_a_folder_of_several_cards_is_several_sides(gpugauge, files):
    def other_card(result):
        result["context"]["gpugauge"]["device"]["name"] = "Another CPU"

    files("all/a.json")
    files("all/b.json", other_card)
    rows = compared(gpugauge, "base.json", "all")["comparison"]
    assert [row["relation"] for row in rows] == ["same model, serial unknown", "different cards"]
    assert_one_line_error(gpugauge("compare", "all", "base.json"), 2, "all", "2 cards")


def test_the_environment_is_held_against_each_other(gpugauge, files):
    def edit(result):
        ours = result["context"]["gpugauge"]
        ours["software"]["libraries"]["onednn"] = "3.0"
        ours["software"]["git_dirty"] = True

    rows = compared(gpugauge, "base.json", files("other.json", edit))["environment"]
    found = {row["circumstance"]: (row["base_value"], row["other_value"]) for row in rows}
    assert found["library onednn"][1] == "3.0"
    assert "work tree" in found


@pytest.mark.parametrize("hourly, ratio", [("base.json=4,other.json=1", 0.25), ("4", 1)])
def test_a_price_is_of_both_sides_or_of_a_file(gpugauge, files, hourly, ratio):
    files("other.json")
    tables = compared(gpugauge, "base.json", "other.json", "--hourly", hourly)
    assert tables["cases"][0]["dollars_ratio"] == pytest.approx(ratio)


def test_a_side_without_a_price_is_named(gpugauge, files):
    files("other.json", lambda result: result["context"]["gpugauge"]["device"].update(name="Other Card"))
    done = gpugauge("compare", "base.json", "other.json", "--hourly", "Other Card=2")
    assert done.returncode == 0, done.stderr
    base = load(MEASURED)["context"]["gpugauge"]["device"]["name"]
    assert f"no price of {base}" in " ".join(done.stdout.split())
    assert "no $ ×: no price" not in gpugauge("compare", "base.json", "other.json").stdout
    assert_one_line_error(gpugauge("compare", "base.json", "other.json", "--hourly", "Other Crad=2"), 2, "Other Card")


def test_bad_input_is_one_line(gpugauge, files):
    (gpugauge.folder / "half.json").write_text(MEASURED.read_text()[:50000])
    assert_one_line_error(gpugauge("compare", "base.json", "half.json"), 2, "half.json:", "not valid JSON")
    files("newer.json", lambda result: result["context"]["gpugauge"].update(schema_version=99))
    assert_one_line_error(gpugauge("compare", "base.json", "newer.json"), 2, "newer.json", "99")
    (gpugauge.folder / "empty").mkdir()
    assert_one_line_error(gpugauge("compare", "base.json", "empty"), 2, "empty", "no result file")
    (gpugauge.folder / "mixed").mkdir()
    (gpugauge.folder / "mixed" / "half.json").write_text("{")
    assert_one_line_error(gpugauge("compare", "base.json", "mixed"), 2, "half.json")
    assert_one_line_error(gpugauge("compare", "base.json", "absent.json"), 2, "absent.json")
    assert_one_line_error(gpugauge("compare", "base.json"), 2)
    assert_one_line_error(gpugauge("compare", "base.json", "base.json", "--threshold", "0"), 2, "threshold")
    assert_one_line_error(gpugauge("compare", "base.json", "base.json", "--fail-on", "slow"), 2, "slow")


def test_one_run_does_not_count_twice(gpugauge, files):
    (gpugauge.folder / "twice").mkdir()
    for name in ("a.json", "b.json"):
        (gpugauge.folder / "twice" / name).write_text(MEASURED.read_text())
    assert_one_line_error(gpugauge("compare", "base.json", "twice"), 2, "same run")
