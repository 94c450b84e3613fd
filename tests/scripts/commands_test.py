"""scripts/run.sh, scripts/test.sh and .ci/run: what they pass on and how they end."""

import shutil
import sys
import unittest

from sandbox import SOURCE, ScriptTest

JUNIT = """<?xml version="1.0"?>
<testsuite>
  <testcase name="unit.Plain.Passes" status="run"><system-out>fine</system-out></testcase>
  <testcase name="gpu.Device.Opens" status="notrun"><skipped message="SKIP_RETURN_CODE"/>
    <system-out>[ RUN      ] Device.Opens
/src/device_test.cpp:12: Skipped
no NVIDIA driver

[  SKIPPED ] Device.Opens (0 ms)</system-out></testcase>
  <testcase name="lint.format" status="notrun"><skipped message="SKIP_RETURN_CODE"/>
    <system-out>lint: format skipped: clang-format 14 is not installed
</system-out></testcase>
</testsuite>
"""


class CommandsTest(ScriptTest):
    def setUp(self):
        super().setUp()
        self.fake_tools()
        program = self.checkout / "build/gpugauge"
        self.fake("gpugauge", 'pwd\nprintf "<%s>" "$@"\nexit 4', program.parent)

    def fake_ctest(self, status):
        junit = self.checkout / "junit.xml"
        junit.write_text(JUNIT)
        # It writes where --output-junit says.
        self.fake("ctest", 'while [[ $1 != --output-junit ]]; do shift; done\n'
                           f'cat "{junit}" >"$2"\n'
                           'printf "1/3 Test #1: unit.Plain.Passes ... Passed\\n\\n"\n'
                           'printf "67%% tests passed, 1 tests failed out of 3\\n\\nTotal Test time = 1 sec\\n"\n'
                           f'exit {status}')
        (self.bin / "python3").unlink()
        (self.bin / "python3").symlink_to(sys.executable)

    def test_run_passes_arguments_folder_and_status_on(self):
        result = self.run_script("scripts/run.sh", "--suite", "my suite", "*", dry=False, cwd=self.system)
        self.assertEqual(result.stdout, f"{self.system}\n<run><--suite><my suite><*>")
        self.assertEqual(result.returncode, 4)
        self.assertIn(f"cmake --build {self.checkout}/build --target gpugauge", self.calls())

    def test_run_keeps_the_build_s_own_words_off_the_output(self):
        self.run_script("scripts/run.sh", dry=False)  # configures
        self.fake("cmake", 'case "$*" in --version) echo "cmake version 3.25.1" ;; '
                           '*) echo "[0/2] Re-checking globbed directories..."; echo "[1/1] Build facts"; '
                           'echo "[1/9] Building CXX object a.o"; echo "ninja: no work to do." ;; esac')
        result = self.run_script("scripts/run.sh", dry=False)
        self.assertEqual(result.stderr, "[1/9] Building CXX object a.o\n")
        self.assertNotIn("[", result.stdout)

    def test_a_failed_build_ends_the_run(self):
        self.fake("cmake", 'case "$*" in --version) echo "cmake version 3.25.1" ;; '
                           '*--build*) echo "error: expected ;"; exit 1 ;; esac')
        result = self.run_script("scripts/run.sh", dry=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("error: expected ;", result.stderr)
        self.assertEqual(result.stdout, "")

    def test_test_ends_with_the_summary_after_the_reasons_and_with_its_status(self):
        self.fake_ctest(status=8)
        result = self.run_script("scripts/test.sh", "-R", "a b", dry=False)
        self.assertEqual(result.returncode, 8, result.stderr)
        self.assertTrue(any(line.startswith("ctest ") and line.endswith(" -R a b") for line in self.calls()))
        self.assertTrue(result.stdout.endswith(
            "\nSkipped, clang-format 14 is not installed:\n  lint.format\n"
            "\nSkipped, no NVIDIA driver:\n  gpu.Device.Opens\n"
            "67% tests passed, 1 tests failed out of 3\n\nTotal Test time = 1 sec\n"), result.stdout)
        self.assertEqual(result.stdout.count("tests passed"), 1)

    def test_ci_runs_the_tests(self):
        self.fake_ctest(status=0)
        shutil.copytree(SOURCE / ".ci", self.checkout / ".ci")
        result = self.run_script(".ci/run", dry=False)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("67% tests passed", result.stdout)


if __name__ == "__main__":
    unittest.main()
