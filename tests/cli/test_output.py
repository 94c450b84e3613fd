"""What -o does to what is there: pipes, links, modes, the input itself and other people's measurements."""

import os
import shutil
import stat
import threading

import pytest
from conftest import DATA, ROOT, assert_one_line_error
from test_track import Nights

MEASURED = DATA / "record" / "synthetic_bare.json"
WRITERS = {"export": ["export", "r.json", "--format", "csv"], "report": ["report", "r.json"]}


@pytest.fixture
def program(gpugauge):
    shutil.copy(MEASURED, gpugauge.folder / "r.json")
    return gpugauge


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
def test_a_pipe_gets_the_text_and_stays_a_pipe(program, writer):
    pipe = program.folder / "pipe"
    os.mkfifo(pipe)
    got = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()))
    reader.start()
    result = program(*writer, "-o", "pipe")
    reader.join(10)
    assert result.returncode == 0, result.stderr
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert program(*writer, "-o", "file").returncode == 0 and got == [(program.folder / "file").read_text()]


def test_standard_output_by_its_name(program):
    assert program(*WRITERS["export"], "-o", "/dev/stdout").stdout == program(*WRITERS["export"]).stdout


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize("is_there", [True, False], ids=["there", "dangling"])
def test_of_a_link_the_target_is_written(program, writer, is_there):
    (program.folder / "sub").mkdir()
    target, link = program.folder / "sub" / "target", program.folder / "link"
    (program.folder / "sub" / "inner").symlink_to("target")
    link.symlink_to("sub/inner")
    if is_there:
        target.write_text("old")
    assert program(*writer, "-o", "link").returncode == 0
    assert link.is_symlink() and (program.folder / "sub" / "inner").is_symlink()
    assert len(target.read_text()) > 100 and not target.is_symlink()
    assert {path.name for path in (program.folder / "sub").iterdir()} == {"target", "inner"}


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666])
def test_the_mode_of_a_file_is_kept(program, mode):
    target = program.folder / "private"
    target.write_text("old")
    target.chmod(mode)
    assert program(*WRITERS["export"], "-o", "private").returncode == 0
    assert target.read_text() != "old" and stat.S_IMODE(target.stat().st_mode) == mode


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize("path", ["r.json", "./r.json", "up/../r.json", "hard.json", "soft.json"])
def test_the_input_is_never_replaced(program, writer, path):
    (program.folder / "up").mkdir()
    os.link(program.folder / "r.json", program.folder / "hard.json")
    (program.folder / "soft.json").symlink_to("r.json")
    assert_one_line_error(program(*writer, "-o", path), 2, path, "expected another file")
    assert (program.folder / "r.json").read_bytes() == MEASURED.read_bytes()


def test_no_other_input_is_replaced(program):
    (program.folder / "prices.csv").write_text("AcceleratorName,AcceleratorCount,Price,SpotPrice\nH100,1,2.5,\n")
    shutil.copy(ROOT / "configs" / "models" / "llama-3.1-8b.yaml", program.folder / "llama-3.1-8b.yaml")
    shutil.copy(ROOT / "configs" / "claims" / "l40s-vs-h100.yaml", program.folder / "l40s-vs-h100.yaml")
    for option, path in (("--prices", "prices.csv"), ("--model", "./llama-3.1-8b.yaml"), ("--claims", "l40s-vs-h100.yaml")):
        before = (program.folder / path).read_text()
        assert_one_line_error(program("report", "r.json", option, path, "-o", path), 2, path, "is also read")
        assert (program.folder / path).read_text() == before


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
def test_no_other_measurement_is_replaced(program, writer):
    other = program.folder / "other.json"
    shutil.copy(DATA / "record" / "synthetic_bare.json", other)
    other.write_text(other.read_text().replace("  ", " "))
    before = other.read_bytes()
    assert_one_line_error(program(*writer, "-o", "other.json"), 2, "other.json", "is a result file")
    assert other.read_bytes() == before


@pytest.mark.parametrize("format", ["googlebenchmark", "bencher", "github-action", "csv", "markdown"])
def test_an_export_replaces_an_export(program, format):
    for _ in range(2):
        result = program("export", "r.json", "--format", format, "-o", "out.json")
        assert result.returncode == 0, result.stderr


def test_a_run_refuses_what_is_no_file(program):
    os.mkfifo(program.folder / "pipe")
    result = program("run", "--device", "cpu", "--overwrite", "-o", "pipe")
    assert_one_line_error(result, 2, "pipe", "a pipe or a device")
    assert not (program.folder / "pipe.partial").exists()


def test_acknowledgements_keep_their_link_and_mode(gpugauge):
    track = Nights(gpugauge)
    track.fill()
    shared = gpugauge.folder / "shared.yaml"
    shared.write_text("# ours\n")
    shared.chmod(0o664)
    (track.history / "acks.yaml").symlink_to(shared)
    assert track("ack", "memory/*", "--mute", "--reason", "noisy").returncode == 0
    assert (track.history / "acks.yaml").is_symlink() and "noisy" in shared.read_text()
    assert stat.S_IMODE(shared.stat().st_mode) == 0o664
