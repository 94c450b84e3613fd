import csv
import fcntl
import io
import json
import os
import uuid
from datetime import date, timedelta

import pytest
from conftest import DATA, assert_one_line_error

FIRST = date(2025, 11, 1)


class Nights:
    """Made-up result files of one case on one CPU, each a night's only process."""

    def __init__(self, gpugauge):
        self.gpugauge = gpugauge
        self.made = 0

    def file(self, night, factor=1.0, run_id=None, xids=(), commit="0" * 40):
        self.made += 1
        result = json.loads((DATA / "record" / "synthetic_bare.json").read_text())
        ours = result["context"]["gpugauge"]
        ours["run_id"] = run_id or str(uuid.UUID(int=self.made))
        ours["sessions"][0]["started_utc"] = f"{night}T02:00:00Z"
        ours["sessions"][0]["health_before"] = {"uncorrected_errors": 0, "xids": []}
        ours["sessions"][0]["health_after"] = {"uncorrected_errors": 0, "xids": list(xids)}
        ours["software"]["git_sha"] = commit
        for entry in result["benchmarks"]:
            for key in ("median", "low", "high"):
                entry["gpugauge"]["time_ns"][key] *= factor
        path = self.gpugauge.folder / f"{self.made}.json"
        path.write_text(json.dumps(result))
        return path

    def fill(self, count=25):
        """Nights that scatter by 0.1%, the same way every time."""
        files = [self.file(FIRST + timedelta(n), 1 + (n * 7 % 11 - 5) / 5e3) for n in range(count)]
        return self("add", *files)

    def __call__(self, *arguments, **options):
        return self.gpugauge("track", *arguments, **options)

    @property
    def history(self):
        return self.gpugauge.folder / "history"


@pytest.fixture
def track(gpugauge):
    return Nights(gpugauge)


TONIGHT = FIRST + timedelta(40)


def test_a_quiet_night_passes(track):
    assert track.fill().returncode == 0
    result = track("check", track.file(TONIGHT))
    assert result.returncode == 0, result.stdout
    assert f"{TONIGHT}: PASS 1 of 1" in result.stdout and "1 pass" in result.stdout and result.stderr == ""
    assert "(none)" not in result.stdout and "\\n" not in result.stdout


def test_a_slow_night_needs_its_rerun_and_then_fails_until_it_is_accepted(track):
    track.fill()
    slow, again = track.file(TONIGHT, 1.05), track.file(TONIGHT, 1.05)
    result = track("check", slow)
    assert result.returncode == 7 and "needs rerun" in result.stdout
    result = track("check", slow, "--rerun", track.file(TONIGHT))
    assert result.returncode == 0 and "1 unconfirmed" in result.stdout and result.stdout.splitlines()[-1].startswith("0 pass")
    result = track("check", slow, "--rerun", again)
    assert result.returncode == 1 and "1 regression" in result.stdout
    assert track("add", slow).returncode == 0
    accepted = track("ack", "memory/*", "--reason", "new kernel", "--commit", "1a2b3c4", "--by", "ann")
    assert accepted.returncode == 0, accepted.stderr
    assert "new kernel" in (track.history / "acks.yaml").read_text()
    result = track("check", slow, "--rerun", again)
    assert result.returncode == 6, result.stdout
    assert "accepted: new kernel (1a2b3c4)" in track("show", "memory/*").stdout


def test_a_night_on_which_the_card_had_errors_says_nothing_and_stays_out(track):
    track.fill()
    sick = track.file(TONIGHT, 1.05, xids=[79])
    result = track("check", sick)
    assert result.returncode == 5, result.stdout
    assert "1 inconclusive" in result.stdout and "card errors" in result.stdout
    assert track("add", sick).returncode == 0
    assert track("check", track.file(TONIGHT + timedelta(1))).returncode == 0
    index = track.history / "index.jsonl"
    assert index.read_text().count('"card_errors":true') == 1


def test_an_index_of_before_the_errors_were_in_it_is_made_again(track):
    track.fill()
    index = track.history / "index.jsonl"
    fresh = index.read_text()
    old = fresh.replace('"gpugauge_history_index":3', '"gpugauge_history_index":1').replace(',"card_errors":false', "")
    assert old != fresh
    index.write_text(old)
    result = track("check", track.file(TONIGHT))
    assert result.returncode == 0 and "is rebuilt" in result.stderr
    assert index.read_text() == fresh


def test_a_muted_case_does_not_fail(track):
    track.fill()
    assert track("ack", "memory/*", "--mute", "--reason", "noisy").returncode == 0
    result = track("check", track.file(TONIGHT, 1.05))
    assert result.returncode == 0 and "1 muted" in result.stdout


