#!/usr/bin/env python3
"""Packs what package.sh made as a Python wheel: the program among the scripts, the configs where it looks for them.

Usage: make_wheel.py TREE VERSION DATE FOLDER

TREE holds gpugauge, lib/, configs/ and licences/. The tag promises glibc 2.31 (PEP 600), for which portable.sh links.
"""

import base64
import datetime
import hashlib
import pathlib
import stat
import sys
import zipfile

TAG = "py3-none-manylinux_2_31_x86_64"
PYTHON = pathlib.Path(__file__).resolve().parent / "python"

METADATA = """\
Metadata-Version: 2.1
Name: gpugauge
Version: {version}
Summary: Measures what a rented GPU does and says what that is worth
License: Apache-2.0
Requires-Python: >=3.9
Provides-Extra: cublas
Requires-Dist: nvidia-cublas-cu12; extra == "cublas"
Provides-Extra: pandas
Requires-Dist: pandas; extra == "pandas"
Description-Content-Type: text/markdown

{readme}"""

WHEEL = f"""\
Wheel-Version: 1.0
Generator: gpugauge make_wheel
Root-Is-Purelib: false
Tag: {TAG}
"""


def files_of(tree, version):
    """(name in the wheel, content, whether it is a program)."""
    data, info = f"gpugauge-{version}.data", f"gpugauge-{version}.dist-info"
    for path in sorted((PYTHON / "gpugauge").glob("*.py")):
        yield f"gpugauge/{path.name}", path.read_bytes(), False
    yield f"{data}/scripts/gpugauge", (tree / "gpugauge").read_bytes(), True
    for path in sorted(path for folder in ("configs", "results") for path in (tree / folder).rglob("*") if path.is_file()):
        yield f"{data}/data/share/gpugauge/{path.relative_to(tree)}", path.read_bytes(), False
    for path in sorted((tree / "lib").iterdir()):
        yield f"{data}/data/lib/gpugauge/{path.name}", path.read_bytes(), False
    for path in [tree / "LICENSE", *sorted((tree / "licences").iterdir())]:
        yield f"{info}/licenses/{path.name}", path.read_bytes(), False
    yield f"{info}/METADATA", METADATA.format(version=version, readme=(PYTHON / "README.md").read_text()).encode(), False
    yield f"{info}/WHEEL", WHEEL.encode(), False


def main(tree, version, date, folder):
    when = datetime.datetime.fromisoformat(date).timetuple()[:6]
    record = []

    def add(wheel, name, content, executable):
        entry = zipfile.ZipInfo(name, when)
        entry.external_attr = (stat.S_IFREG | (0o755 if executable else 0o644)) << 16
        wheel.writestr(entry, content, zipfile.ZIP_DEFLATED, 9)

    with zipfile.ZipFile(pathlib.Path(folder) / f"gpugauge-{version}-{TAG}.whl", "w") as wheel:
        for name, content, executable in files_of(pathlib.Path(tree), version):
            add(wheel, name, content, executable)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            record.append(f"{name},sha256={digest},{len(content)}\n")
        name = f"gpugauge-{version}.dist-info/RECORD"
        add(wheel, name, "".join([*record, f"{name},,\n"]), False)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if {"-h", "--help"} & set(arguments):
        print(__doc__, end="")
        sys.exit(0)
    if len(arguments) != 4:
        print("make_wheel: usage: make_wheel.py TREE VERSION DATE FOLDER", file=sys.stderr)
        sys.exit(2)
    main(*arguments)
