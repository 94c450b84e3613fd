"""What the scripts that write a result file of gpugauge have in common."""

import codecs
import datetime
import gzip
import io
import json
import os
import pathlib
import stat
import sys
import tempfile
import zlib

UNKNOWN = "unknown"
MAX_BYTES = 1 << 29  # of one file, unpacked


class WrongInput(Exception):
    """The command line or a file is wrong: exit status 2."""


class CannotRun(Exception):
    """Something that is needed is not here: exit status 3."""


def unpacked(where, content):
    """The bytes of a file as it was meant: of a gzip what is in it, without a byte-order mark; a Git LFS pointer is an
    error. As harness/record/file_text.cpp reads a file."""
    try:
        if content.startswith(b"\x1f\x8b"):
            with gzip.open(io.BytesIO(content)) as file:
                content = file.read(MAX_BYTES + 1)
            if len(content) > MAX_BYTES:
                raise WrongInput(f"{where}: the gzip holds more than {MAX_BYTES >> 20} MiB")
    except (EOFError, OSError, zlib.error) as error:
        raise WrongInput(f"{where}: the gzip is damaged or cut off: {error}") from error
    if content.startswith(b"version https://git-lfs"):
        raise WrongInput(f"{where}: is a Git LFS pointer, not the file itself: git lfs pull fetches it")
    return content.removeprefix(codecs.BOM_UTF8)


def content_of(path):
    """The bytes of a file, `unpacked`."""
    try:
        return unpacked(path, pathlib.Path(path).read_bytes())
    except OSError as error:
        raise WrongInput(f"{path}: {error.strerror or error}") from error


def require_measured(path, result):
    """WrongInput where it is of an emulated card (tests/emulated), on which nothing is measured, unless the tests set
    GPUGAUGE_READ_EMULATED: as harness/record/emulated.hpp."""
    name = result["context"]["gpugauge"]["device"]["name"]
    if name.startswith("emulated ") and "GPUGAUGE_READ_EMULATED" not in os.environ:
        raise WrongInput(f"{path}: of an {name}: nothing was measured on it")


def utc_now():
    """Now, or what SOURCE_DATE_EPOCH says (reproducible-builds.org)."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    now = datetime.datetime.now(datetime.timezone.utc) if epoch is None else \
        datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc)
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")


def benchmark_of(name, work, time_ns, iterations, ours):
    """An entry of `benchmarks`: what readers of Google Benchmark's files expect, and gpugauge's own part."""
    rates = {f"{kind}_per_second": round(work[kind] / time_ns * 1e9) for kind in ("bytes", "flops")}
    return {"name": name, "family_index": 0, "per_family_instance_index": 0, "run_name": name,
            "run_type": "iteration", "repetitions": 1, "repetition_index": 0, "threads": 1, "iterations": iterations,
            "real_time": time_ns, "cpu_time": time_ns, "time_unit": "ns",
            **{key: rate for key, rate in rates.items() if rate > 0}, "gpugauge": ours}


def software_of(libraries):
    """Of a file that no gpugauge wrote."""
    return {"gpugauge_version": UNKNOWN, "git_sha": UNKNOWN, "git_dirty": False, "executable_sha256": "",
            "compiler": UNKNOWN, "compiler_flags": "", "build_type": UNKNOWN, "libraries": libraries}


def is_measured(path):
    """Whether a file is a result that gpugauge measured, which cannot be had again for nothing; imported ones can."""
    try:
        result = json.loads(content_of(path))
        return "gpugauge" in result["context"] and \
            any(entry["gpugauge"].get("origin") != "imported" for entry in result["benchmarks"])
    except (WrongInput, ValueError, TypeError, LookupError):
        return False


def write_whole(path, content, inputs=()):
    """Bytes into a file that is there whole or not at all, as harness/record/file.hpp: of a link its target is replaced, the
    mode of a file is kept, a pipe gets the bytes written into it. None of the inputs is replaced, nor what was measured."""
    path = pathlib.Path(path)
    try:
        is_there = path.exists()
        if is_there and not path.is_file():
            path.write_bytes(content)
            return
        if is_there and any(os.path.exists(other) and path.samefile(other) for other in inputs):
            raise WrongInput(f"{path}: is also read, expected another file to write")
        if is_there and is_measured(path):
            raise WrongInput(f"{path}: is a measured result file, expected another file to write")
        target = path.resolve()
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
            try:
                os.fchmod(file.fileno(), stat.S_IMODE(target.stat().st_mode) if is_there else 0o644)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
                os.replace(file.name, target)
            except BaseException:
                os.unlink(file.name)
                raise
    except OSError as error:
        raise WrongInput(f"{path}: cannot be written: {error.strerror}") from error


def write_result(path, result):
    """As JSON, gzipped where the name ends with .gz: the same result gives the same bytes."""
    text = json.dumps(result, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"
    content = text.encode()
    write_whole(path, gzip.compress(content, compresslevel=9, mtime=0) if str(path).endswith(".gz") else content)


def run_script(name, run):
    """Runs it, and ends with the exit status of its error."""
    try:
        run()
    except (WrongInput, CannotRun) as error:
        print(f"{name}: {error}", file=sys.stderr)
        sys.exit(2 if isinstance(error, WrongInput) else 3)