def test_a_threshold_of_its_own(track):
    track.fill()
    assert track("ack", "memory/*", "--threshold", "10", "--reason", "noisy").returncode == 0
    assert track("check", track.file(TONIGHT, 1.05)).returncode == 0


def test_nothing_is_accepted_where_nothing_is_slower(track):
    track.fill()
    assert_one_line_error(track("ack", "memory/*", "--reason", "new kernel"), 2, "memory/*", "--night DATE")
    assert not (track.history / "acks.yaml").exists()
    assert track("ack", "memory/*", "--reason", "new kernel", "--night", str(TONIGHT)).returncode == 0


def test_a_history_of_one_is_no_baseline(track):
    track.fill(1)
    result = track("check", track.file(TONIGHT))
    assert result.returncode == 6 and "1 no baseline" in result.stdout


def test_a_case_without_a_number_is_inconclusive(track):
    track.fill()
    tonight = track.file(TONIGHT)
    result = json.loads(tonight.read_text())
    result["benchmarks"] = []
    tonight.write_text(json.dumps(result))
    result = track("check", tonight)
    assert result.returncode == 5 and "1 inconclusive" in result.stdout


def test_a_history_that_cannot_be_read_never_passes(track):
    tonight = track.file(TONIGHT)
    assert_one_line_error(track("check", tonight), 3, "history", "no such folder", "track add")
    track.history.write_text("a file")
    assert_one_line_error(track("check", tonight), 3, "history")
    track.history.unlink()
    track.fill()
    added = next(track.history.glob("date=2025-11-03/**/*.json"))
    added.write_text(added.read_text()[:500])
    assert_one_line_error(track("check", tonight), 2, added.name, "not valid JSON")


def test_an_index_that_disagrees_is_made_again_with_a_warning(track):
    track.fill()
    index = track.history / "index.jsonl"
    whole = index.read_text()
    tonight = track.file(TONIGHT)
    for damaged in ("garbage", whole[:-30], ""):
        index.write_text(damaged)
        result = track("check", tonight)
        assert result.returncode == 0 and "is rebuilt" in result.stderr, result.stderr
        assert index.read_text() == whole
    next(track.history.glob("date=2025-11-03/**/*.json")).unlink()
    assert "1 are missing" in track("check", tonight).stderr
    assert track("check", tonight).stderr == ""


def test_one_run_id_is_one_run(track):
    first = track.file(FIRST)
    assert track("add", first).returncode == 0
    assert "already there" in track("add", first).stdout
    run_id = json.loads(first.read_text())["context"]["gpugauge"]["run_id"]
    assert_one_line_error(track("add", track.file(FIRST, 2, run_id)), 2, run_id, "other contents")
    assert_one_line_error(track("add", track.file(FIRST, 1, "../../escaped")), 2, "expected a UUID")


def test_a_half_written_file_is_refused_with_its_neighbours(track):
    half = track.file(FIRST)
    half.write_text(half.read_text()[:500])
    assert_one_line_error(track("add", track.file(FIRST), half), 2, half.name)
    assert not list(track.history.glob("**/*.json"))


def test_a_clock_that_goes_backwards_is_warned_of(track):
    track.fill()
    result = track("add", track.file(FIRST - timedelta(3)))
    assert result.returncode == 0 and "check the machine's clock" in result.stderr


def test_another_cards_runs_are_counted_and_left_out(track):
    track.fill()
    other = track.file(TONIGHT)
    result = json.loads(other.read_text())
    result["context"]["gpugauge"]["device"]["uuid"] = "GPU-1"
    other.write_text(json.dumps(result))
    result = track("check", other)
    assert result.returncode == 6 and "25 earlier runs are of other cards" in result.stdout
    assert track("check", other, "--match", "sku").returncode == 0


def test_two_at_once_wait_for_each_other(track):
    track.fill()
    (track.history / "index.jsonl").unlink()  # so that both want to write it
    both = [track.gpugauge.start("track", "check", track.file(TONIGHT)) for _ in range(2)]
    for process in both:
        assert process.wait(timeout=60) == 0, process.stderr.read()


