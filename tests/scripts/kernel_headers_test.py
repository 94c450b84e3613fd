"""What the header of a .cu says of how it is built and tried alone is true."""

import os
import pathlib
import re
import shlex
import subprocess
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("GPUGAUGE_BINARY", SOURCE / "build/gpugauge")
PROMISE = re.compile(r"^// Build and try alone:\n"
                     r"//   cmake --build build --target try_(\w+)\n"
                     r"//   build/gpugauge run --device cuda:0 (.*)\n//\n", re.MULTILINE)


class KernelHeadersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kernels = sorted(SOURCE.glob("kernels/cuda/**/*.cu"))
        cls.promises = {file: PROMISE.search(file.read_text()) for file in cls.kernels}

    def test_every_kernel_says_how_it_is_tried(self):
        missing = [file.name for file, promise in self.promises.items() if not promise]
        self.assertEqual(missing, ["fill.cu"])  # input data, which every workload's own test reads

    def test_its_target_is_the_emulated_test_that_includes_it(self):
        included = "".join(file.read_text() for file in SOURCE.glob("tests/unit/simt/**/*_test.cpp"))
        for file, promise in self.promises.items():
            if promise:
                with self.subTest(file.name):
                    self.assertEqual(promise[1], file.stem)
                    self.assertIn(f'#include "{file.relative_to(SOURCE)}"\n', included)

    def test_its_run_measures_something(self):
        for file, promise in self.promises.items():
            if promise:
                with self.subTest(file.name):
                    listed = subprocess.run([BINARY, "list", "--device", "h100-sxm5", "--format", "csv",
                                             *shlex.split(promise[2])],
                                            env=dict(os.environ, GPUGAUGE_CONFIGS=str(SOURCE / "configs")), text=True,
                                            capture_output=True, check=True).stdout
                    self.assertGreater(len(listed.splitlines()), 1, "no case")


if __name__ == "__main__":
    unittest.main()
