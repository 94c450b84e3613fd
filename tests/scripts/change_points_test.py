"""`gpugauge selftest changepoints` beside Apache Otava, an independent implementation of the same published method.

Otava comes from the Python index into a folder of its own; where that cannot be reached, the test says so and is skipped.
"""

import json
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

BINARY = os.environ.get("GPUGAUGE_BINARY", pathlib.Path(__file__).resolve().parents[2] / "build" / "gpugauge")
OTAVA = "apache-otava==0.8.0"
WINDOW, P, MAGNITUDE = 50, 1e-5, 0.005

# Prints, for each series on stdin, the indices that Otava finds. It compares levels by their ratio, and gets ln(time) + 1
# here, so that a ratio is close to a difference.
ORACLE = """
import json, sys
from otava.analysis import compute_change_points
window, p, magnitude, all_series = json.load(sys.stdin)
print(json.dumps([[int(point.index) for point in compute_change_points(s, window, p, magnitude)[0]] for s in all_series]))
"""


def series(generator, *levels):
    """ln(time) + 1 of nights that scatter by 0.3% around levels: (nights, level)."""
    return [1 + generator.gauss(level, 0.003) for nights, level in levels for _ in range(nights)]


def planted(seed):
    """Series, each with the indices that must be found."""
    generator = random.Random(seed)
    for _ in range(10):
        yield series(generator, (200, 0)), []
        yield series(generator, (70, 0), (80, 0.02)), [70]
        yield series(generator, (40, 0), (90, 0.03), (70, 0.01)), [40, 130]
        yield series(generator, (120, 0), (6, 0.05)), [120]
        yield series(generator, (60, 0), (60, -0.04), (60, -0.02), (60, 0.0)), [60, 120, 180]


class ChangePoints(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        try:
            # No virtual environment: Debian's Python has none without a package of its own.
            subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target",
                            cls.folder / "otava", OTAVA], check=True, capture_output=True, text=True, timeout=240)
        except (OSError, subprocess.SubprocessError) as error:
            reason = (getattr(error, "stderr", None) or str(error)).strip().splitlines()[-1]
            raise unittest.SkipTest(f"skipped: no {OTAVA} here: {reason}") from error

    def otava(self, all_series):
        result = subprocess.run([sys.executable, "-c", ORACLE], input=json.dumps([WINDOW, P, MAGNITUDE, all_series]),
                                env=os.environ | {"PYTHONPATH": str(self.folder / "otava")}, capture_output=True, text=True,
                                check=True)
        return json.loads(result.stdout)

    def gpugauge(self, values):
        path = self.folder / "nights.csv"
        path.write_text("time\n" + "".join(f"{math.exp(value - 1):.17g}\n" for value in values))
        result = subprocess.run([BINARY, "selftest", "changepoints", path, "--window", str(WINDOW), "--p", str(P),
                                 "--delta", str(MAGNITUDE), "--format", "json"], capture_output=True, text=True, check=True)
        return [row["night"] - 1 for row in json.loads(result.stdout)["change_points"]]

    def test_both_find_what_was_planted(self):
        cases = list(planted(1))
        for (values, expected), theirs in zip(cases, self.otava([values for values, _ in cases])):
            ours = self.gpugauge(values)
            # Ours wants four nights on either side of a change, theirs one: each may be a night or two from the truth.
            for name, found in (("gpugauge", ours), ("otava", theirs)):
                self.assertEqual(len(found), len(expected), f"{name}: {found} for {expected}")
                for index, truth in zip(found, expected):
                    self.assertLessEqual(abs(index - truth), 2, f"{name}: {found} for {expected}")
            self.assertLessEqual(max((abs(a - b) for a, b in zip(ours, theirs)), default=0), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
