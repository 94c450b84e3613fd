"""scripts/package.sh, portable.sh and make_wheel.py: what the portable program needs, and what is packed."""

import base64
import csv
import hashlib
import io
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

from sandbox import SOURCE, ScriptTest

BUILD = os.environ.get("GPUGAUGE_BUILD", SOURCE / "build")
PORTABLE = SOURCE / "scripts/portable.sh"
# Of glibc, as the manylinux_2_31 of the wheel's name promises.
FLOOR = (2, 31)


def run(*command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **options)


def highest_glibc(program):
    """The newest version of a symbol that a program needs of glibc."""
    versions = re.findall(r"GLIBC_([0-9.]+)", run("objdump", "-T", program).stdout)
    return max(tuple(map(int, version.split("."))) for version in versions)


class PackageTest(ScriptTest):
    def test_bad_usage(self):
        for arguments in (["a", "b"], ["--what", "a"], ["--tests", "--what"]):
            result = self.run_script("scripts/package.sh", *arguments, dry=False)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertIn("usage: package.sh", result.stderr)
        taken = self.checkout / "a file"
        taken.touch()
        result = self.run_script("scripts/package.sh", taken, dry=False)
        self.assertEqual((result.returncode, len(result.stderr.splitlines())), (2, 1), result.stderr)
        self.assertIn("a file' is not a folder", result.stderr)

    def test_bad_usage_of_its_parts_is_one_line(self):
        (self.bin / "python3").symlink_to(sys.executable)
        (self.bin / "readelf").symlink_to(shutil.which("readelf"))
        script = self.checkout / "scripts/portable.sh"
        for name, arguments, said in (
                ("portable.sh", [], "usage: portable.sh BUILD_FOLDER PROGRAM | --check PROGRAM"),
                ("portable.sh", ["--check", "/nope"], "portable: '/nope' is no file, expected a program"),
                ("portable.sh", ["--check", script], "is no ELF file, expected a program"),
                ("portable.sh", ["/nope", "program"], "portable: '/nope' is no folder, expected a build folder"),
                ("try_package.sh", ["/nope"], "'/nope' is no folder; usage: try_package.sh [FOLDER [PYTHON…]]"),
                ("try_package.sh", ["--what"], "'--what' is no folder"),
                ("try_package.sh", ["/", "no-such-python"], "'no-such-python' is no program"),
                ("make_wheel.py", ["tree"], "usage: make_wheel.py TREE VERSION DATE FOLDER")):
            with self.subTest(name=name, arguments=arguments):
                result = self.run_script(f"scripts/{name}", *arguments, dry=False)
                self.assertEqual((result.returncode, result.stdout), (2, ""), result.stderr)
                self.assertIn(said, result.stderr)
                self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)

    def test_help_is_the_usage_and_does_nothing(self):
        (self.bin / "python3").symlink_to(sys.executable)
        for name, line in (("package.sh", "./scripts/package.sh [--tests] [OUTPUT_FOLDER]"),
                           ("portable.sh", "./scripts/portable.sh --check PROGRAM "),
                           ("try_package.sh", "./scripts/try_package.sh [FOLDER [PYTHON…]]"),
                           ("setup.sh", "GPUGAUGE_CUDA=OFF "),
                           ("make_wheel.py", "Usage: make_wheel.py TREE VERSION DATE FOLDER")):
            for arguments in (["--help"], ["-h"], ["a", "b", "--help"]):
                with self.subTest(name=name, arguments=arguments):
                    result = self.run_script(f"scripts/{name}", *arguments, dry=False)
                    self.assertEqual((result.returncode, result.stderr), (0, ""))
                    self.assertIn(line, result.stdout)
                    self.assertNotRegex(result.stdout, "(?m)^(#|set )")
        self.assertEqual(self.calls(), [])

    def test_the_scripts_for_a_card_have_all_that_they_import(self):
        text = (SOURCE / "scripts/package.sh").read_text()
        packed = set(re.findall(r"\b(\w+)\.py\b", text[text.index("for script in"):]))
        for name in packed & {path.stem for path in (SOURCE / "scripts").glob("*.py")}:
            imported = re.findall(r"^\s*(?:import|from) (\w+)", (SOURCE / f"scripts/{name}.py").read_text(), re.MULTILINE)
            ours = {module for module in imported if (SOURCE / f"scripts/{module}.py").exists()}
            self.assertLessEqual(ours, packed, name)
        self.assertLessEqual({"card_trials", "goal_table", "side_by_side"}, packed)
        self.assertIn("gpu_check.sh usage.sh ", text)

    def test_the_build_knows_the_test_programs_that_it_packs(self):
        targets = (SOURCE / "tests/CMakeLists.txt").read_text()
        for script in ("package.sh", "gpu_check.sh"):
            named = set(re.findall(r"\b(?:gpu|unit_\w+)_tests\b", (SOURCE / "scripts" / script).read_text()))
            programs = {name for name in named if name != "unit_tests"}  # that is a step's name
            self.assertEqual(programs, {"gpu_tests", "unit_cuda_tests"})
            for name in programs:
                self.assertIn(f"gpugauge_test_program({name} ", targets)


class FloorTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.program = pathlib.Path(temporary.name) / "program"

    def check(self, program):
        return run(PORTABLE, "--check", program)

    def test_the_build_links_with_glibc_2_31(self):
        result = run(PORTABLE, BUILD, self.program)
        if result.returncode == 3 and re.search("is made on Debian 12|the mirror|apt knows no|in bullseye", result.stderr):
            self.skipTest("skipped: " + result.stderr.strip())
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertLessEqual(highest_glibc(self.program), FLOOR)
        self.assertNotIn("GLIBCXX", run("objdump", "-T", self.program).stdout)
        version = run(self.program, "--version").stdout
        self.assertIn("glibc 2.31 or newer", version)
        self.assertNotIn("glibc", run(pathlib.Path(BUILD) / "gpugauge", "--version").stdout)

    def test_a_program_above_the_floor_is_named_with_its_symbols(self):
        source = self.program.with_suffix(".c")
        source.write_text("int _dl_find_object(void *, void *);\nint main() { return _dl_find_object(main, main); }\n")
        if run("gcc", "-o", self.program, source).returncode != 0:
            self.skipTest("skipped: the glibc here is older than 2.35")
        self.assertGreater(highest_glibc(self.program), FLOOR)
        result = self.check(self.program)
        self.assertEqual(result.returncode, 3)
        self.assertRegex(result.stderr, r"needs a glibc newer than 2\.31: .*_dl_find_object")

    def test_a_program_that_needs_another_library_is_refused(self):
        source = self.program.with_suffix(".c")
        source.write_text("#include <string.h>\nint main(int count, char **words) { return (int)strlen(words[count - 1]); }\n")
        old_start = ["-nostartfiles", "-Wl,-e,main"]  # today's own start needs glibc 2.34
        self.assertEqual(run("gcc", "-o", self.program, source, *old_start).returncode, 0)
        self.assertEqual(self.check(self.program).stderr, "")
        self.assertEqual(run("gcc", "-o", self.program, source, *old_start, "-Wl,--no-as-needed", "-lstdc++").returncode, 0)
        result = self.check(self.program)
        self.assertEqual(result.returncode, 3)
        self.assertIn("needs libstdc++.so.6", result.stderr)


class WheelTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        tree = self.folder / "tree"
        for name, text in (("gpugauge", "#!/bin/sh\necho here\n"), ("LICENSE", "free"), ("licences/fmt", "MIT"), ("lib/libdnnl.so.3", "oneDNN"),
                           ("configs/suites/quick.yaml", "name: quick\n")):
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_text(text)
        self.wheel = self.make("2026-11-30T12:00:00+01:00")

    def make(self, date):
        done = run(sys.executable, "-B", SOURCE / "scripts/make_wheel.py", self.folder / "tree", "1.2.3", date, self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.folder / "gpugauge-1.2.3-py3-none-manylinux_2_31_x86_64.whl"

    def test_the_program_is_a_script_and_the_configs_are_where_it_looks(self):
        with zipfile.ZipFile(self.wheel) as wheel:
            names = set(wheel.namelist())
            self.assertLessEqual({"gpugauge/__init__.py", "gpugauge-1.2.3.data/scripts/gpugauge",
                                  "gpugauge-1.2.3.data/data/lib/gpugauge/libdnnl.so.3",
                                  "gpugauge-1.2.3.data/data/share/gpugauge/configs/suites/quick.yaml",
                                  "gpugauge-1.2.3.dist-info/licenses/LICENSE",
                                  "gpugauge-1.2.3.dist-info/licenses/fmt"}, names)
            program = wheel.getinfo("gpugauge-1.2.3.data/scripts/gpugauge")
            self.assertEqual(program.external_attr >> 16 & 0o777, 0o755)
            metadata = wheel.read("gpugauge-1.2.3.dist-info/METADATA").decode()
            self.assertIn('Requires-Dist: nvidia-cublas-cu12; extra == "cublas"', metadata)
            self.assertFalse(re.search(r"^Requires-Dist: [^;]*$", metadata, re.MULTILINE))

    def test_its_record_is_that_of_its_files(self):
        with zipfile.ZipFile(self.wheel) as wheel:
            record = wheel.read("gpugauge-1.2.3.dist-info/RECORD").decode()
            rows = {name: (digest, size) for name, digest, size in csv.reader(io.StringIO(record))}
            self.assertEqual(set(rows), set(wheel.namelist()))
            for name, (digest, size) in rows.items():
                if digest:
                    content = wheel.read(name)
                    value = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
                    self.assertEqual((digest, size), (f"sha256={value}", str(len(content))), name)

    def test_the_same_commit_gives_the_same_bytes(self):
        first = self.wheel.read_bytes()
        self.assertEqual(self.make("2026-11-30T12:00:00+01:00").read_bytes(), first)
        self.assertNotEqual(self.make("2026-11-30T12:02:00+01:00").read_bytes(), first)


if __name__ == "__main__":
    unittest.main()
