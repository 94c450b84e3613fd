"""aiconfigurator's `systems`: a card's YAML beside the folder of its tables, in a folder or in the wheel."""

import math
import pathlib
import re
import zipfile
import zlib

from aiconfigurator_import.wheel import MEGABYTES, PACKAGE, VERSION
from command_line import nearest
from result_file import MAX_BYTES, WrongInput, unpacked

IN_WHEEL = "aiconfigurator_core/systems/"


class Systems:
    """Names are relative to `systems`, with `/` between their parts."""

    def __init__(self, path):
        self.path = path
        self.wheel = None
        if not path.exists():
            raise WrongInput(f"{path}: no such file or folder; the wheel: python3 -m pip download --no-deps "
                             f"{PACKAGE}=={VERSION} ({MEGABYTES} MB)")
        if path.suffix == ".whl":
            try:
                self.wheel = zipfile.ZipFile(path)
            except (OSError, zipfile.BadZipFile) as error:
                raise WrongInput(f"{path}: {error}: not a whole wheel") from error
            if not self.under("data"):
                raise WrongInput(f"{path}: holds no {IN_WHEEL}data, expected the wheel aiconfigurator-core")
        elif not path.is_dir():
            raise WrongInput(f"{path}: found a file, expected the wheel aiconfigurator-core or its folder systems")

    def names(self):
        """Of the cards that have tables, sorted."""
        folders = {pathlib.PurePosixPath(name).parts[1] for name in self.under("data")}
        if self.wheel:
            files = (name[len(IN_WHEEL):] for name in self.wheel.namelist() if name.startswith(IN_WHEEL))
        else:
            files = (file.name for file in self.path.glob("*.yaml"))
        return sorted(name[:-len(".yaml")] for name in files if name.endswith(".yaml") and name[:-len(".yaml")] in folders)

    def require(self, system):
        """WrongInput where there is no such card, with those that there are."""
        names = self.names()
        if system not in names:
            raise WrongInput(f"{self.path}: no system '{system}'{nearest(system.lower().replace('-', '_'), names) or ';'} "
                             f"systems here: {', '.join(names) or 'none'}")

    def under(self, folder):
        """The names of all files below a folder, sorted."""
        if self.wheel:
            start = f"{IN_WHEEL}{folder}/"
            return sorted(name[len(IN_WHEEL):] for name in self.wheel.namelist() if name.startswith(start))
        root = self.path / folder
        return sorted(file.relative_to(self.path).as_posix() for file in root.rglob("*") if file.is_file())

    def where(self, name):
        """For messages."""
        return f"{self.path}/{name}"

    def read(self, name):
        try:
            content = self.from_wheel(name) if self.wheel else (self.path / name).read_bytes()
        # zipfile raises RuntimeError for an encrypted member and NotImplementedError for an unknown method.
        except (OSError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:
            raise WrongInput(f"{self.where(name)}: {getattr(error, 'strerror', None) or error}") from error
        return unpacked(self.where(name), content)

    def from_wheel(self, name):
        try:
            size = self.wheel.getinfo(IN_WHEEL + name).file_size
        except KeyError as error:
            raise WrongInput(f"{self.where(name)}: no such file in the wheel") from error
        if size > MAX_BYTES:
            raise WrongInput(f"{self.where(name)}: unpacks to {size >> 20} MiB, expected at most {MAX_BYTES >> 20}")
        return self.wheel.read(IN_WHEEL + name)

    def text(self, name):
        try:
            return self.read(name).decode("utf-8")
        except UnicodeDecodeError as error:
            raise WrongInput(f"{self.where(name)}: {error}") from error

    def gpu(self, system):
        """The numbers under `gpu:` of a system's YAML: a flat block of `name: number`."""
        name = f"{system}.yaml"
        numbers, inside = {}, False
        for line in self.text(name).splitlines():
            text = line.split("#", 1)[0].rstrip()
            if text and not text[0].isspace():
                inside = text == "gpu:"
            elif inside and text:
                key, _, value = text.strip().partition(":")
                try:
                    numbers[key] = float(value)
                except ValueError:
                    pass  # a name or a list: nothing that is read here
        for key in ("mem_bw", "mem_capacity"):
            if not (math.isfinite(numbers.get(key, 0)) and numbers.get(key, 0) > 0):
                raise WrongInput(f"{self.where(name)}: gpu.{key}: found {numbers.get(key, 'nothing')}, "
                                 "expected a number above 0")
        return numbers


def version_order(version):
    """A key by which 0.5.6 < 0.5.6.post2 < 0.5.10 and 1.3.0rc20 < 1.3.0."""
    match = re.match(r"(\d+(?:\.\d+)*)(?:rc(\d+))?(?:\.post(\d+))?", version)
    if not match:
        return ((), 0, 0)
    release, candidate, post = match.groups()
    return (tuple(map(int, release.split("."))), int(candidate) if candidate else math.inf, int(post or 0))


def reused_tables(text):
    """{table: version} of a reuse.yaml: `- table: NAME` and below it `from_version: V`."""
    reused, table = {}, None
    for line in text.splitlines():
        entry = re.match(r"\s*-?\s*(table|from_version):\s*['\"]?([^'\"#\s]+)", line)
        if entry and entry[1] == "table":
            table = entry[2]
        elif entry and table:
            reused[table] = entry[2]
    return reused


def folders_of(names):
    """{(backend, version): names} of …/BACKEND/VERSION/FILE; the layout above them has changed over time."""
    folders = {}
    for name in names:
        parts = pathlib.PurePosixPath(name).parts
        if len(parts) >= 5:
            folders.setdefault((parts[-3], parts[-2]), []).append(name)
    return folders