def test_who_holds_the_lock_is_said(track):
    track.fill(1)
    with open(track.history / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("process 42 since noon")
        lock.flush()
        assert_one_line_error(track("add", track.file(TONIGHT)), 3, "still locked", "process 42")


@pytest.mark.parametrize("acks, expected", [
    ("- case: [", "acks.yaml:1"),
    ("- case: a\n  reason: b\n  night: tomorrow\n", "acks.yaml:3"),
    ("- case: a\n  raeson: b\n  mute: true\n", "did you mean 'reason'"),
])
def test_acknowledgements_that_cannot_be_read(track, acks, expected):
    track.fill(1)
    (track.history / "acks.yaml").write_text(acks)
    assert_one_line_error(track("check", track.file(TONIGHT)), 2, expected)
    assert_one_line_error(track("ack", "memory/*", "--reason", "x"), 2, expected)
    assert (track.history / "acks.yaml").read_text() == acks


def test_wrong_words_are_explained(track):
    track.fill(1)
    assert_one_line_error(track("chek"), 2, "did you mean 'check'")
    assert_one_line_error(track("check", "1.json", "--night", "soon"), 2, "--night", "2025-11-22")
    assert_one_line_error(track("ack", "memory/raed*", "--reason", "x"), 2, "the history has no case")
    assert_one_line_error(track("show", "gemm/none"), 2, "the history has no case")
    assert_one_line_error(track("ack", "memory/*", "--reason", ""), 2, "--reason")


def test_a_night_that_nobody_confirmed_makes_no_baseline(track):
    track.fill(30)
    for number in range(3):
        slow = track.file(TONIGHT + timedelta(number), 1.046 + 0.001 * number)
        result = track("check", slow)
        assert result.returncode == 7, result.stdout
        assert f"(since {TONIGHT})" in result.stdout
        track("add", slow)


def test_what_is_slower_is_accepted_from_where_it_began(track):
    track.fill()
    for number in range(6):
        track("add", track.file(TONIGHT + timedelta(number), 1.05, commit="1" * 40))
    result = track("check", track.file(TONIGHT + timedelta(6), 1.05, commit="1" * 40))
    assert result.returncode == 1
    heading, *_, last = result.stdout.splitlines()
    assert f"Slower than the 25 nights before: 1 of 1 since {TONIGHT}; commit " in heading
    assert last.startswith("accept: gpugauge track ack 'memory/") and f"--night {TONIGHT} --reason '…'" in last
    assert "→ 1111111" in track("show", "memory/*").stdout
    assert f"accepted from {TONIGHT} on" in track("ack", "memory/*", "--reason", "new compiler").stdout


def test_the_first_nights_collect_and_only_a_large_change_fails(track):
    track.fill(2)
    result = track("check", track.file(TONIGHT, 1.04))
    assert result.returncode == 6 and "Collecting: night 3 of 20; until then only > 5% fails" in result.stdout
    slow, again = track.file(TONIGHT, 1.06), track.file(TONIGHT, 1.06)
    assert track("check", slow).returncode == 7
    assert track("check", slow, "--rerun", again).returncode == 1


def test_annotations_say_what_is_slower_and_nothing_of_what_passes(track):
    track.fill()
    assert track("check", track.file(TONIGHT), "--format", "github").stdout == ""
    slow, again = track.file(TONIGHT, 1.05, commit="1" * 40), track.file(TONIGHT, 1.05)
    result = track("check", slow, "--rerun", again, "--format", "github")
    assert result.returncode == 1
    assert result.stdout.startswith("::error title=gpugauge%3A slower +5.0%25::memory/")
    assert f"since {TONIGHT}; commit " in result.stdout and "→ 1111111" in result.stdout
    assert_one_line_error(track("check", slow, "--format", "gitub"), 2, "github")


@pytest.mark.parametrize("command", [["show"], ["show", "memory/*"], ["check"], ["check", "--all"], ["add"]])
@pytest.mark.parametrize("format", ["table", "json", "csv", "markdown"])
def test_every_format(track, command, format):
    track.fill()
    files = [] if command[0] == "show" else [track.file(TONIGHT, 1.05)]
    result = track(*command, *files, "--format", format)
    assert result.returncode == (7 if command[0] == "check" else 0), result.stderr
    if format == "json":
        assert all(json.loads(result.stdout).values())
    elif format == "csv":
        assert len(list(csv.reader(io.StringIO(result.stdout)))) >= 2
    else:
        assert "memory/" in result.stdout or command[0] == "add"


def test_the_folder_and_the_night_can_be_chosen(track):
    moved = str(track.gpugauge.folder / "elsewhere")
    added = track("add", track.file("2025-11-23"), "--history", moved, "--night", "2025-11-22")
    assert added.returncode == 0 and "date=2025-11-22" in added.stdout
    track.gpugauge.environment["GPUGAUGE_HISTORY"] = moved
    assert "2025-11-22" in track("show").stdout
    assert not track.history.exists()


def test_duckdb_reads_the_history(track):
    duckdb = pytest.importorskip("duckdb")
    track.fill(3)
    pattern = os.path.join(track.history, "**", "*.json")
    rows = duckdb.sql(f"select distinct date, gpu from read_json('{pattern}', union_by_name=true, hive_partitioning=true)")
    assert len(rows.fetchall()) == 3
