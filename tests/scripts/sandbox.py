"""A copy of the scripts in a folder of its own, and a PATH of fakes, so that nothing real is installed or built."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]

# What the scripts use of a bare system; anything else that they call is a fake or is missing.
BASE_TOOLS = ("awk bash cat dirname env grep head id ldconfig ln mkdir mktemp mv nproc printf rm sed sort").split()


class ScriptTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        base = pathlib.Path(temporary.name)
        self.checkout = base / "a checkout"  # every path has a space
        self.system = base / "the system"  # stands for /usr/local, /proc and /dev
        self.bin = base / "bin"
        self.log = base / "calls"
        for folder in (self.checkout, self.system, self.bin):
            folder.mkdir()
        shutil.copytree(SOURCE / "scripts", self.checkout / "scripts")
        for tool in BASE_TOOLS:
            path = shutil.which(tool, path=os.environ["PATH"] + ":/sbin:/usr/sbin")
            if path:
                (self.bin / tool).symlink_to(path)

    def fake(self, name, body="", folder=None):
        """A command that logs how it was called and then runs `body`."""
        path = (folder or self.bin) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(f'#!/bin/bash\nprintf "%s\\n" "{name} $*" >>"{self.log}"\n{body}\n')
        path.chmod(0o755)
        return path

    def fake_packages(self, *missing):
        """dpkg-query knows every package but the ones named."""
        cases = "".join(f"    {name}) ;;\n" for name in missing)
        self.fake("apt-get")
        self.fake("dpkg-query", 'for name in "${@:3}"; do case $name in\n' + cases +
                  '    *) echo "$name installed" ;;\n  esac; done')

    def fake_tools(self, cmake_version="3.25.1"):
        """A machine on which nothing is missing."""
        for name in ("g++", "git", "ninja", "promtool", "shellcheck", "python3", "xmllint"):
            self.fake(name)
        # Configuring leaves a build folder behind.
        self.fake("cmake", f'case "$*" in\n  --version) echo "cmake version {cmake_version}" ;;\n'
                           f'  *--preset*) mkdir -p "{self.checkout}/build"; : >"{self.checkout}/build/build.ninja" ;;\n'
                           "esac")
        self.fake("nvidia-smi", "exit 9")
        self.fake_packages()

    def fake_nvcc(self, folder, version, codes="sm_80 sm_86 sm_89 sm_90 sm_100 sm_120"):
        return self.fake("nvcc", f'case $1 in\n  --list-gpu-code) printf "%s\\n" {codes} ;;\n'
                                 f'  *) echo "Cuda compilation tools, release {version}, V{version}.88" ;;\nesac', folder)

    def calls(self):
        return self.log.read_text().splitlines() if self.log.exists() else []

    def run_script(self, script, *arguments, dry=True, cwd="/", **environment):
        variables = {"PATH": str(self.bin), "GPUGAUGE_SYSTEM_ROOT": str(self.system), **environment}
        if dry:
            variables["GPUGAUGE_DRY_RUN"] = "1"
        return subprocess.run([self.checkout / script, *arguments], env=variables, cwd=cwd,
                              capture_output=True, text=True, check=False)
