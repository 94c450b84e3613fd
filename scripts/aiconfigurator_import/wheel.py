"""The wheel from the Python index whose tables this project uses: fetched by pip, held against its hash."""

import hashlib
import pathlib
import subprocess
import sys

from result_file import CannotRun, WrongInput

PACKAGE, VERSION = "aiconfigurator-core", "0.12.0"
FILE = "aiconfigurator_core-0.12.0-cp311-abi3-manylinux_2_28_x86_64.whl"
SHA256 = "aadc4aad0a00bf8a61c477c62bef43de479849c3aa0b1c3078068e08309eccc4"
MEGABYTES = 82
PUBLISHED = "2026-09-01T00:00:00Z"  # the day in the wheel of aiconfigurator 0.12.0: the date of imported files
CACHE = pathlib.Path(__file__).resolve().parents[2] / ".cache" / "aiconfigurator"


def check(path):
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else \
                hashlib.sha256(file.read()).hexdigest()
    except OSError as error:
        raise WrongInput(f"{path}: {error.strerror}") from error
    if found != SHA256:
        raise WrongInput(f"{path}: SHA-256 {found}, expected {SHA256} of {PACKAGE} {VERSION}: another version, or a "
                         "download that broke off")
    return path


def fetch(folder=CACHE):
    """The path of the wheel in `folder`, downloaded where it is not there yet."""
    path = folder / FILE
    if not path.exists():
        print(f"downloading {PACKAGE} {VERSION} ({MEGABYTES} MB) into {folder}", file=sys.stderr)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:",
                   "--platform", "manylinux_2_28_x86_64", "--python-version", "311", "--implementation", "cp",
                   "--abi", "abi3", "--dest", str(folder), f"{PACKAGE}=={VERSION}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0 or not path.exists():
            lines = done.stderr.strip().splitlines() or ["pip said nothing"]
            raise CannotRun(f"{PACKAGE} {VERSION} cannot be downloaded: {lines[-1]}")
    return check(path)
